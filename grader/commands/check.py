"""`grader check`: a student's own work against the public checks, on the student's own machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import read_assignment
from grader.assignment_folder import AssignmentFolder, load_assignment
from grader.errors import GraderError, UsageError
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext, grade_submission
from grader.intake import load_submission
from grader.results import CheckResult
from grader.sandbox import start_plain
from grader.submission import Submission

WORK_FOLDER = "submission"
_NO_SEED = 0


@dataclass(frozen=True)
class Workplace:
    """A student's bundle, or any submission with the public part of an assignment."""

    folder: AssignmentFolder
    work: Path


def find_workplace(target: Path, assignment: str | None, root: Path) -> Workplace:
    """A bundle is known by its assignment.toml, in `target` or just above it.

    Raises UsageError when there is neither a bundle nor an assignment to check against.
    """
    if not target.exists():
        raise UsageError(f"{target} does not exist.", hint="Give the folder with your work.")
    if assignment is not None:
        return Workplace(load_assignment(assignment, root), target)
    for bundle in (target, target.resolve().parent):
        if (bundle / "assignment.toml").is_file():
            found = AssignmentFolder(read_assignment(bundle / "assignment.toml"), bundle, hidden=None)
            work = bundle / WORK_FOLDER
            if not work.is_dir():
                raise UsageError(
                    f"{bundle} has no folder {WORK_FOLDER}.",
                    hint=f"Unpack the bundle again and keep your files in its folder {WORK_FOLDER}.",
                )
            return Workplace(found, work)
    raise UsageError(
        f"{target} is not an unpacked assignment: it has no assignment.toml.",
        hint=f"Change into the folder that you unpacked, or name the assignment: "
        f"grader check {target} --assignment NAME",
    )


def load_work(place: Workplace) -> Submission:
    """Raises UsageError when there is nothing to check."""
    submission = load_submission(place.work)
    if submission.problem:
        raise UsageError(submission.problem, hint=f"Your work is expected in {place.work}.")
    return submission


def run_check(
    place: Workplace, submission: Submission, on_task: Callable[[str, tuple[CheckResult, ...]], None]
) -> tuple[CheckResult, ...]:
    """Runs the public checks, with time limits but without a sandbox: this is no grade.

    `on_task` hears of each task as soon as its last check has run.
    """
    with start_plain() as sandbox:
        context = GradingContext(
            folder=place.folder,
            checks=place.folder.public_checks,
            dataset_names=Datasets.at_hand(place.folder.assignment).names,
            runs={},
            seed=_NO_SEED,
        )
        graded = grade_submission(submission, context, sandbox, on_task=on_task)
    if graded.deferred:
        names = ", ".join(graded.deferred)
        raise GraderError(
            f"The public checks {names} ask for training, which a self-check does not do.",
            hint="Tell your instructor: public checks must not use the training fixture.",
        )
    return graded.checks
