"""The plain mode: a worker in an ordinary subprocess, for students on their own machine.

It keeps the time limits and nothing else: there is no protection here.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.results import Tier
from grader.sandbox import box
from grader.sandbox.child import Ending, make_pipes
from grader.sandbox.limits import Limits
from grader.sandbox.session import Session
from grader.sandbox.start import await_ready
from grader.submission import Module

# TensorFlow may take this long to import on a laptop with a cold disk.
_LOAD_SECONDS = 180.0
_START_SECONDS = 60.0
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "Agg", "KERAS_BACKEND": "tensorflow", "PYTHONUTF8": "1"}


class PlainSandbox:
    """No sandbox at all, behind the same calls."""

    broken = False  # each session is a process of its own

    def __init__(self, tier: Tier) -> None:
        self.tier = tier

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, modules: Sequence[Module], data: Mapping[str, bytes], limits: Limits) -> Session:
        """A fresh process. Raises SandboxBroken when Python cannot be started."""
        slow = limits.model_copy(update={"load_seconds": max(limits.load_seconds, _LOAD_SECONDS)})
        child = _PlainChild(limits.reply_mib << 20)
        await_ready(child, slow, _START_SECONDS)
        session = Session(child, modules, slow, self.tier)
        session.hand_over(data)
        return session

    def warm_up(self, libraries: Sequence[str]) -> None:
        """Nothing can be imported beforehand: each session is a process of its own."""

    def lend(self) -> PlainSandbox:
        return self

    def close(self) -> None:
        """There is nothing to end besides the sessions."""


class _PlainChild:
    def __init__(self, reply_cap: int) -> None:
        self.scratch = tempfile.mkdtemp(prefix="epochmark-")
        self.pipes, theirs = make_pipes()
        request, reply, output, errors = theirs
        folder = str(Path(box.__file__).parent)
        cwd = os.path.realpath(self.scratch)
        command = [sys.executable, "-P", "-c", box.BOOT, folder, "worker", cwd, str(reply_cap)]
        self._process = subprocess.Popen(
            [*command, str(request), str(reply)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd=cwd,
            env={**os.environ, **_QUIET},
            pass_fds=(request, reply),
            start_new_session=True,  # Ctrl-C is for the grader, and the group can be ended as one
        )
        self.pid = self._process.pid
        for fd in theirs:
            os.close(fd)

    def kill(self) -> Ending:
        """Ends the process and what it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS refuses a group of zombies
            self._process.kill()
        code = self._process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)
        return _ending(code)

    def ending(self, seconds: float) -> Ending | None:
        try:
            return _ending(self._process.wait(seconds))
        except subprocess.TimeoutExpired:
            return None


def _ending(code: int) -> Ending:
    return Ending(None, -code) if code < 0 else Ending(code, None)


def start_plain() -> PlainSandbox:
    """Sessions without protection: for a student's own code on the student's own machine."""
    return PlainSandbox(Tier.PLAIN)
