"""How fast: `tox -e bench`, or `python -m tests.bench [--repeat N] [--only SECTION]`.

Prints medians. Seconds depend on the machine; the shares and ratios, taken within one run, less so.
Figures:
 - seconds per submission of the demo class, one job, by what they were spent on
 - the same class by `grader demo` with two jobs, wall clock
 - what a process per student would pay before it runs a line: `import tensorflow`
 - seconds for a student's PDF, and the first feedback of `grader check`
 - "ten-runs": CPU seconds of training a model many times, beside a loop over `model.fit`
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from grader.assignment import AssignmentFolder, clone_root, load_assignment
from grader.grading.grade import GradingContext, grade_submission
from grader.grading.runner import CodeRunner
from grader.intake import load_submission
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, train_all
from grader.report import render_student, write_pdf
from grader.results import CheckResult, Environment, SubmissionResult, Tier
from grader.sandbox import Sandbox, start_sandbox
from grader.submission import Submission
from tests.bench_training import ten_runs
from tests.e2e.samples import DEMO, SAMPLES

ASSIGNMENT = "cs7cs4_week8"


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


def grade_demo_class(folder: AssignmentFolder, scratch: Path) -> ClassTimes:
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
        for name in DEMO:
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
        assignment=ASSIGNMENT,
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


ENVIRONMENT = {**os.environ, "EPOCHMARK_DATA": os.devnull, "TF_CPP_MIN_LOG_LEVEL": "3"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each short command")
    parser.add_argument("--only", choices=SECTIONS, help="one section; all without it")
    arguments = parser.parse_args()
    console = Console(width=88)
    machine = platform.processor() or platform.machine()
    console.print(f"{machine}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name, section in SECTIONS.items():
        if arguments.only in (None, name):
            section(console, arguments.repeat)


def grading(console: Console, repeat: int) -> None:
    """The section "grading": the demo class, and the commands around it."""
    folder = load_assignment(ASSIGNMENT, clone_root())
    python = sys.executable
    with tempfile.TemporaryDirectory() as scratch:
        times = grade_demo_class(folder, Path(scratch))
        demo = command_seconds(
            python, "-m", "grader.cli", "demo", "--out", f"{scratch}/demo", "-j", "2", repeat=1
        )
    spent = times.spent
    console.print(per_submission(spent))
    graded = [one for one in spent if one.sandbox]
    own = median(one.intake + one.sandbox + one.pytest + one.report + one.pdf for one in graded)
    cold = command_seconds(python, "-c", "import tensorflow", repeat=repeat)
    check = [python, "-m", "grader.cli", "check", str(folder.public / "starter"), "--assignment", ASSIGNMENT]
    feedback = first_line_seconds(check, folder.assignment.tasks[0].title, repeat)
    whole_check = command_seconds(*check, repeat=repeat, fine=(1,))
    rows = [
        ("a submission, training apart, one process (median)", f"{own:.2f} s"),
        ("the same on two cores", f"{own / 2:.2f} s"),
        ("`import tensorflow`, which a process per student would pay", f"{cold:.2f} s"),
        ("  times what we spend on a submission", f"{cold / own:.1f} x"),
        ("starting the sandbox, once a job", f"{times.start_seconds:.2f} s"),
        ("training by the grader, all distinct models of the class", f"{times.trained_seconds:.1f} s"),
        ("a student's PDF (median)", f"{median(one.pdf for one in spent):.2f} s"),
        ("`grader check` on the starter: first feedback", f"{feedback:.2f} s"),
        ("  all of it, with TensorFlow", f"{whole_check:.2f} s"),
        (f"`grader demo -j 2`, {len(spent)} submissions, everything", f"{demo:.0f} s"),
    ]
    table = Table(show_header=False, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)


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


SECTIONS = {"grading": grading, "ten-runs": ten_runs}

if __name__ == "__main__":
    main()
