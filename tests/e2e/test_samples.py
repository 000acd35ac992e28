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

import pytest

from grader.assignment import clone_root, load_assignment
from grader.grading.grade import GradingContext, grade_submission
from grader.intake import load_submission
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, train_all
from grader.results import CheckResult, Verdict
from grader.sandbox import Sandbox, start_sandbox

SAMPLES = clone_root() / "tests" / "submissions"
FOLDER = load_assignment("cs7cs4_week8", clone_root())
SEED = 20_240
EVERYTHING = os.environ.get("EPOCHMARK_ALL_SAMPLES") == "1"


def _names(kind: str) -> list[str]:
    return sorted(path.name for path in (SAMPLES / kind).iterdir())


def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((FOLDER.hidden_checks / file).read_text())
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


TRAINING = _functions("test_ii_b_training.py")
ACCURACY = frozenset(name for name in _functions("test_ii_models.py") if name.endswith("_accuracy"))
ALL = frozenset().union(*(_functions(path.name) for path in FOLDER.hidden_checks.glob("test_*.py")))


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
        submission = load_submission(self._without_expectations(sample), "sample")
        assert submission.problem == ""
        context = GradingContext(FOLDER, FOLDER.hidden_checks, "digits32", self._store, SEED)
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


@pytest.mark.parametrize("name", _names("correct"))
def test_correct_samples_lose_nothing(grader: Grader, name: str) -> None:
    """However different it looks: every check passes."""
    results = grader.grade(SAMPLES / "correct" / name, ALL)
    assert {
        check: result.feedback for check, result in results.items() if result.verdict != Verdict.PASSED
    } == {}
    assert sum(result.score or 0 for result in results.values()) == FOLDER.assignment.max_score


@pytest.mark.parametrize("name", _names("wrong"))
def test_wrong_samples_lose_what_they_should(grader: Grader, name: str) -> None:
    """The named checks fail as foretold, all others pass, and the feedback names the mistake."""
    sample = SAMPLES / "wrong" / name
    expected = tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))
    verdicts = expected["verdicts"]
    aimed_at = frozenset(verdicts) | frozenset(expected.get("also_run", []))
    results = grader.grade(sample, _worth_running(aimed_at))
    found = {
        check: str(result.verdict) for check, result in results.items() if result.verdict != Verdict.PASSED
    }
    assert found == verdicts
    scores = expected.get("scores", {})
    assert {check: results[check].score for check in verdicts} == {
        check: scores.get(check, 0.0) for check in verdicts
    }
    assert any(expected["feedback"] in results[check].feedback for check in verdicts)


@pytest.mark.parametrize("name", _names("hostile"))
def test_hostile_samples_gain_nothing(grader: Grader, name: str) -> None:
    """The attacked checks do not pass, nothing is the grader's error, no secret is printed."""
    sample = SAMPLES / "hostile" / name
    expected = tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))
    aimed_at = frozenset(expected["must_not_pass"])
    results = grader.grade(sample, _worth_running(aimed_at))
    assert {name for name in aimed_at if results[name].verdict is Verdict.PASSED} == set()
    assert all(result.verdict is not Verdict.GRADER_ERROR for result in results.values())
    assert all("expect_" not in result.output for result in results.values())


def test_every_check_is_failed_by_a_sample() -> None:
    """No hidden check is there for nothing: at least one wrong sample fails it."""
    failed: set[str] = set()
    for name in _names("wrong"):
        failed |= set(tomllib.loads((SAMPLES / "wrong" / name / "expected.toml").read_text())["verdicts"])
    assert ALL - failed == set()


def _worth_running(aimed_at: frozenset[str]) -> frozenset[str]:
    if EVERYTHING:
        return ALL
    skipped = (TRAINING if not aimed_at & TRAINING else frozenset()) | (ACCURACY - aimed_at)
    return ALL - skipped
