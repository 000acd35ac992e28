"""Nothing stays behind, however a sandbox ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from grader.results import Tier
from grader.sandbox import Limits, Sandbox, SandboxBroken, SubmissionFault, start_plain, start_sandbox
from tests.ctrl_c import heed_ctrl_c
from tests.sandbox.conftest import attack_module, module_of, why_not

HOLDER = """
import sys, time
from grader.results import Tier
from grader.sandbox import Limits, start_sandbox
from tests.sandbox.conftest import attack_module
sandbox = start_sandbox(force=Tier(sys.argv[1]), preload=())
session = sandbox.open([attack_module()], {}, Limits(call_seconds=60))
print(session._child.pid, sandbox._zygote._process.pid, flush=True)
session.call("loop")
"""


def gone(pid: int, seconds: float = 5.0) -> bool:
    """True once a process has ended; waits on its pidfd, not on the clock."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    ended = bool(poll.poll(seconds * 1000))
    os.close(handle)
    return ended


@pytest.fixture(params=[Tier.T1, Tier.T2])
def tier(request: pytest.FixtureRequest) -> Tier:
    if reason := why_not(request.param):
        pytest.skip(reason)
    wanted: Tier = request.param
    return wanted


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_grader_that_is_killed_leaves_nothing(tier: Tier, how: signal.Signals) -> None:
    """kill -9 or Ctrl-C in the middle of an endless call: launcher, zygote and worker end."""
    folder = Path(__file__).parents[2]
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tier.value],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=heed_ctrl_c,
    )
    assert holder.stdout is not None
    worker, launcher = map(int, holder.stdout.readline().split())
    holder.send_signal(how)
    holder.wait(10)
    holder.stdout.close()
    assert gone(worker)
    assert gone(launcher)


def test_a_sandbox_that_dies_over_a_request_is_not_waited_for(
    tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when memory runs out while a worker is asked for: nobody is left who could answer."""
    with start_sandbox(force=tier, preload=()) as sandbox:
        launcher = sandbox._zygote
        with sandbox.open([attack_module()], {}, Limits()) as session:
            warden = psutil.Process(session._child.pid).parent()
            assert warden is not None
            zygote = warden.ppid()
        os.kill(zygote, signal.SIGSTOP)
        send = launcher.send

        def send_and_kill(request: bytes, fds: Sequence[int]) -> None:
            send(request, fds)
            os.kill(zygote, signal.SIGKILL)

        monkeypatch.setattr(launcher, "send", send_and_kill)
        with pytest.raises(SandboxBroken, match="could not be made: no answer"):
            sandbox.open([attack_module()], {}, Limits())
        assert sandbox.broken


def test_closing_ends_everything(tier: Tier) -> None:
    """Also a session that is still open; and promptly."""
    sandbox = start_sandbox(force=tier, preload=())
    session = sandbox.open([attack_module()], {}, Limits())
    worker = session._child.pid
    begun = time.perf_counter()
    sandbox.close()
    assert gone(worker)
    assert time.perf_counter() - begun < 2
    session.close()


def test_a_sandbox_outlives_the_thread_that_started_it(tier: Tier) -> None:
    """Executors start their jobs in threads of their own."""
    started: list[Sandbox] = []
    thread = threading.Thread(target=lambda: started.append(start_sandbox(force=tier, preload=())))
    thread.start()
    thread.join()
    with started[0] as sandbox, sandbox.open([attack_module()], {}, Limits()) as session:
        assert session.call("honest", [1]).value == 2


def test_sessions_in_threads(tier: Tier) -> None:
    """Several at once, from several threads, in one sandbox."""
    answers: list[object] = []

    def work(sandbox: Sandbox, number: int) -> None:
        with sandbox.open([attack_module()], {}, Limits()) as session:
            answers.append(session.call("honest", [number]).value)

    with start_sandbox(force=tier, preload=()) as sandbox:
        threads = [threading.Thread(target=work, args=(sandbox, number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == list(range(1, 9))  # type: ignore[type-var]


def test_many_sessions_leak_nothing(tier: Tier) -> None:
    """Twenty sessions, some of them ended by force: no more descriptors than before."""
    limits = Limits(call_seconds=0.05)
    with start_sandbox(force=tier, preload=()) as sandbox:
        before = len(os.listdir("/proc/self/fd"))
        for number in range(20):
            with sandbox.open([attack_module()], {}, limits) as session:
                if number % 4 == 0:
                    with pytest.raises(SubmissionFault):
                        session.call("loop")
                else:
                    session.call("honest", [1], seconds=5)
        assert len(os.listdir("/proc/self/fd")) == before


def test_killing_is_quick(sandbox: Sandbox) -> None:
    """A loop in C with all signals blocked is gone within half a second."""
    session = sandbox.open([attack_module()], {}, Limits(call_seconds=0.1))
    with pytest.raises(SubmissionFault):
        session.call("loop_in_c")
    begun = time.perf_counter()
    session.close()
    assert time.perf_counter() - begun < 0.5
    assert gone(session._child.pid)


def test_plain_mode_ends_the_whole_group() -> None:
    """What the student's code started goes with it."""
    code = "import subprocess\ndef start():\n    return subprocess.Popen(['sleep', '60']).pid\n"
    with start_plain().open([module_of(code)], {}, Limits()) as session:
        grandchild = int(str(session.call("start", seconds=20).value))
        assert not gone(grandchild, 0)
    assert gone(grandchild)


def test_plain_mode_times_out() -> None:
    """It keeps the time limits."""
    with (
        start_plain().open([attack_module()], {}, Limits(call_seconds=0.2)) as session,
        pytest.raises(SubmissionFault, match="Stopped after"),
    ):
        session.call("loop")


def test_plain_mode_does_not_import_tensorflow() -> None:
    """A module about convolution answers before TensorFlow could even load."""
    code = "import sys\nimport numpy\ndef loaded():\n    return 'tensorflow' in sys.modules\n"
    with start_plain().open([module_of(code)], {}, Limits()) as session:
        assert session.call("loaded").value is False
