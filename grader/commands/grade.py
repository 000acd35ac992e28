"""`grader grade`: a folder of submissions becomes a gradebook and reports."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from grader.assignment import AssignmentFolder
from grader.batch import BatchSettings, grade_class
from grader.batch.progress import Progress, show_progress
from grader.commands.digest import checks_digest
from grader.commands.write_reports import Formats, write_class, write_reports
from grader.errors import GraderError, UsageError
from grader.gradebook import Gradebook, Identity, open_gradebook
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext
from grader.intake import assign_student_ids, find_submissions, load_submission
from grader.layout import ResultsFolder
from grader.results import Environment, SubmissionResult, Tier
from grader.sandbox import probe_tier
from grader.scoring import score_submission
from grader.submission import Submission

_VERSIONS_SHOWN = ("epochmark", "tensorflow", "keras", "numpy")
_SEED_BITS = 48


@dataclass(frozen=True)
class GradeOptions:
    """`seed` None means: the gradebook's, or a fresh secret one. `tier` None means the strongest."""

    submissions: Path
    out: Path
    jobs: int
    seed: int | None = None
    tier: Tier | None = None
    formats: Formats = ("html", "pdf")
    quiet: bool = False


@dataclass(frozen=True)
class GradeOutcome:
    """All results of the folder, by student id; `trouble` is why some reports are missing."""

    results: Sequence[SubmissionResult]
    trouble: GraderError | None


def run_grade(folder: AssignmentFolder, options: GradeOptions, console: Console) -> GradeOutcome:
    """Grades what is not graded yet and writes the reports.

    Raises UsageError for a wrong path, GraderError when the grader cannot work at all.
    """
    folder.require_hidden()
    paths = find_submissions(options.submissions)
    files = ResultsFolder(options.out)
    with open_gradebook(files.gradebook) as gradebook:
        seed = _settle_seed(gradebook, folder.assignment.name, options)
        settings = _settings(folder, options, files, seed)
        submissions = [load_submission(path, name) for path, name in assign_student_ids(paths).items()]
        new = [
            item for item in submissions if gradebook.identity(item.student_id) != _identity(item, settings)
        ]
        with show_progress(console, quiet=options.quiet) as progress:
            graded = _grade_new(new, settings, gradebook, files, progress)
            results = gradebook.results()
            stale = [
                r for r in results if r.student_id in graded or not files.is_complete(r, options.formats)
            ]
            for result in stale:
                files.write_result(result)
            trouble = write_reports(stale, folder, files, options.formats, options.jobs, progress)
        write_class(results, folder.assignment, files)
    if len(new) < len(submissions):
        console.print(f"{len(submissions) - len(new)} unchanged submissions kept their results.")
    return GradeOutcome(results, trouble)


def _grade_new(
    submissions: Sequence[Submission],
    settings: BatchSettings,
    gradebook: Gradebook,
    files: ResultsFolder,
    progress: Progress,
) -> set[str]:
    """Commits each result as it comes; returns the student ids.

    Old reports go first: whenever the run is interrupted, no report contradicts the gradebook.
    """
    graded = set()
    for result in grade_class(submissions, settings, progress):
        files.discard(result)
        gradebook.put(result, score_submission(result, settings.context.folder.assignment))
        files.write_result(result)
        graded.add(result.student_id)
    return graded


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


def _settings(
    folder: AssignmentFolder, options: GradeOptions, files: ResultsFolder, seed: int
) -> BatchSettings:
    datasets = Datasets.at_hand(folder.assignment)
    context = GradingContext(folder, folder.hidden_checks, datasets.names, files.training, seed)
    environment = Environment(
        tier=probe_tier(force=options.tier),
        dataset=", ".join(datasets.names),
        dataset_note=datasets.note,
        seed=seed,
        versions={name: version(name) for name in _VERSIONS_SHOWN},
    )
    return BatchSettings(context, environment, checks_digest(folder, datasets.digest), options.jobs)


def _identity(submission: Submission, settings: BatchSettings) -> Identity:
    return Identity(
        submission.digest, settings.checks_digest, settings.environment.seed, str(settings.environment.tier)
    )
