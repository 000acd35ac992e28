"""Processes that a Dask worker has its work done by."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.assignment_folder import clone_root
from grader.batch.child import ChildProcess
from grader.errors import GraderError
from grader.processes import ProcessDied

MAKER = """
import os, time
from grader.batch.child import ChildProcess
child = ChildProcess("test process", os.getpid)
print(child.call(os.getpid), flush=True)
child.call(time.sleep, 600)
"""


@pytest.fixture
def child() -> Iterator[ChildProcess]:
    process = ChildProcess("test process", os.putenv, "GREETING", "hello")
    yield process
    process.close()


def test_calls_come_back(child: ChildProcess) -> None:
    """One process answers call after call."""
    assert child.call(divmod, 17, 5) == (3, 2)
    pid = child.call(os.getpid)
    assert pid not in (os.getpid(), None)
    assert child.call(os.getpid) == pid


def test_start_is_called_in_every_process(child: ChildProcess) -> None:
    """Before anything else, also in the process that stands in for one that died."""
    words = [sys.executable, "-c", "import os; print(os.environ['GREETING'])"]
    assert child.call(subprocess.check_output, words) == b"hello\n"
    with pytest.raises(ProcessDied, match="The test process ended by itself"):
        child.call(os.abort)
    assert child.call(subprocess.check_output, words) == b"hello\n"


def test_errors_come_back(child: ChildProcess) -> None:
    """The grader's own as they are; others in words, since not all of them can be pickled."""
    with pytest.raises(GraderError) as caught:
        child.call(_refuse)
    assert (caught.value.message, caught.value.hint) == ("No.", "Ask again.")
    with pytest.raises(RuntimeError, match=r"ZeroDivisionError.*\n.*Traceback"):
        child.call(divmod, 1, 0)
    assert child.call(divmod, 1, 1) == (1, 0)


def _refuse() -> None:
    raise GraderError("No.", hint="Ask again.")


def test_closing_ends_a_call(child: ChildProcess) -> None:
    """From another thread; a closed one does not start again."""
    pid = child.call(os.getpid)
    with ThreadPoolExecutor(1) as caller:
        call = caller.submit(child.call, signal.pause)
        child.close()
        with pytest.raises(ProcessDied):
            call.result(30)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ProcessDied):
        child.call(os.getpid)


def test_it_ends_with_its_maker() -> None:
    """Also in the middle of a call, and when the maker is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", MAKER], cwd=clone_root(), stdout=subprocess.PIPE, text=True
    ) as maker:
        assert maker.stdout is not None
        handle = os.pidfd_open(int(maker.stdout.readline()))
        maker.kill()
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    gone = poll.poll(30_000)
    os.close(handle)
    assert gone
