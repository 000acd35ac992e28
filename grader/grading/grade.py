"""One pass over one submission: checks in, results and still missing training runs out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from grader.assignment_folder import AssignmentFolder
from grader.data import Dataset
from grader.errors import GraderError
from grader.grading.datasets import Datasets
from grader.grading.proxy import ReferenceProxy, SubmissionProxy
from grader.grading.runner import CodeRunner
from grader.grading.training import TrainingDesk
from grader.intake import load_submission
from grader.models.calibration import Calibration, load_calibration
from grader.models.store import RunSource
from grader.models.trainer import TrainingTask
from grader.plugin import Desk, GradingPlugin
from grader.results import CheckResult
from grader.sandbox import Limits, Sandbox
from grader.sandbox.libraries import mentioned
from grader.submission import Submission

# Of pytest's own plugins. Two collect all garbage at the end of a run, which takes longer than the checks.
_NOT_NEEDED = (
    "cacheprovider",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "pastebin",
    "stepwise",
    "terminal",
    "threadexception",
    "unittest",
    "unraisableexception",
)

_RAN = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


@dataclass(frozen=True)
class GradingContext:
    """What is the same for every submission of a run.

    `checks` is the folder of checks to run, `dataset_names` are the data sets in force, `runs` has the
    training runs that are finished.
    """

    folder: AssignmentFolder
    checks: Path
    dataset_names: tuple[str, ...]
    runs: RunSource
    seed: int

    @property
    def datasets(self) -> Datasets:
        return Datasets(self.folder.assignment, self.dataset_names)

    @property
    def dataset(self) -> Dataset:
        """For all that does not name its own."""
        return self.datasets.default

    @property
    def libraries(self) -> tuple[str, ...]:
        """What to import before the first submission: what starter, solution and checks mention."""
        hidden = self.folder.require_hidden()
        places = (self.folder.public / "starter", hidden / "solution", self.checks)
        files = (path for place in places for path in place.rglob("*.py"))
        return mentioned(path.read_text(encoding="utf-8", errors="replace") for path in files)

    @property
    def limits(self) -> Limits:
        """The assignment's limits as the sandbox takes them."""
        wanted = self.folder.assignment.limits
        return Limits(
            call_seconds=wanted.call_seconds,
            total_seconds=wanted.total_seconds,
            memory_mib=wanted.memory_mib,
            output_kib=wanted.output_kib,
        )


@dataclass(frozen=True)
class GradedPass:
    """`deferred` names the checks that wait, with the runs they wait for."""

    checks: tuple[CheckResult, ...]
    deferred: dict[str, tuple[TrainingTask, ...]]


def grade_submission(
    submission: Submission,
    context: GradingContext,
    sandbox: Sandbox,
    *,
    only: frozenset[str] | None = None,
    untrainable: Mapping[str, str] | None = None,
    on_task: Callable[[str, tuple[CheckResult, ...]], None] = lambda task, checks: None,
) -> GradedPass:
    """Runs the checks, or those named in `only`. Raises GraderError when the checks are broken.

    `untrainable` maps keys of training runs that failed to the reason. `on_task` hears of each task
    as soon as its last check has run.
    """
    runner = CodeRunner(submission.modules, submission.data, sandbox, context.limits)
    reference_runner = _reference_runner(context, sandbox)
    desk = _lay_desk(submission, context, runner, reference_runner, untrainable or {})
    _forget_other_checks(context.checks)
    try:
        plugin = GradingPlugin(desk, only, on_task)
        ended = pytest.main(_pytest_arguments(context.checks), plugins=[plugin])
    finally:
        runner.close()
        reference_runner.close()
    if plugin.broken_collection or ended not in _RAN:
        reason = "\n".join(plugin.broken_collection[:1]) or f"pytest ended with {ended!r}"
        raise GraderError(
            f"The checks in {context.checks} could not be run: {reason}",
            hint="Mend the check file; no submission was marked with it.",
        )
    return GradedPass(plugin.results(), plugin.deferred)


def _lay_desk(
    submission: Submission,
    context: GradingContext,
    runner: CodeRunner,
    reference_runner: CodeRunner,
    untrainable: Mapping[str, str],
) -> Desk:
    reference = ReferenceProxy(
        context.folder.public if context.folder.hidden is None else context.folder.hidden / "solution",
        _calibration_loader(context.folder),
        context.datasets,
        reference_runner,
    )
    assignment = context.folder.assignment
    return Desk(
        assignment=assignment,
        datasets=context.datasets,
        submission=SubmissionProxy(submission, runner),
        reference=reference,
        training=TrainingDesk(
            assignment, context.datasets, context.runs, reference, context.seed, untrainable
        ),
        runner=runner,
        seed=context.seed,
    )


def _reference_runner(context: GradingContext, sandbox: Sandbox) -> CodeRunner:
    """The solution in a sandbox equal to the student's, for timing; opened only when asked."""
    hidden = context.folder.hidden
    modules = _solution(hidden / "solution").modules if hidden is not None else ()
    return CodeRunner(modules, {}, sandbox, context.limits)


@cache
def _solution(folder: Path) -> Submission:
    return load_submission(folder)


def _calibration_loader(folder: AssignmentFolder) -> Callable[[], Calibration]:
    return lambda: _calibration(folder.calibration)


@cache
def _calibration(path: Path) -> Calibration:
    return load_calibration(path)


def _forget_other_checks(checks: Path) -> None:
    """pytest names the files of a folder of checks by their names alone, and takes what is imported under
    such a name for them: in a process that has graded another assignment, that may be another's checks."""
    for path in checks.glob("test_*.py"):
        known = sys.modules.get(path.stem)
        if known is not None and known.__file__ != str(path):
            del sys.modules[path.stem]


def _pytest_arguments(checks: Path) -> list[str]:
    """Arguments for a quiet pytest run in this process over a folder of checks."""
    return [
        str(checks),
        "--rootdir",
        str(checks),
        "-c",
        "/dev/null",
        # Else every folder from the root of the disk to the checks is listed and looked through.
        "--confcutdir",
        str(checks),
        "--import-mode=importlib",
        "--disable-plugin-autoload",
        "--capture=sys",
        *(word for name in _NOT_NEEDED for word in ("-p", f"no:{name}")),
    ]
