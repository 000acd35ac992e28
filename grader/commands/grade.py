"""`grader grade`: a folder of submissions becomes a gradebook and reports."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from grader.assignment import AssignmentFolder
from grader.batch import BatchSettings, Class, LocalWorkers, grade_class
from grader.batch.executor import ClusterFile, open_cluster
from grader.batch.progress import Progress, show_progress
from grader.batch.workers import Workers
from grader.commands.digest import checks_digests
from grader.commands.write_reports import Formats, write_class, write_reports
from grader.drafts import Draft
from grader.errors import GraderError, UsageError
from grader.gradebook import Gradebook, Identity, open_gradebook
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext
from grader.intake import assign_student_ids, find_submissions, load_submission
from grader.layout import ResultsFolder
from grader.models.store import TrainingStore
from grader.results import Environment, SubmissionResult, Tier
from grader.sandbox import probe_tier
from grader.submission import Submission

_VERSIONS_SHOWN = ("epochmark", "tensorflow", "keras", "numpy")
_SEED_BITS = 48


@dataclass(frozen=True)
class GradeOptions:
    """`seed` None means: the gradebook's, or a fresh secret one. `tier` None means the strongest.
    `executor` None means this machine, which takes `jobs` at a time; reports are always written here."""

    submissions: Path
    out: Path
    jobs: int
    seed: int | None = None
    tier: Tier | None = None
    formats: Formats = ("html", "pdf")
    quiet: bool = False
    executor: ClusterFile | None = None


@dataclass(frozen=True)
class GradeOutcome:
    """Outlines of all results of the folder, by student id; `trouble` is why some reports are missing."""

    results: Sequence[SubmissionResult]
    trouble: GraderError | None


def run_grade(folder: AssignmentFolder, options: GradeOptions, console: Console) -> GradeOutcome:
    """Grades what is not graded yet and writes the reports.

    Raises UsageError for a wrong path, GraderError when the grader cannot work at all.
    """
    folder.require_hidden()
    submissions = _find(options.submissions)
    files = ResultsFolder(options.out)
    with open_gradebook(files.gradebook) as gradebook:
        seed = _settle_seed(gradebook, folder.assignment.name, options)
        settings = _settings(folder, options, files, seed)
        with show_progress(console, quiet=options.quiet) as progress:
            with _open_workers(settings, options, files, len(submissions), console) as workers:
                graded = _grade_new(submissions, settings, workers, gradebook, files, progress)
            stale = [
                name
                for name in gradebook.student_ids
                if name in graded or not files.is_complete(name, options.formats)
            ]
            results = (_write_again(result, files) for result in gradebook.results(stale))
            trouble = write_reports(
                results, len(stale), folder, files, options.formats, options.jobs, progress
            )
        outlines = tuple(result.outline() for result in gradebook.results())
    write_class(outlines, folder.assignment, files)
    if kept := len(submissions.keys() - graded):
        console.print(f"{kept} unchanged submissions kept their results.")
    return GradeOutcome(outlines, trouble)


def _find(path: Path) -> Class:
    """The class at `path`, by student id. Raises UsageError when there is none."""
    named = assign_student_ids(find_submissions(path))
    return {name: partial(load_submission, place, name) for place, name in named.items()}


def _write_again(result: SubmissionResult, files: ResultsFolder) -> SubmissionResult:
    files.write_result(result)
    return result


def _grade_new(
    submissions: Class,
    settings: BatchSettings,
    workers: Workers,
    gradebook: Gradebook,
    files: ResultsFolder,
    progress: Progress,
) -> set[str]:
    """Commits each result as it comes; returns the student ids.

    Old reports go first: whenever the run is interrupted, no report contradicts the gradebook.
    """
    graded = set()
    notebook = GradebookNotes(gradebook, settings)
    for result in grade_class(submissions, settings, workers, notebook, progress):
        files.discard(result)
        gradebook.put(result, settings.context.folder.assignment)
        graded.add(result.student_id)
    return graded


def _open_workers(
    settings: BatchSettings, options: GradeOptions, files: ResultsFolder, students: int, console: Console
) -> AbstractContextManager[Workers]:
    if options.executor is None:
        return LocalWorkers(settings.context, settings.tier, min(options.jobs, students))
    say = partial(console.print, markup=False, highlight=False)
    return open_cluster(options.executor, settings.context, settings.tier, owner=files.training, say=say)


@dataclass(frozen=True)
class GradebookNotes:
    """A gradebook as the notebook of a batch: it knows what was made from the same submission, checks,
    seed and tier."""

    gradebook: Gradebook
    settings: BatchSettings

    def begun(self, submission: Submission) -> Draft | None:
        identity = self._identity(submission)
        if self.gradebook.identity(submission.student_id) == identity:
            return None
        return self.gradebook.draft(submission.student_id, identity) or Draft()

    def keep(self, submission: Submission, draft: Draft) -> None:
        self.gradebook.put_draft(submission.student_id, self._identity(submission), draft)

    def kept(self) -> Iterator[tuple[str, Draft]]:
        return self.gradebook.drafts()

    def _identity(self, submission: Submission) -> Identity:
        environment = self.settings.environment
        return Identity(
            submission.digest, self.settings.checks_digest, environment.seed, str(environment.tier)
        )


def _settle_seed(gradebook: Gradebook, assignment: str, options: GradeOptions) -> int:
    """The same folder keeps its seed, so that running the command again finishes the work."""
    if gradebook.assignment not in (None, assignment):
        raise UsageError(
            f"{options.out} holds results of {gradebook.assignment}, not of {assignment}.",
            hint="Choose another folder with --out.",
        )
    seed = options.seed if options.seed is not None else gradebook.seed
    if seed is None:
        seed = secrets.randbits(_SEED_BITS)
    gradebook.start(assignment, seed)
    return seed


def _settle_tier(options: GradeOptions) -> Tier:
    """The one that the sandboxes will have. A cluster's workers prove it themselves, so that this machine
    need not be able to."""
    if options.executor is not None and options.tier is not None:
        return options.tier
    return probe_tier(force=options.tier)


def _settings(
    folder: AssignmentFolder, options: GradeOptions, files: ResultsFolder, seed: int
) -> BatchSettings:
    datasets = Datasets.at_hand(folder.assignment)
    store = TrainingStore(files.training)
    context = GradingContext(folder, folder.hidden_checks, datasets.names, store, seed)
    environment = Environment(
        tier=_settle_tier(options),
        dataset=", ".join(datasets.names),
        dataset_note=datasets.note,
        seed=seed,
        versions={name: version(name) for name in _VERSIONS_SHOWN},
    )
    digests = checks_digests(folder, datasets.digest)
    return BatchSettings(context, store, environment, digests.whole, options.jobs)
