"""A process that calls functions for another, one after the other.

Not one of multiprocessing's: a Dask worker is a daemon, and daemons may have none of those.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, TypeVar

from grader.processes import ProcessDied

Result = TypeVar("Result")
_BOOT = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
from grader.batch.child import serve
serve(int(sys.argv[1]))
"""


class ChildProcess:
    """Calls functions of installed modules in a process of its own, which is started when needed first
    and again after it has died. It ends when this object is closed, and when whoever made it is gone.

    Both sides are trusted: what passes between them is pickled.
    """

    def __init__(self, name: str, start: Callable[..., None], *arguments: Any) -> None:
        """`start` is called first in every process. `name` is for messages."""
        self._name = name
        self._start = (start, arguments)
        self._guard = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Raises what the function raises, ProcessDied. One call at a time."""
        try:
            if self._connection is None:
                self._connection = self._launch()
                _ask(self._connection, *self._start)
            result: Result = _ask(self._connection, function, arguments)
            return result
        except (EOFError, OSError):
            self._connection = None
            raise ProcessDied(
                f"The {self._name} ended by itself, most likely for want of memory.",
                hint="Use fewer places on that machine, or one with more memory.",
            ) from None

    def close(self) -> None:
        """From any thread: a call that is under way ends with ProcessDied."""
        with self._guard:
            self._closed = True
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def _launch(self) -> Connection:
        with self._guard:
            if self._closed:
                raise EOFError
            if self._process is not None:
                self._process.wait()
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    # -P: nothing is imported from the folder that a worker happens to run in.
                    [sys.executable, "-P", "-c", _BOOT, str(theirs.fileno()), json.dumps(sys.path)],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for the process that made it
                )
            return Connection(ours.detach())


def _ask(connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    connection.send((function, arguments))
    done, outcome = connection.recv()
    if not done:
        raise outcome
    return outcome


def serve(fd: int) -> None:
    """The life of the child: `fd` is its end of the socket."""
    connection = Connection(fd)
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, requests), daemon=True).start()
    while True:
        connection.send(_outcome(requests.get()))


def _receive(connection: Connection, requests: SimpleQueue[bytes]) -> None:
    """A thread of its own hears at once when nobody waits for an answer any more."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            requests.put(connection.recv_bytes())
    os._exit(0)


def _outcome(request: bytes) -> tuple[bool, Any]:
    """(True, result) or (False, exception), which can be pickled."""
    try:
        function, arguments = pickle.loads(request)
        return True, function(*arguments)
    except Exception as error:
        ours = type(error).__module__.startswith("grader.")
        # Others may not be picklable, and TensorFlow's would import it wherever they arrive.
        return False, error if ours else RuntimeError(f"{error!r}\n{traceback.format_exc()}")
