"""Which tier is reached, what is refused, and that each layer is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.results import Tier, Verdict
from grader.sandbox import (
    Limits,
    Sandbox,
    SandboxUnavailable,
    SubmissionFault,
    machine,
    probe_tier,
    start_sandbox,
)
from grader.sandbox.box import seccomp
from grader.sandbox.box.seccomp import assemble, load_table
from grader.sandbox.canary import successful_attacks
from grader.sandbox.warm import WarmSandbox
from tests.sandbox.conftest import attack_module, module_of, why_not
from tests.sandbox.weakened import weakened

LIMITS = Limits(call_seconds=5, memory_mib=400, scratch_mib=16)


def attack(sandbox: Sandbox, function: str, *args: object) -> object:
    with sandbox.open([attack_module()], {}, LIMITS) as session:
        return session.call(function, args).value  # type: ignore[arg-type]


def test_the_strongest_tier_is_reached() -> None:
    """A machine that can do T1 does T1."""
    if reason := why_not(Tier.T1):
        pytest.skip(reason)
    assert probe_tier() is Tier.T1


def test_a_clone_in_tmp_works(tmp_path: Path) -> None:
    """The sandbox has a /tmp of its own; a clone that lies in the machine's must stay visible."""
    if reason := why_not(Tier.T1):
        pytest.skip(reason)
    if not tmp_path.is_relative_to("/tmp"):
        pytest.skip(f"the tests' folder is {tmp_path}")
    shutil.copytree(Path(machine.__file__).parents[1], tmp_path / "grader")
    code = "from grader.sandbox import __file__ as f, probe_tier; print(f, probe_tier().value)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [str(tmp_path / "grader/sandbox/__init__.py"), "T1"], done.stderr


def test_t1b_stops_the_trial_attacks(t1b: Sandbox) -> None:
    """Without namespaces of their own, Landlock and seccomp keep workers apart."""
    assert t1b.tier is Tier.T1B
    assert isinstance(t1b, WarmSandbox)
    assert successful_attacks(t1b) == []


def test_trial_attacks_are_real() -> None:
    """Where nothing protects, they succeed: what they find in a sandbox means something."""
    found = successful_attacks(start_sandbox(force=Tier.UNSANDBOXED))  # type: ignore[arg-type]
    assert {"read a file of the grader", "read /etc/passwd", "start a process", "open a socket",
            "find the grader's environment", "run a program"} <= set(found)  # fmt: skip


def test_forced_tier_that_cannot_be() -> None:
    """T3 is not offered, and says what is."""
    with pytest.raises(SandboxUnavailable) as caught:
        start_sandbox(force=Tier.T3)
    assert "T1" in caught.value.hint


def test_no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bubblewrap and without root the refusal names the package."""
    monkeypatch.setattr(machine, "bubblewrap", lambda: "")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SandboxUnavailable) as caught:
        start_sandbox()
    assert caught.value.hint == "apt-get install -y bubblewrap"


def test_no_bubblewrap_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root falls back to a user for each worker, and says so."""
    if reason := why_not(Tier.T2):
        pytest.skip(reason)
    monkeypatch.setattr(machine, "bubblewrap", lambda: "")
    assert probe_tier() is Tier.T2


def test_no_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Landlock, no grading."""
    monkeypatch.setattr(machine, "landlock_version", lambda: 0)
    with pytest.raises(SandboxUnavailable, match="Landlock"):
        start_sandbox()


def test_a_worker_that_comes_up_bare_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trusted side counts the layers of every worker."""
    with weakened(Tier.T1, "seccomp") as sandbox:
        sandbox._required = frozenset({"landlock", "rlimits", "seccomp"})
        with pytest.raises(Exception, match="came up without seccomp"):
            sandbox.open([attack_module()], {}, LIMITS)


def test_without_seccomp_a_process_starts() -> None:
    """Removal: the system call filter is what stops fork, exec and sockets."""
    with weakened(Tier.T1, "seccomp") as sandbox:
        assert {"start a process", "open a socket"} <= set(successful_attacks(sandbox))


def test_a_worker_that_is_stopped_is_ended() -> None:
    """Without seccomp it can have itself traced; the next signal then stops it, and its warden ends it."""
    code = "import ctypes, os, signal\ndef stop():\n"
    code += "    ctypes.CDLL(None).ptrace(0, 0, 0, 0)\n    os.kill(os.getpid(), signal.SIGUSR1)\n"
    with weakened(Tier.T1, "seccomp") as sandbox, sandbox.open([module_of(code)], {}, LIMITS) as session:
        with pytest.raises(SubmissionFault) as caught:
            session.call("stop")
        assert caught.value.verdict is Verdict.CRASHED


def test_without_landlock_the_disk_is_open() -> None:
    """Removal: without namespaces Landlock is what stops files from being read."""
    with weakened(Tier.T2, "landlock") as sandbox:
        found = set(successful_attacks(sandbox))
        assert "read /etc/passwd" in found
        assert attack(sandbox, "list_folder", "/")


def test_without_rlimits_descriptors_and_disk_are_unbounded() -> None:
    """Removal: resource limits are what stops thousands of threads and open files."""
    with weakened(Tier.T1, "rlimits") as sandbox:
        assert attack(sandbox, "start_threads", 200) == 200
    with weakened(Tier.T1) as sandbox, pytest.raises(SubmissionFault):
        attack(sandbox, "start_threads", 200)


def test_without_namespaces_other_processes_show() -> None:
    """Removal: with neither namespaces nor Landlock the process table is everybody's."""
    with weakened(Tier.T1B, "landlock") as sandbox:
        seen = attack(sandbox, "processes_seen")
        assert isinstance(seen, list)
        assert len(seen) > 1


@pytest.mark.parametrize("machine_name", ["x86_64", "aarch64"])
def test_filter_fits_the_kernel(machine_name: str) -> None:
    """Every jump stays inside the program, and the program is short enough for the kernel."""
    program = assemble(load_table(), machine_name, pid=1)
    instructions = [program[at : at + 8] for at in range(0, len(program), 8)]
    assert len(instructions) < 4096
    for at, instruction in enumerate(instructions):
        if instruction[0] in (seccomp._EQUAL, seccomp._AT_LEAST):
            assert at + 1 + max(instruction[2], instruction[3]) < len(instructions)
    assert instructions[-1] == (6).to_bytes(2, "little") + b"\0\0" + (0x50001).to_bytes(4, "little")


def test_table_numbers_are_the_kernels() -> None:
    """Where the C headers are installed, names and numbers agree with them."""
    if os.uname().machine != "x86_64" or not os.path.exists("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"):
        pytest.skip("no kernel headers for x86-64 are installed")
    with open("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", encoding="ascii") as header:
        rows = [line.split() for line in header if line.startswith("#define __NR_")]
    known = {row[1].removeprefix("__NR_"): int(row[2]) for row in rows}
    for group in load_table()["allow"]:
        assert group["reason"]
        for name, (number, _) in group["calls"].items():
            assert known[name] == number


def test_importing_is_light() -> None:
    """`grader.sandbox` imports neither numpy nor TensorFlow."""
    code = (
        "import sys, grader.sandbox; print([m for m in ('numpy', 'tensorflow', 'keras') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
