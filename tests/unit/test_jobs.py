"""A job process goes on when its sandbox does not."""

from __future__ import annotations

import os
import shutil
import signal
from concurrent.futures import wait
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root, load_assignment
from grader.batch import LocalWorkers, jobs
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext
from grader.intake import load_submission
from grader.models.store import KnownRuns
from grader.results import Tier, Verdict
from grader.sandbox import MOST_SHARERS, start_sandbox
from grader.sandbox.box.launcher import _UIDS_PER_SANDBOX
from grader.submission import Submission
from tests.crash.grading import descendants, describe
from tests.sandbox.conftest import why_not

ASSIGNMENT = "cs7cs4_week8"
CHECKS = frozenset({"test_square_images", "test_baseline"})


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> GradingContext:
    """Of an assignment that needs no TensorFlow, as these two checks do not."""
    monkeypatch.setattr(GradingContext, "libraries", ())
    if reason := why_not(Tier.T1):
        pytest.skip(reason)
    folder = load_assignment(ASSIGNMENT, clone_root())
    names = Datasets.at_hand(folder.assignment).names
    return GradingContext(folder, folder.hidden_checks, names, KnownRuns(), 1)


@pytest.fixture
def solution(tmp_path: Path) -> Submission:
    """What these two checks call, without the networks."""
    for name in ("convolution.py", "baseline.py"):
        shutil.copy(clone_root() / "reference" / ASSIGNMENT / "solution" / name, tmp_path)
    return load_submission(tmp_path, "solution")


@pytest.mark.xdist_group("keras")
def test_a_sandbox_that_died_is_replaced(context: GradingContext, solution: Submission) -> None:
    """The submission on the way and the ones after it are graded as if nothing had happened."""
    try:
        jobs.start_job_process(context, Tier.T1)
        for attempt in range(2):
            before = jobs._JobProcess.sandbox
            graded = jobs.run_job(jobs.Job(solution, CHECKS))
            assert [check.verdict for check in graded.checks] == [Verdict.PASSED] * 2
            assert (jobs._JobProcess.sandbox is before) == (attempt == 0)
            kill_zygote(jobs._JobProcess.sandbox)
    finally:
        jobs._JobProcess.sandbox.close()


@pytest.mark.xdist_group("keras")
def test_job_processes_share_a_sandbox_until_it_dies(context: GradingContext, solution: Submission) -> None:
    """One for both of them; without it each goes on with its own."""
    before = sandboxes()
    with start_sandbox(force=Tier.T1, preload=()) as sandbox, LocalWorkers(context, sandbox, 2) as local:
        grade_twice(local, solution)
        assert sandboxes() == before + 1
        kill_zygote(sandbox)
        grade_twice(local, solution)
        assert sandboxes() == before + 2
    assert sandboxes() == before


@pytest.mark.xdist_group("keras")
def test_a_sandbox_that_died_before_the_first_job(context: GradingContext, solution: Submission) -> None:
    """Nobody had a use for it yet: the job processes go on with their own, as after any other death."""
    with start_sandbox(force=Tier.T1, preload=()) as sandbox, LocalWorkers(context, sandbox, 2) as local:
        kill_zygote(sandbox)
        grade_twice(local, solution)


def grade_twice(local: LocalWorkers, solution: Submission) -> None:
    """Side by side."""
    futures = [local.submit(jobs.Job(solution, CHECKS)) for _ in range(2)]
    wait(futures)
    for graded in map(local.result, futures):
        assert [check.verdict for check in graded.checks] == [Verdict.PASSED] * 2


def test_there_are_users_for_all_who_share() -> None:
    """Two for each process: a submission's worker and the reference's."""
    assert 2 * MOST_SHARERS == _UIDS_PER_SANDBOX


def sandboxes() -> int:
    return [describe(pid) for pid in descendants(os.getpid())].count("launcher of the sandbox")


def kill_zygote(sandbox: object) -> None:
    """As the kernel does when memory runs out."""
    launcher = sandbox._zygote  # type: ignore[attr-defined]
    children = Path(f"/proc/{launcher._process.pid}/task/{launcher._process.pid}/children").read_text()
    os.kill(int(children.split()[0]), signal.SIGKILL)
    launcher._process.wait(10)
