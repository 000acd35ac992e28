"""Long-lived processes: what they have when they begin, and what happens when one ends by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from grader.processes import Places, ProcessDied
from tests.ctrl_c import heed_ctrl_c

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="they are forked on Linux only")

OF_OLD = """
import sys
from grader.commands.write_reports import prepare_processes
from grader.processes import Places

def loaded():
    return [name for name in ("weasyprint", "grader.grading.grade", "tensorflow") if name in sys.modules]

if __name__ == "__main__":
    prepare_processes()
    with Places(1, list, name="report process", patient=True) as places:
        future = places.submit(loaded)
        future.exception()
        print(places.result(future), "weasyprint" in sys.modules)
"""

INTERRUPTED_AT_BIRTH = """
import signal
import sys
from grader.commands.write_reports import prepare_processes
from grader.processes import Places

class Start:
    def __reduce__(self):
        return interrupted, ()

def interrupted():
    signal.raise_signal(signal.SIGINT)
    return list

if __name__ == "__main__":
    if "prepared" in sys.argv:
        prepare_processes()
    environment = {"EPOCHMARK_TEST_VARIABLE": "set"} if "spawned" in sys.argv else {}
    with Places(1, Start(), name="report process", patient=True, environment=environment) as places:
        print(places.submit(abs, -1).result())
"""


@pytest.fixture
def places() -> Iterator[Places]:
    with Places(1, list, name="report process", patient=True) as places:
        yield places


def call(places: Places, function: Callable[..., object], *arguments: object) -> object:
    future = places.submit(function, *arguments)
    future.exception()
    return places.result(future)


def test_they_have_the_environment_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that they are forked from may be older than a variable."""
    found = []
    for value in ("one", "two"):
        monkeypatch.setenv("EPOCHMARK_TEST_VARIABLE", value)
        with Places(1, list, name="report process", patient=True) as places:
            found.append(call(places, os.getenv, "EPOCHMARK_TEST_VARIABLE"))
    assert found == ["one", "two"]


def test_they_say_what_they_are(places: Places) -> None:
    assert call(places, Path.read_text, Path("/proc/self/comm")) == "report process\n"


def test_what_all_need_is_imported_once(tmp_path: Path) -> None:
    """Before they begin, and not by the process that starts them."""
    script = tmp_path / "script.py"
    script.write_text(OF_OLD)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "['weasyprint', 'grader.grading.grade'] False\n", done.stderr


@pytest.mark.parametrize("how", ["prepared", "forked", "spawned"])
def test_ctrl_c_while_one_is_being_born(tmp_path: Path, how: str) -> None:
    """Before it can be told to leave Ctrl-C to the process that started it."""
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED_AT_BIRTH)
    done = subprocess.run(
        [sys.executable, script, how], capture_output=True, text=True, check=False, preexec_fn=heed_ctrl_c
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_one_that_ends_takes_its_task_with_it(places: Places) -> None:
    with pytest.raises(ProcessDied, match="report process ended by itself"):
        call(places, os._exit, 3)
    assert call(places, abs, -1) == 1


def test_one_that_ends_while_nobody_needs_it(places: Places) -> None:
    """As for want of memory: the next task has a fresh one."""
    pid = call(places, os.getpid)
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    await_broken(places)
    assert call(places, os.getpid) != pid


def test_what_they_are_forked_from_ends(places: Places) -> None:
    call(places, os.getpid)
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    await_broken(places)
    assert call(places, abs, -1) == 1


def test_what_they_are_forked_from_ends_over_a_request(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(places, os.getpid)
    origin, answer = forkserver._forkserver._forkserver_pid, forkserver.read_signed

    def killed_first(fd: int) -> int:
        os.kill(origin, signal.SIGKILL)
        return answer(fd)

    os.kill(origin, signal.SIGSTOP)  # so that it does not answer before
    monkeypatch.setattr(forkserver, "read_signed", killed_first)
    with Places(1, list, name="report process", patient=True) as others:
        assert call(others, abs, -1) == 1


def await_broken(places: Places) -> None:
    """Until its executor has noticed."""
    executor = places._places[0]
    assert executor is not None
    executor._executor_manager_thread.join(10)
