"""Every sample submission is graded for real and loses exactly the points that it should.

Four savings, so that two hundred samples take minutes: what the demo class holds is graded there; of the
wrong ones only as many are taken as fail every check in every way that some sample does; each of these meets
the checks of the tasks in which it is wrong; and accuracies are trained only where they are what the sample
gets wrong. EPOCHMARK_ALL_SAMPLES=1 leaves nothing out.
"""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.assignment import clone_root, load_assignment
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext, grade_submission
from grader.intake import load_submission
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, train_all
from grader.results import CheckResult
from grader.sandbox import Sandbox, start_sandbox
from tests.e2e.samples import (
    DEMO,
    SAMPLES,
    expect_foretold,
    expect_nothing_gained,
    expect_nothing_lost,
    expected,
    sample_names,
)

SEED = 20_240
EVERYTHING = os.environ.get("EPOCHMARK_ALL_SAMPLES") == "1"


class Checks:
    """The hidden checks of an assignment, with their tasks.

    By convention, the names of those that may train outside the sandbox end in `_accuracy`.
    """

    def __init__(self, assignment: str) -> None:
        self.folder = load_assignment(assignment, clone_root())
        self._tasks = {
            name: task
            for path in self.folder.hidden_checks.glob("test_*.py")
            for name, task in _tasks(path).items()
        }
        self.all = frozenset(self._tasks)
        self.accuracy = frozenset(name for name in self.all if name.endswith("_accuracy"))

    def worth_running(self, aimed_at: frozenset[str]) -> frozenset[str]:
        """Those of the tasks in which the sample is wrong, without accuracies that are not the point."""
        if EVERYTHING:
            return self.all
        tasks = {self._tasks[name] for name in aimed_at}
        of_these = {name for name, task in self._tasks.items() if task in tasks}
        return frozenset(of_these) - (self.accuracy - aimed_at)


def _tasks(path: Path) -> dict[str, str]:
    """The task of each check of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checks = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
    return {check.name: _task(check) for check in checks}


def _task(check: ast.FunctionDef) -> str:
    words = [word for mark in check.decorator_list if isinstance(mark, ast.Call) for word in mark.keywords]
    return str(next(ast.literal_eval(word.value) for word in words if word.arg == "task"))


def _wrong_samples() -> list[str]:
    """One, at least, for each way in which a check of an assignment is failed."""
    failed: set[tuple[str, str, str]] = set()
    chosen = []
    for name in sorted(sample_names("wrong"), key=lambda name: f"wrong/{name}" not in DEMO):
        ways = {(name.split("/")[0], *way) for way in expected("wrong", name)["verdicts"].items()}
        if EVERYTHING or ways - failed:
            failed |= ways
            chosen.append(name)
    return [name for name in chosen if EVERYTHING or f"wrong/{name}" not in DEMO]


def _samples(kind: str) -> list[str]:
    """Those that the demo class does not grade as well."""
    return [name for name in sample_names(kind) if EVERYTHING or f"{kind}/{name}" not in DEMO]


CHECKS = {name: Checks(name) for name in sorted({sample.split("/")[0] for sample in sample_names("correct")})}


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with start_sandbox() as started:
        yield started


@pytest.fixture(scope="session")
def trainers() -> Iterator[TrainerPool]:
    with TrainerPool(1) as pool:
        yield pool


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training") / "training.sqlite"


class Grader:
    """Grades a sample, trains what is missing, and grades the waiting checks again."""

    def __init__(self, sandbox: Sandbox, trainers: TrainerPool, store: Path, scratch: Path) -> None:
        self._sandbox, self._trainers, self._store, self._scratch = sandbox, trainers, store, scratch

    def grade(self, sample: Path, only: frozenset[str]) -> dict[str, CheckResult]:
        folder = CHECKS[sample.parent.name].folder
        names = Datasets.at_hand(folder.assignment).names
        submission = load_submission(self._without_expectations(sample), "sample")
        assert submission.problem == ""
        context = GradingContext(folder, folder.hidden_checks, names, TrainingStore(self._store), SEED)
        results: dict[str, CheckResult] = {}
        waiting = only
        while waiting:
            outcome = grade_submission(submission, context, self._sandbox, only=waiting)
            results |= {check.check: check for check in outcome.checks}
            waiting = frozenset(outcome.deferred)
            tasks = [task for missing in outcome.deferred.values() for task in missing]
            assert train_all(tasks, TrainingStore(self._store), pool=self._trainers) == {}
        return results

    def _without_expectations(self, sample: Path) -> Path:
        if sample.is_file():
            return sample
        ignored = shutil.ignore_patterns("expected.toml", "__pycache__")
        return Path(shutil.copytree(sample, self._scratch / sample.name, ignore=ignored))


@pytest.fixture
def grader(sandbox: Sandbox, trainers: TrainerPool, store: Path, tmp_path: Path) -> Grader:
    return Grader(sandbox, trainers, store, tmp_path)


@pytest.mark.parametrize("name", _samples("correct"))
def test_correct_samples_lose_nothing(grader: Grader, name: str) -> None:
    """However different it looks: every check passes."""
    checks = CHECKS[name.split("/")[0]]
    results = grader.grade(SAMPLES / "correct" / name, checks.all)
    expect_nothing_lost(results)
    whole = sum(task.points for task in checks.folder.assignment.tasks)
    assert sum(result.score or 0 for result in results.values()) == whole


@pytest.mark.parametrize("name", _wrong_samples())
def test_wrong_samples_lose_what_they_should(grader: Grader, name: str) -> None:
    """And nothing else, with feedback that names the mistake."""
    wanted = expected("wrong", name)
    aimed_at = frozenset(wanted["verdicts"]) | frozenset(wanted.get("also_run", []))
    only = CHECKS[name.split("/")[0]].worth_running(aimed_at)
    expect_foretold(name, grader.grade(SAMPLES / "wrong" / name, only))


@pytest.mark.parametrize("name", _samples("hostile"))
def test_hostile_samples_gain_nothing(grader: Grader, name: str) -> None:
    """Whatever they try."""
    aimed_at = frozenset(expected("hostile", name)["must_not_pass"])
    only = CHECKS[name.split("/")[0]].worth_running(aimed_at)
    expect_nothing_gained(name, grader.grade(SAMPLES / "hostile" / name, only))


@pytest.mark.parametrize("assignment", CHECKS)
def test_every_check_is_failed_by_a_sample(assignment: str) -> None:
    """No hidden check is there for nothing: at least one wrong sample fails it."""
    failed: set[str] = set()
    for name in sample_names("wrong"):
        if name.startswith(f"{assignment}/"):
            failed |= set(expected("wrong", name)["verdicts"])
    assert CHECKS[assignment].all - failed == set()
