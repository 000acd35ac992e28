"""A process for one target, watched from outside: what hangs, swells or dies is ended and told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from grader.assignment_folder import clone_root
from tests.fuzz.child import REPORT, SLATE
from tests.fuzz.judge import Slate, Tally
from tests.fuzz.target import scratch_folder

_LOOK_SECONDS = 0.2
_START_SECONDS = 300  # TensorFlow on a busy machine
_LIVES = 6  # processes for a target: one that kills each is told of often enough
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Bounds:
    """For one case: `seconds` of wall clock, and `mib` of memory above what the process had at its start."""

    seconds: float = 20.0
    mib: float = 200.0


@dataclass(frozen=True)
class Work:
    name: str
    engine: str
    cases: int
    seed: int


def fuzz(work: Work, bounds: Bounds) -> Tally:
    """Runs the work to its end, in as many processes as it takes. Ctrl-C ends them and is passed on."""
    whole = Tally()
    for life in range(_LIVES):
        left = work.cases - whole.cases
        if left <= 0:
            break
        with scratch_folder() as folder:
            part = Work(work.name, work.engine, left, work.seed + 7919 * life)
            whole.add(_one_process(part, bounds, Path(folder)))
    return whole


def _one_process(work: Work, bounds: Bounds, folder: Path) -> Tally:
    slate = Slate(folder / SLATE)
    words = [work.name, work.engine, str(work.cases), str(work.seed), str(bounds.mib), str(folder)]
    with (folder / "log").open("w+b") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.child", *words],
            cwd=clone_root(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # What it leaves behind when it is killed goes with our folder.
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "TMPDIR": str(folder)},
            start_new_session=True,  # Ctrl-C is for the watcher
        )
        try:
            trouble = _watch(child, slate, bounds)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        log.seek(0)
        return _sum_up(
            trouble, child.returncode, slate, folder, log.read()[-2_000:].decode("utf-8", "replace")
        )


def _watch(child: subprocess.Popen[bytes], slate: Slate, bounds: Bounds) -> str:
    """Until the process ends; else why it has to be ended."""
    started = time.monotonic()
    while True:
        try:
            child.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        else:
            return ""
        seconds, _, _, baseline = slate.read()
        if not baseline and time.monotonic() > started + _START_SECONDS:
            raise RuntimeError(f"The process did not get to its first case in {_START_SECONDS} seconds.")
        if seconds > bounds.seconds:
            return f"more than {bounds.seconds:g} seconds"
        if baseline and _resident_mib(child.pid) > baseline + bounds.mib:
            return (
                f"more than {bounds.mib:.0f} MB{'' if seconds else ', taken by the engine between two cases'}"
            )


def _resident_mib(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:  # it has just ended
        return 0.0
    return int(fields[1]) * _PAGE / 2**20


# The error, and what hypothesis adds below it.
_LAST_LINES = 4


def _sum_up(trouble: str, code: int, slate: Slate, folder: Path, log: str) -> Tally:
    tally = Tally.load(folder / REPORT)
    if code == 0:
        return tally
    _, cases, case, baseline = slate.read()
    if not baseline:
        raise RuntimeError(f"The process did not get to its first case:\n{log}")
    tally.cases = cases + 1
    tally.note(trouble or f"the process ended with {code}: {log.splitlines()[-_LAST_LINES:]}", case)
    return tally
