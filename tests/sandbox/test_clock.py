"""Time limits on a busy machine: waiting for a core is nobody's fault, sleeping is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from grader.results import Verdict
from grader.sandbox import Limits, Sandbox, SubmissionFault
from tests.sandbox.conftest import module_of

CODE = """
import time

def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"

def sleep(seconds):
    time.sleep(seconds)
"""
LIMITS = Limits(call_seconds=2.0)


@contextmanager
def crowd(size: int) -> Iterator[None]:
    """Processes that want every core all the time; each in a session of its own, since the kernel may
    share out time between sessions first."""
    command = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(command, start_new_session=True) for _ in range(size)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def test_work_within_the_limit_is_done_on_a_crowded_machine(t1: Sandbox) -> None:
    """1.4 s of work under a limit of 2 s passes although several processes share each core."""
    with t1.open([module_of(CODE)], {}, LIMITS) as session, crowd(2 * (os.cpu_count() or 1)):
        reply = session.call("work", [1.4])
    assert reply.value == "done"
    assert reply.wall_seconds > LIMITS.call_seconds, "the machine was not crowded: this proves nothing"


@pytest.mark.parametrize(("function", "seconds"), [("work", 1000), ("sleep", 1000)])
def test_work_and_sleep_beyond_the_limit_are_stopped(t1: Sandbox, function: str, seconds: int) -> None:
    """An endless computation and an endless sleep both end."""
    with t1.open([module_of(CODE)], {}, LIMITS) as session, pytest.raises(SubmissionFault) as caught:
        session.call(function, [seconds])
    assert caught.value.verdict is Verdict.TIMEOUT
