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
from grader.commands.write_reports import Formats, write_class_page, write_reports
from grader.data import load_first_available
from grader.errors import UsageError
from grader.gradebook import Gradebook, Identity, open_gradebook
from grader.grading.grade import GradingContext
from grader.intake import find_submissions, load_submission
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


def run_grade(
    folder: AssignmentFolder, options: GradeOptions, console: Console
) -> Sequence[SubmissionResult]:
    """Grades what is not graded yet and returns all results of the folder, by student id.

    Raises UsageError for a wrong path, GraderError when the grader cannot work at all.
    """
    folder.require_hidden()
    paths = find_submissions(options.submissions)
    results_folder = ResultsFolder(options.out)
    with open_gradebook(results_folder.gradebook) as gradebook:
        seed = _settle_seed(gradebook, folder.assignment.name, options)
        settings = _settings(folder, options, results_folder, seed)
        submissions = [load_submission(path) for path in paths]
        new = [
            item for item in submissions if gradebook.identity(item.student_id) != _identity(item, settings)
        ]
        with show_progress(console, quiet=options.quiet) as progress:
            graded = _grade_new(new, settings, gradebook, results_folder, progress)
            results = gradebook.results()
            stale = [
                r
                for r in results
                if r.student_id in graded or not results_folder.has_report(r, options.formats)
            ]
            write_reports(stale, folder, results_folder, options.formats, options.jobs, progress)
        write_class_page(results, folder.assignment, results_folder)
    if len(new) < len(submissions):
        console.print(f"{len(submissions) - len(new)} unchanged submissions kept their results.")
    return results


def _grade_new(
    submissions: Sequence[Submission],
    settings: BatchSettings,
    gradebook: Gradebook,
    results_folder: ResultsFolder,
    progress: Progress,
) -> set[str]:
    """Commits each result as it comes; returns the student ids."""
    graded = set()
    for result in grade_class(submissions, settings, progress):
        gradebook.put(result, score_submission(result, settings.context.folder.assignment))
        results_folder.write_result(result)
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
    folder: AssignmentFolder, options: GradeOptions, results_folder: ResultsFolder, seed: int
) -> BatchSettings:
    dataset = load_first_available(folder.assignment.datasets)
    context = GradingContext(folder, folder.hidden_checks, dataset.name, results_folder.training, seed)
    environment = Environment(
        tier=probe_tier(force=options.tier),
        dataset=dataset.name,
        dataset_note=dataset.note,
        seed=seed,
        versions={name: version(name) for name in _VERSIONS_SHOWN},
    )
    return BatchSettings(context, environment, checks_digest(folder, dataset.digest), options.jobs)


def _identity(submission: Submission, settings: BatchSettings) -> Identity:
    return Identity(
        submission.digest, settings.checks_digest, settings.environment.seed, str(settings.environment.tier)
    )
