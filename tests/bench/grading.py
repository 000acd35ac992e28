"""The section "grading": what the seconds of a submission are spent on, in the demo class.

Wall-clock seconds of a submission in one job, the demo command with two jobs, what a process per student
would pay before it runs a line (`import tensorflow`), a PDF, and the first feedback of `grader check`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.table import Table

from grader.assignment_folder import AssignmentFolder, clone_root, load_assignment
from grader.grading.grade import GradingContext, grade_submission
from grader.grading.runner import CodeRunner
from grader.intake import load_submission
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, train_all
from grader.report import render_student, write_pdf
from grader.results import CheckResult, Environment, SubmissionResult, Tier
from grader.sandbox import Sandbox, start_sandbox
from grader.submission import Submission
from tests.bench.classes import WEEK8
from tests.bench.section import EMBEDDED, JOBS, Figures, Options, Section, show
from tests.e2e.samples import DEMO, SAMPLES


@dataclass
class Spent:
    """Wall-clock seconds of one submission. `own_training` is what the student's code spent on
    training inside the sandbox, because checks call `train` and the sweeps."""

    intake: float = 0.0
    own_training: float = 0.0
    sandbox: float = 0.0
    pytest: float = 0.0
    report: float = 0.0
    pdf: float = 0.0


TRAINING = {"train", "size_sweep", "l1_sweep"}


class Clock:
    """`with Clock() as clock: ...`, then `clock.seconds` of wall time."""

    seconds = 0.0

    def __enter__(self) -> Clock:
        self._begun = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._begun


class CallTimes:
    """Time spent in calls into sandboxes by function, noted by wrapping the runner's one way in."""

    def __init__(self) -> None:
        self._by_function: dict[str, float] = {}
        original = CodeRunner._run

        def run(runner: CodeRunner, function: str, act: Callable[..., object]) -> object:
            begun = time.perf_counter()
            try:
                return original(runner, function, act)
            finally:
                so_far = self._by_function.get(function, 0.0)
                self._by_function[function] = so_far + time.perf_counter() - begun

        CodeRunner._run = run

    def take(self) -> tuple[float, float]:
        """(training functions, everything else) since the last call."""
        training = sum(seconds for name, seconds in self._by_function.items() if name in TRAINING)
        rest = sum(self._by_function.values()) - training
        self._by_function.clear()
        return training, rest


@dataclass
class ClassTimes:
    spent: list[Spent]
    start_seconds: float
    trained_seconds: float


def grade_demo_class(folder: AssignmentFolder, scratch: Path, samples: Sequence[str]) -> ClassTimes:
    """The demo class in this process, one submission after the other."""
    calls = CallTimes()
    context = GradingContext(
        folder, folder.hidden_checks, ("digits32",), TrainingStore(scratch / "training.sqlite"), 8
    )
    times = ClassTimes([], 0.0, 0.0)
    with Clock() as clock:
        sandbox = start_sandbox()
    times.start_seconds = clock.seconds
    with sandbox, TrainerPool(1) as trainers:
        for name in samples:
            with Clock() as clock:
                submission = load_submission(SAMPLES / name)
            one = Spent(intake=clock.seconds)
            checks = grade_all(submission, context, sandbox, trainers, calls, one, times)
            result = as_result(submission, context, checks)
            with Clock() as clock:
                page = render_student(result, folder.assignment)
            one.report = clock.seconds
            with Clock() as clock:
                write_pdf(page)
            one.pdf = clock.seconds
            times.spent.append(one)
    return times


def grade_all(
    submission: Submission,
    context: GradingContext,
    sandbox: Sandbox,
    trainers: TrainerPool,
    calls: CallTimes,
    one: Spent,
    times: ClassTimes,
) -> tuple[CheckResult, ...]:
    """All checks, with the training that they wait for."""
    assert isinstance(context.runs, TrainingStore)
    checks: list[CheckResult] = []
    only: frozenset[str] | None = None
    while only is None or only:
        with Clock() as clock:
            graded = grade_submission(submission, context, sandbox, only=only)
        own, rest = calls.take()
        one.own_training += own
        one.sandbox += rest
        one.pytest += clock.seconds - own - rest
        checks += graded.checks
        only = frozenset(graded.deferred)
        tasks = [task for waiting in graded.deferred.values() for task in waiting]
        with Clock() as clock:
            train_all(tasks, context.runs, pool=trainers)
        times.trained_seconds += clock.seconds
    return tuple(checks)


