"""The process that starts the zygote and ends it, as the trusted side holds it."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from grader.sandbox import box
from grader.sandbox.faults import SandboxBroken
from grader.sandbox.places import find_places

WARM_SECONDS = 180.0
"""For imports: TensorFlow from a cold disk."""

_GONE_SECONDS = 10.0
_MESSAGE_CAP = 1 << 16

MOST_SHARERS = 8
"""Processes that one sandbox serves: each may have two workers, a submission's and the reference's, and each
worker needs a user of its own in tiers without namespaces; box/launcher.py reserves sixteen."""


class Zygote(Protocol):
    """What forks workers on request; `broken` once it has failed to."""

    broken: bool

    def send(self, request: bytes, fds: Sequence[int]) -> None:
        """Asks for a fork. Raises SandboxBroken when the zygote is gone."""
        ...

    def lend(self) -> Zygote: ...

    def close(self) -> None: ...


class LentZygote:
    """A zygote that another process ends. Each message to it is a request of its own, and brings the socket
    for its answer along: it does not matter how many processes send."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self.broken = False

    def send(self, request: bytes, fds: Sequence[int]) -> None:
        try:
            socket.send_fds(self._control, [request], fds)
        except OSError as error:
            raise SandboxBroken(f"The sandbox is gone: {error}.", hint="Run: grader doctor") from None

    def lend(self) -> LentZygote:
        return LentZygote(self._control)

    def close(self) -> None:
        self._control.close()


class Launcher:
    """The process that starts the zygote, and the socket to the zygote itself.

    `bubblewrap` is the path of bwrap, or "" for a zygote without it; `nest` gives each worker
    namespaces of its own. Closing the socket and the lifeline ends everything, also when this
    process is killed.
    """

    def __init__(self, bubblewrap: str, without: frozenset[str], *, nest: bool) -> None:
        places = find_places()
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline, self._lifeline = os.pipe()
        zygote = {
            "sites": places.sites,
            "libraries": places.libraries,
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
        deadline = time.monotonic() + WARM_SECONDS
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll((deadline - time.monotonic()) * 1000):
            self.close()
            raise SandboxBroken(f"Python with its libraries was not up after {WARM_SECONDS:g} seconds.")
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
        self.lend().send(request, fds)

    def lend(self) -> LentZygote:
        return LentZygote(self._control)

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
