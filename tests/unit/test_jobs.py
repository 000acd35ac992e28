"""A job process goes on when its sandbox does not."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from grader.assignment import clone_root, load_assignment
from grader.batch import jobs
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext
from grader.intake import load_submission
from grader.results import Tier, Verdict
from grader.sandbox import start_sandbox
from tests.sandbox.conftest import why_not

ASSIGNMENT = "cs7cs4_week8"
CHECKS = frozenset({"test_square_images", "test_baseline"})


@pytest.mark.xdist_group("keras")
def test_a_sandbox_that_died_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The submission on the way and the ones after it are graded as if nothing had happened."""
    if reason := why_not(Tier.T1):
        pytest.skip(reason)
    folder = load_assignment(ASSIGNMENT, clone_root())
    names = Datasets.at_hand(folder.assignment).names
    context = GradingContext(folder, folder.hidden_checks, names, {}, 1)
    solution = load_submission(clone_root() / "reference" / ASSIGNMENT / "solution", "solution")
    # These two checks need no TensorFlow.
    monkeypatch.setattr(jobs, "start_sandbox", partial(start_sandbox, preload=("numpy",)))
    try:
        jobs.start_job_process(context, Tier.T1)
        for attempt in range(2):
            before = jobs._JobProcess.sandbox
            graded = jobs.run_job(jobs.Job(solution, CHECKS))
            assert [check.verdict for check in graded.checks] == [Verdict.PASSED] * 2
            assert (jobs._JobProcess.sandbox is before) == (attempt == 0)
            kill_zygote()
    finally:
        jobs._JobProcess.sandbox.close()


def kill_zygote() -> None:
    """As the kernel does when memory runs out."""
    launcher = jobs._JobProcess.sandbox._launcher  # type: ignore[attr-defined]
    children = Path(f"/proc/{launcher._process.pid}/task/{launcher._process.pid}/children").read_text()
    os.kill(int(children.split()[0]), signal.SIGKILL)
    launcher._process.wait(10)