def as_result(
    submission: Submission, context: GradingContext, checks: tuple[CheckResult, ...]
) -> SubmissionResult:
    environment = Environment(
        tier=Tier.T1, dataset="digits32", dataset_note=context.dataset.note, seed=8, versions={}
    )
    return SubmissionResult(
        assignment=WEEK8,
        student_id=submission.student_id,
        digest=submission.digest,
        checks_digest="0" * 64,
        files=submission.files,
        environment=environment,
        checks=checks,
        left_out=submission.left_out,
        problem=submission.problem,
    )


def command_seconds(*words: str, repeat: int = 3, fine: tuple[int, ...] = (0,)) -> float:
    """Median wall-clock seconds of a command. Raises CalledProcessError when it fails."""
    runs = []
    for _ in range(repeat):
        begun = time.perf_counter()
        done = subprocess.run(
            words, cwd=clone_root(), env=ENVIRONMENT, capture_output=True, stdin=subprocess.DEVNULL
        )
        runs.append(time.perf_counter() - begun)
        if done.returncode not in fine:
            raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr)
    return median(runs)


def first_line_seconds(words: list[str], text: str, repeat: int) -> float:
    """Median wall-clock seconds until a command prints a line with `text` in it."""
    runs = []
    for _ in range(repeat):
        begun = time.perf_counter()
        environment = {**ENVIRONMENT, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            words,
            cwd=clone_root(),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            next(line for line in process.stdout if text in line)
            runs.append(time.perf_counter() - begun)
            process.communicate()
    return median(runs)


ENVIRONMENT = {**os.environ, **EMBEDDED}


def grading(options: Options) -> Figures:
    """The demo class, and the commands around it."""
    os.environ.update(EMBEDDED)
    folder = load_assignment(WEEK8, clone_root())
    python = sys.executable
    samples = DEMO[:2] if options.trial else DEMO
    times = grade_demo_class(folder, options.scratch, samples)
    spent = times.spent
    graded = [one for one in spent if one.sandbox]
    check = [python, "-m", "grader.cli", "check", str(folder.public / "starter"), "--assignment", WEEK8]
    demo = [python, "-m", "grader.cli", "demo", "--out", str(options.scratch / "demo"), "-j", str(JOBS)]
    figures = {
        "submissions": len(spent),
        "spent": {name: [getattr(one, name) for one in spent] for name in vars(spent[0])},
        "each": median(one.intake + one.sandbox + one.pytest + one.report + one.pdf for one in graded),
        "start": times.start_seconds,
        "trained": times.trained_seconds,
        "import_tensorflow": command_seconds(python, "-c", "import tensorflow", repeat=options.repeat),
        "first_feedback": first_line_seconds(check, folder.assignment.tasks[0].title, options.repeat),
        "check": command_seconds(*check, repeat=options.repeat, fine=(1,)),
        "demo": None if options.trial else command_seconds(*demo, repeat=1),
    }
    options.console.print(per_submission(spent))
    rows = [(words, f"{figures[name]:.2f} s") for name, words in ROWS.items() if figures[name] is not None]
    show(options.console, "Wall-clock seconds", rows)
    return figures


ROWS = {
    "each": "a submission, training apart, one process (median)",
    "import_tensorflow": "`import tensorflow`, which a process per student would pay",
    "start": "starting the sandbox, once a run",
    "trained": "training by the grader, all distinct models of the class",
    "first_feedback": "`grader check` on the starter: first feedback",
    "check": "  all of it, with TensorFlow",
    "demo": "`grader demo -j 2`, everything",
}


def per_submission(spent: list[Spent]) -> Table:
    table = Table(title=f"{len(spent)} submissions, one job: seconds a submission", title_justify="left")
    total = sum(sum(vars(one).values()) for one in spent)
    for column in ("", "median", "mean", "share"):
        table.add_column(column, justify="left" if not column else "right")
    names = {
        "own_training": "student's own training, in the sandbox",
        "sandbox": "other calls into the sandbox",
    }
    for name in vars(spent[0]):
        values = [getattr(one, name) for one in spent]
        mean, share = sum(values) / len(values), sum(values) / total
        table.add_row(names.get(name, name), f"{median(values):.3f}", f"{mean:.3f}", f"{share:.0%}")
    return table


SECTION = Section("grading", "what a submission's seconds are spent on, in the demo class", 5, grading)
