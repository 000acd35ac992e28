"""Every sample submission is graded for real and loses exactly the points that it should.

Four savings, so that two hundred samples take minutes: what the demo class holds is graded there; of the
wrong ones only as many are taken as fail every check in every way that some sample does; each of these meets
the checks of the tasks in which it is wrong; and accuracies are trained only where they are what the sample
gets wrong. EPOCHMARK_ALL_SAMPLES=1 leaves nothing out.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.intake import load_submission
from grader.models.trainer import TrainerPool
from grader.results import CheckResult
from grader.sandbox import Sandbox, start_sandbox
from tests.e2e.in_process import EVERYTHING, Checks, Grader
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


@dataclass(frozen=True)
class Samples:
    """Grades a sample without what is beside it for the tests."""

    grader: Grader
    scratch: Path
    seed: int = SEED

    def grade(self, sample: Path, only: frozenset[str]) -> dict[str, CheckResult]:
        submission = load_submission(self._without_expectations(sample), "sample")
        assert submission.problem == ""
        return self.grader.grade(submission, CHECKS[sample.parent.name], only, self.seed)

    def _without_expectations(self, sample: Path) -> Path:
        if sample.is_file():
            return sample
        ignored = shutil.ignore_patterns("expected.toml", "__pycache__")
        return Path(shutil.copytree(sample, self.scratch / sample.name, ignore=ignored))


@pytest.fixture
def samples(sandbox: Sandbox, trainers: TrainerPool, store: Path, tmp_path: Path) -> Samples:
    return Samples(Grader(sandbox, trainers, store), tmp_path)


@pytest.mark.parametrize("name", _samples("correct"))
def test_correct_samples_lose_nothing(samples: Samples, name: str) -> None:
    """However different it looks: every check passes."""
    checks = CHECKS[name.split("/")[0]]
    results = samples.grade(SAMPLES / "correct" / name, checks.all)
    expect_nothing_lost(results)
    whole = sum(task.points for task in checks.folder.assignment.tasks)
    assert sum(result.score or 0 for result in results.values()) == whole


@pytest.mark.parametrize("name", _wrong_samples())
def test_wrong_samples_lose_what_they_should(samples: Samples, name: str) -> None:
    """And nothing else, with feedback that names the mistake."""
    wanted = expected("wrong", name)
    aimed_at = frozenset(wanted["verdicts"]) | frozenset(wanted.get("also_run", []))
    only = CHECKS[name.split("/")[0]].worth_running(aimed_at)
    expect_foretold(name, samples.grade(SAMPLES / "wrong" / name, only))


@pytest.mark.parametrize("name", _samples("hostile"))
def test_hostile_samples_gain_nothing(samples: Samples, name: str) -> None:
    """Whatever they try."""
    aimed_at = frozenset(expected("hostile", name)["must_not_pass"])
    only = CHECKS[name.split("/")[0]].worth_running(aimed_at)
    expect_nothing_gained(name, samples.grade(SAMPLES / "hostile" / name, only))


@pytest.mark.parametrize("assignment", CHECKS)
def test_every_check_is_failed_by_a_sample(assignment: str) -> None:
    """No hidden check is there for nothing: at least one wrong sample fails it."""
    failed: set[str] = set()
    for name in sample_names("wrong"):
        if name.startswith(f"{assignment}/"):
            failed |= set(expected("wrong", name)["verdicts"])
    assert CHECKS[assignment].all - failed == set()
