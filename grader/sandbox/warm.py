"""A sandbox with a warm zygote, as the trusted side holds it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from grader.results import Tier
from grader.sandbox.child import Ending, Pipes, make_pipes
from grader.sandbox.faults import SandboxBroken
from grader.sandbox.launcher import WARM_SECONDS, Zygote
from grader.sandbox.libraries import mentioned
from grader.sandbox.limits import Limits
from grader.sandbox.session import Session
from grader.sandbox.start import await_ready
from grader.submission import Module

_READY_SECONDS = 30.0
_GONE_SECONDS = 10.0
_MESSAGE_CAP = 1 << 16
_REQUIRED = frozenset({"landlock", "rlimits", "seccomp"})


class WarmSandbox:
    """Forks a confined worker for each session. Safe to use from several threads."""

    def __init__(self, zygote: Zygote, tier: Tier, without: frozenset[str]) -> None:
        self.tier = tier
        self._zygote = zygote
        self._without = without
        self._required = _REQUIRED - without

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self, modules: Sequence[Module], data: Mapping[str, bytes], limits: Limits) -> Session:
        """A fresh worker with a submission's files. Raises SandboxBroken, SubmissionFault."""
        child = self._fork(limits, mentioned(module.source for module in modules))
        layers = await_ready(child, limits, _READY_SECONDS)
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
        return self._zygote.broken

    def warm_up(self, libraries: Sequence[str]) -> None:
        """Has modules imported, once, for all workers to come; nobody waits for it but the first of them, who
        also finds out when the sandbox is gone."""
        try:
            self._zygote.send(json.dumps({"imports": libraries}).encode(), [])
        except SandboxBroken:
            self._zygote.broken = True

    def lend(self) -> WarmSandbox:
        """The same sandbox for a process that is about to be spawned: TensorFlow is imported, and in memory,
        once for all of them. It is pickled on the way, and can be only then."""
        return WarmSandbox(self._zygote.lend(), self.tier, self._without)

    def close(self) -> None:
        """Ends the zygote and every worker that is left; what is lent just hangs up."""
        self._zygote.close()

    def _fork(self, limits: Limits, libraries: Sequence[str]) -> ConfinedChild:
        ours, theirs = make_pipes()
        status, reporting = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = json.dumps({"limits": limits.model_dump(), "imports": libraries}).encode()
        try:
            try:
                self._zygote.send(request, [*theirs, reporting.fileno()])
            finally:  # before the answer is waited for: it ends when nobody is left who could give one
                reporting.close()
                for fd in theirs:
                    os.close(fd)
            return ConfinedChild(ours, status)
        except BaseException as error:
            self._zygote.broken |= isinstance(error, SandboxBroken)
            ours.close()
            status.close()
            raise


class ConfinedChild:
    """A worker behind a pidfd, which names it even when its number is given to another process.

    Raises SandboxBroken when the warden reports that it could not be made.
    """

    scratch = ""

    def __init__(self, pipes: Pipes, status: socket.socket) -> None:
        self.pipes = pipes
        self._status = status
        self._ending: Ending | None = None
        status.settimeout(WARM_SECONDS)  # it may be importing what somebody else needs
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
