"""What runs in a Gradescope container: one submission, and a results.json that is valid at any moment."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from pydantic import ValidationError
from rich.console import Console

from grader.assignment import Assignment
from grader.assignment_folder import AssignmentFolder, load_assignment
from grader.commands.digest import checks_digests
from grader.commands.grade import describe_environment
from grader.errors import GraderError, UsageError
from grader.export.container import (
    GOES_ON,
    OUT_OF_TIME,
    ContainerFolder,
    ContainerSettings,
    read_time,
    unfinished,
)
from grader.export.gradescope import render_gradescope
from grader.export.marks import view_marks
from grader.grading.answers import free_text_answers
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext, grade_submission
from grader.intake import load_submission
from grader.layout import write_whole
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, train_all
from grader.results import CheckResult, Environment, HandedIn, SubmissionResult, Tier, Verdict
from grader.sandbox import Sandbox, start_sandbox
from grader.submission import Submission

_NAME = "submission"
"""Names and addresses of students are in submission_metadata.json, which nobody has to read."""


class OutOfTime(KeyboardInterrupt):
    """Our own time limit. As Ctrl-C it ends pytest, sandbox and trainers in good order."""


@dataclass
class _Page:
    """results.json, and what is known for it so far."""

    place: ContainerFolder
    settings: ContainerSettings
    folder: AssignmentFolder
    submission: Submission
    checks_digest: str
    environment: Environment
    handed_in: HandedIn | None
    checks: dict[str, CheckResult] = field(default_factory=dict)
    fault: str = ""

    def take(self, task: str, checks: tuple[CheckResult, ...]) -> None:
        self.checks |= {check.check: check for check in checks}
        self.write(GOES_ON)

    def write(self, note: str = "") -> None:
        """With a `note` where it is not all."""
        marks = view_marks(self._result(), self.folder.assignment)
        if note and not marks.failed:
            marks = unfinished(marks, self.checks.values(), self.folder.assignment, note)
        write_whole(self.place.results, render_gradescope(marks, self.settings.visibility).encode())

    def _result(self) -> SubmissionResult:
        submission = self.submission
        return SubmissionResult(
            assignment=self.folder.assignment.name,
            student_id=_NAME,
            digest=submission.digest,
            checks_digest=self.checks_digest,
            files=submission.files,
            environment=self.environment,
            checks=() if self.fault else tuple(self.checks.values()),
            left_out=submission.left_out,
            answers=free_text_answers(submission, self.folder.assignment),
            problem=submission.problem,
            fault=self.fault,
            handed_in=self.handed_in,
        )


def autograde(root: Path, console: Console) -> None:
    """Grades `root`/submission into `root`/results/results.json, again and again while it goes on.

    Raises GraderError when the grader cannot work, such as without a sandbox; results.json has no score then.
    """
    place = ContainerFolder(root)
    settings = _read_settings(place)
    folder = load_assignment(settings.assignment, place.source)
    folder.require_hidden()
    datasets = Datasets.at_hand(folder.assignment)
    environment = describe_environment(datasets, settings.tier or Tier.T2, settings.seed)
    submission = load_submission(place.submission, _NAME)
    digest = checks_digests(folder, datasets.digest).whole
    handed_in = _read_time(place, folder.assignment, console)
    page = _Page(place, settings, folder, submission, digest, environment, handed_in)
    page.write(GOES_ON)
    if submission.problem:
        console.print(submission.problem, markup=False)
        return
    clock = _Clock()
    try:
        with clock.limit(settings.seconds), tempfile.TemporaryDirectory() as scratch:
            store = TrainingStore(Path(scratch) / "training.sqlite")
            context = GradingContext(folder, folder.hidden_checks, datasets.names, store, settings.seed)
            _grade(page, context, store, console)
    except (GraderError, OutOfTime) as error:
        if not clock.expired:
            page.fault = str(error)
            page.write()
            raise
        page.write(OUT_OF_TIME)
        console.print(f"Stopped after {settings.seconds:g} s; what was graded until then is in results.json.")
    else:
        page.write()
    _tell_faults(page, console)


def _read_settings(place: ContainerFolder) -> ContainerSettings:
    try:
        return ContainerSettings.model_validate_json(place.settings.read_bytes())
    except (OSError, ValidationError):
        raise UsageError(
            f"{place.source} is no unpacked autograder: its settings.json cannot be read.",
            hint="`grader package ASSIGNMENT --for gradescope` makes the zip that Gradescope unpacks there.",
        ) from None


def _read_time(place: ContainerFolder, assignment: Assignment, console: Console) -> HandedIn | None:
    """None where it does not matter, or is not told: that counts as in time."""
    if assignment.late is None:
        return None
    try:
        return read_time(place.metadata.read_bytes())
    except (OSError, ValueError):
        console.print("submission_metadata.json does not say when this was handed in: it counts as in time.")
        return None


def _grade(page: _Page, context: GradingContext, store: TrainingStore, console: Console) -> None:
    """Pass after pass, until no check waits for a training run."""
    with start_sandbox(force=page.settings.tier, preload=context.libraries) as sandbox:
        page.environment = page.environment.model_copy(update={"tier": sandbox.tier})
        console.print(f"Student code runs {sandbox.tier.words}.", markup=False)
        waiting: frozenset[str] | None = None
        failures: Mapping[str, str] = {}
        while waiting is None or waiting:
            waiting, failures = _pass(page, context, store, sandbox, waiting, failures)


def _pass(
    page: _Page,
    context: GradingContext,
    store: TrainingStore,
    sandbox: Sandbox,
    only: frozenset[str] | None,
    failures: Mapping[str, str],
) -> tuple[frozenset[str], Mapping[str, str]]:
    """The checks that wait now, their training runs made; and the runs that could not be made."""
    graded = grade_submission(
        page.submission, context, sandbox, only=only, untrainable=failures, on_task=page.take
    )
    tasks = [task for missing in graded.deferred.values() for task in missing]
    if tasks:
        with TrainerPool(os.cpu_count() or 1) as pool:
            failures = {**failures, **train_all(tasks, store, pool=pool)}
    return frozenset(graded.deferred), failures


class _Clock:
    """Raises OutOfTime in the main thread. pytest turns that into an error of its own: `expired` tells."""

    expired = False

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        before = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        self.expired = True
        raise OutOfTime


def _tell_faults(page: _Page, console: Console) -> None:
    """For the instructor: Gradescope shows students nothing of what is printed."""
    for check in page.checks.values():
        if check.verdict is Verdict.GRADER_ERROR:
            console.print(f"{check.check}: {check.detail}", markup=False)
