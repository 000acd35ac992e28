"""A sandbox with a warm zygote, as the trusted side holds it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from grader.results import Tier
from grader.sandbox import box
from grader.sandbox.child import Ending, Pipes, make_pipes
from grader.sandbox.faults import SandboxBroken
from grader.sandbox.limits import Limits
from grader.sandbox.places import find_places
from grader.sandbox.session import Session
from grader.sandbox.start import await_ready
from grader.submission import Module

PRELOAD = (
    "numpy",
    "tensorflow",
    "keras",
    "matplotlib.pyplot",
    "PIL.Image",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.dummy",
    "sklearn.linear_model",
)
_WARM_SECONDS = 180.0  # TensorFlow from a cold disk
_FORK_SECONDS = 30.0
_GONE_SECONDS = 10.0
_MESSAGE_CAP = 1 << 16
_REQUIRED = frozenset({"landlock", "rlimits", "seccomp"})


class WarmSandbox:
    """Forks a confined worker for each session. Safe to use from several threads."""

    def __init__(self, launcher: Launcher, tier: Tier, without: frozenset[str]) -> None:
        self.tier = tier
        self._launcher = launcher
        self._required = _REQUIRED - without

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, modules: Sequence[Module], data: Mapping[str, bytes], limits: Limits) -> Session:
        """A fresh worker with a submission's files. Raises SandboxBroken, SubmissionFault."""
        child = self._fork(limits)
        layers = await_ready(child, limits, _FORK_SECONDS)
        if missing := self._required - layers.keys():
            child.kill()
            child.pipes.close()
            raise SandboxBroken(f"A worker came up without {', '.join(sorted(missing))}.")
        session = Session(child, modules, limits, self.tier)
        try:
            session.hand_over(data)
        except BaseException:
            session.close()
            raise
        return session

    @property
    def broken(self) -> bool:
        """True once no more workers can be had from it."""
        return self._launcher.broken

    def close(self) -> None:
        """Ends the zygote and every worker that is left."""
        self._launcher.close()

    def _fork(self, limits: Limits) -> ConfinedChild:
        ours, theirs = make_pipes()
        status, reporting = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = json.dumps({"limits": limits.model_dump()}).encode()
        try:
            self._launcher.send(request, [*theirs, reporting.fileno()])
            return ConfinedChild(ours, status)
        except BaseException as error:
            self._launcher.broken |= isinstance(error, SandboxBroken)
            ours.close()
            status.close()
            raise
        finally:
            reporting.close()
            for fd in theirs:
                os.close(fd)


class ConfinedChild:
    """A worker behind a pidfd, which names it even when its number is given to another process.

    Raises SandboxBroken when the warden reports that it could not be made.
    """

    scratch = ""

    def __init__(self, pipes: Pipes, status: socket.socket) -> None:
        self.pipes = pipes
        self._status = status
        self._ending: Ending | None = None
        status.settimeout(_FORK_SECONDS)
        try:
            message, fds, _, _ = socket.recv_fds(status, _MESSAGE_CAP, 1)
        except TimeoutError:
            raise SandboxBroken("The sandbox did not answer.", hint="Run: grader doctor") from None
        if not fds:
            told = json.loads(message) if message else {}
            raise SandboxBroken(f"A sandboxed process could not be made: {told.get('error', 'no answer')}")
        self._handle = fds[0]
        self.pid = _pid_of(self._handle)

    def kill(self) -> Ending:
        """Ends the worker, with its process namespace where it has one."""
        if self._ending is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            if self.ending(_GONE_SECONDS) is None:
                raise SandboxBroken("A worker could not be ended.", hint="Run: grader doctor")
        return self._ending or Ending(None, None)

    def ending(self, seconds: float) -> Ending | None:
        """The warden's report; a sandbox that is gone has ended all of its workers."""
        if self._ending is not None:
            return self._ending
        self._status.settimeout(seconds)
        try:
            message = self._status.recv(_MESSAGE_CAP)
        except TimeoutError:
            return None
        except ConnectionResetError:
            message = b""
        told = json.loads(message) if message else {}
        self._ending = Ending(told.get("code"), told.get("signal"), told.get("note") or told.get("error", ""))
        self._status.close()
        os.close(self._handle)
        return self._ending


def _pid_of(handle: int) -> int:
    """The process id in our own namespace. 0 when the process is gone already."""
    with open(f"/proc/self/fdinfo/{handle}", encoding="ascii") as info:
        fields = dict(line.split(":", 1) for line in info if ":" in line)
    return max(0, int(fields["Pid"]))


class Launcher:
    """The process that starts the zygote, and the socket to the zygote itself.

    `bubblewrap` is the path of bwrap, or "" for a zygote without it; `nest` gives each worker
    namespaces of its own. Closing the socket and the lifeline ends everything, also when this
    process is killed.
    """

    def __init__(
        self, bubblewrap: str, preload: Sequence[str], without: frozenset[str], *, nest: bool
    ) -> None:
        places = find_places()
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline, self._lifeline = os.pipe()
        zygote = {
            "sites": places.sites,
            "libraries": places.libraries,
            "preload": list(preload),
            "without": sorted(without),
            "namespaces": nest,
        }
        settings = {
            "bubblewrap": bubblewrap,
            "python": places.python,
            "box": places.box,
            "boot": box.BOOT,
            "needed": places.needed,
            "binds": places.binds,
            "control": control.fileno(),
            "lifeline": lifeline,
            "zygote": zygote,
        }
        arguments = ["-I", "-S", "-c", box.BOOT, places.box, "launcher", json.dumps(settings)]
        self._process = subprocess.Popen(
            [places.python, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={},
            cwd="/",
            pass_fds=(control.fileno(), lifeline),
            start_new_session=True,  # Ctrl-C is for the grader, which then closes the sandbox
        )
        control.close()
        os.close(lifeline)
        self.broken = False
        self._closed = False
        self._closing = threading.Lock()

    def await_warm(self) -> dict[str, Any]:
        """The zygote's first word. Raises SandboxBroken with the reason why there is none."""
        deadline = time.monotonic() + _WARM_SECONDS
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll((deadline - time.monotonic()) * 1000):
            self.close()
            raise SandboxBroken(f"Python with its libraries was not up after {_WARM_SECONDS:g} seconds.")
        try:
            message = self._control.recv(_MESSAGE_CAP)
        except ConnectionResetError:
            message = b""
        told: dict[str, Any] = json.loads(message) if message else {}
        if not told.get("ready"):
            raise SandboxBroken(self._last_words(told))
        return told

    def _last_words(self, told: Mapping[str, Any]) -> str:
        self.close()
        stream = self._process.stderr
        said = stream.read().decode("utf-8", "replace").strip() if stream is not None else ""
        return str(told.get("error", "")).strip() or said or "the sandbox ended without a word"

    def send(self, request: bytes, fds: Sequence[int]) -> None:
        """Raises SandboxBroken when the zygote is gone."""
        try:
            socket.send_fds(self._control, [request], fds)
        except OSError as error:
            raise SandboxBroken(f"The sandbox is gone: {error}.", hint="Run: grader doctor") from None

    def close(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._control.close()
            os.close(self._lifeline)
            try:
                self._process.wait(_GONE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
