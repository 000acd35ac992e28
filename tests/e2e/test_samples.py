"""Every sample submission is graded for real and loses exactly the points that it should.

Two savings, so that a hundred samples take minutes: checks that train inside the sandbox are left
out where the sample's folder expects nothing of them, and accuracies are trained only where they
are what the sample gets wrong. EPOCHMARK_ALL_SAMPLES=1 leaves nothing out.
"""

from __future__ import annotations

import ast
import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import clone_root, load_assignment
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext, grade_submission
from grader.intake import load_submission
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, train_all
from grader.results import CheckResult, Verdict
from grader.sandbox import Sandbox, start_sandbox

SAMPLES = clone_root() / "tests" / "submissions"
SEED = 20_240
EVERYTHING = os.environ.get("EPOCHMARK_ALL_SAMPLES") == "1"


class Checks:
    """The hidden checks of an assignment, sorted by what they cost.

    By convention, files named `*_training.py` hold those that train in the sandbox, and the names of
    those that may train outside end in `_accuracy`.
    """

    def __init__(self, assignment: str) -> None:
        self.folder = load_assignment(assignment, clone_root())
        files = {path.name: _functions(path) for path in self.folder.hidden_checks.glob("test_*.py")}
        self.all = frozenset().union(*files.values())
        self.training = frozenset().union(
            *(names for file, names in files.items() if file.endswith("_training.py"))
        )
        self.accuracy = frozenset(name for name in self.all if name.endswith("_accuracy"))

    def worth_running(self, aimed_at: frozenset[str]) -> frozenset[str]:
        if EVERYTHING:
            return self.all
        skipped = (self.training if not aimed_at & self.training else frozenset()) | (
            self.accuracy - aimed_at
        )
        return self.all - skipped


def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def _samples(kind: str) -> list[str]:
    """As ASSIGNMENT/NAME."""
    paths = (SAMPLES / kind).glob("*/*")
    return sorted(f"{path.parent.name}/{path.name}" for path in paths)


def _expected(kind: str, name: str) -> dict[str, Any]:
    return tomllib.loads((SAMPLES / kind / name / "expected.toml").read_text(encoding="utf-8"))


CHECKS = {name: Checks(name) for name in sorted({sample.split("/")[0] for sample in _samples("correct")})}


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
        context = GradingContext(folder, folder.hidden_checks, names, self._store, SEED)
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
    assert {
        check: result.feedback for check, result in results.items() if result.verdict != Verdict.PASSED
    } == {}
    assert sum(result.score or 0 for result in results.values()) == checks.folder.assignment.max_score


@pytest.mark.parametrize("name", _samples("wrong"))
def test_wrong_samples_lose_what_they_should(grader: Grader, name: str) -> None:
    """The named checks fail as foretold, all others pass, and the feedback names the mistake."""
    expected = _expected("wrong", name)
    verdicts = expected["verdicts"]
    aimed_at = frozenset(verdicts) | frozenset(expected.get("also_run", []))
    results = grader.grade(SAMPLES / "wrong" / name, CHECKS[name.split("/")[0]].worth_running(aimed_at))
    found = {
        check: str(result.verdict) for check, result in results.items() if result.verdict != Verdict.PASSED
    }
    assert found == verdicts
    scores = expected.get("scores", {})
    assert {check: results[check].score for check in verdicts} == {
        check: scores.get(check, 0.0) for check in verdicts
    }
    assert any(expected["feedback"] in results[check].feedback for check in verdicts)


@pytest.mark.parametrize("name", _samples("hostile"))
def test_hostile_samples_gain_nothing(grader: Grader, name: str) -> None:
    """The attacked checks do not pass, nothing is the grader's error, no secret is printed."""
    expected = _expected("hostile", name)
    aimed_at = frozenset(expected["must_not_pass"])
    results = grader.grade(SAMPLES / "hostile" / name, CHECKS[name.split("/")[0]].worth_running(aimed_at))
    assert {name for name in aimed_at if results[name].verdict is Verdict.PASSED} == set()
    assert all(result.verdict is not Verdict.GRADER_ERROR for result in results.values())
    assert all("expect_" not in result.output for result in results.values())


@pytest.mark.parametrize("assignment", CHECKS)
def test_every_check_is_failed_by_a_sample(assignment: str) -> None:
    """No hidden check is there for nothing: at least one wrong sample fails it."""
    failed: set[str] = set()
    for name in _samples("wrong"):
        if name.startswith(f"{assignment}/"):
            failed |= set(_expected("wrong", name)["verdicts"])
    assert CHECKS[assignment].all - failed == set()
