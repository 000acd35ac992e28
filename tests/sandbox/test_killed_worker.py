"""A worker that something outside kills costs its student nothing; one that kills itself gains nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from grader.grading.runner import CodeRunner
from grader.results import Tier, Verdict
from grader.sandbox import Limits, Sandbox, SubmissionFault, start_sandbox
from grader.submission import Module
from tests.sandbox.conftest import why_not

SOURCE = """
import os

def answer():
    return 42

def leave():
    os._exit(9)
"""
MODULES = [Module("work.py", "work.py", SOURCE, ("answer", "leave"))]


@pytest.fixture(params=[Tier.T1, Tier.T2])
def runner(request: pytest.FixtureRequest) -> Iterator[CodeRunner]:
    if reason := why_not(request.param):
        pytest.skip(reason)
    sandbox: Sandbox = start_sandbox(force=request.param, preload=())
    with sandbox:
        made = CodeRunner(MODULES, {}, sandbox, Limits())
        yield made
        made.close()


def test_killed_from_outside_it_is_called_again(runner: CodeRunner) -> None:
    """Once: a second death is told, so that nobody keeps the grader busy by dying."""
    assert runner.call("answer", (), {}).value == 42
    kill_worker(runner)
    assert runner.call("answer", (), {}).value == 42
    kill_worker(runner)
    with pytest.raises(SubmissionFault) as told:
        runner.call("answer", (), {})
    assert told.value.verdict is Verdict.CRASHED


def test_a_student_who_ends_the_process_is_told_at_once(runner: CodeRunner) -> None:
    """An exit code is the code's own doing: no second try."""
    with pytest.raises(SubmissionFault) as told:
        runner.call("leave", (), {})
    assert told.value.verdict is Verdict.CRASHED
    assert "exit code 9" in told.value.message
    assert not told.value.unexplained


def kill_worker(runner: CodeRunner) -> None:
    assert runner._session is not None
    pid = runner._session._child.pid
    handle = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)
