"""The warm process: imports each library once, then forks a confined worker for each request.

It never runs student code and never starts a thread: a fork of a process with threads is not safe.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from . import kernel
from .confine import Plan, Tables, enter_namespaces
from .warden import run

_MESSAGE_CAP = 1 << 16
_FDS_PER_FORK = 5
_REAP_MILLISECONDS = 500
_ARENAS = 2

# Set after the start, so that /proc/PID/environ stays empty.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "USER": "student",
    "LOGNAME": "student",
    "PATH": "/usr/bin:/bin",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "Agg",
}


class Zygote:
    """`scratch` is the folder for workers' files; `uids` are the users to give out, one per worker."""

    def __init__(self, settings: Mapping[str, Any], control: socket.socket) -> None:
        self._settings = settings
        self._control = control
        self._tables = Tables.load()
        self._namespaces: bool = settings["namespaces"]
        self._workers: dict[int, Plan] = {}
        self._count = 0
        self._imported: set[str] = set()

    def announce(self) -> None:
        """Says that it can fork. What takes long to import is asked for afterwards."""
        self.import_once(["numpy"])
        if self._namespaces:
            self._namespaces = _can_nest()
        self._control.send(json.dumps({"ready": True, "namespaces": self._namespaces}).encode())

    def import_once(self, names: Sequence[str]) -> None:
        """What workers find imported. One that is not installed here is a worker's to miss."""
        new = [name for name in names if name not in self._imported]
        if new:
            warm_up(new)
            self._imported.update(new)

    def serve(self) -> None:
        """Until the other end of the control socket is closed."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        while True:
            ready = poll.poll(_REAP_MILLISECONDS)
            self._reap()
            if not ready:
                continue
            message, fds, _, _ = socket.recv_fds(self._control, _MESSAGE_CAP, _FDS_PER_FORK)
            if not message:
                return
            request = json.loads(message)
            if fds:
                self._fork(request, fds)
            else:
                with contextlib.suppress(Exception):  # is raised again for the worker that needs it
                    self.import_once(request["imports"])
            for fd in fds:
                os.close(fd)

    def _fork(self, request: Mapping[str, Any], fds: Sequence[int]) -> None:
        try:
            self.import_once(request["imports"])
            _require_one_thread()
            plan = self._plan(request)
        except Exception as error:  # a library may raise anything when it is imported
            os.write(fds[-1], json.dumps({"error": str(error)}).encode())
            return
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._control.close()
            run(plan, self._tables, fds, parent)
        self._workers[pid] = plan

    def _plan(self, request: Mapping[str, Any]) -> Plan:
        self._count += 1
        scratch = self._settings["scratch"]
        uid = 0
        if not self._namespaces:
            taken = {plan.uid for plan in self._workers.values()}
            uid = next((uid for uid in self._settings["uids"] if uid not in taken), 0)
            if self._settings["uids"] and not uid:
                raise RuntimeError("all users are in use: too many sessions are open at once")
            scratch = f"{scratch}/{self._count}"
            os.mkdir(scratch, 0o700)
            if uid:
                os.chown(scratch, uid, uid)
        return Plan(
            namespaces=self._namespaces,
            uid=uid,
            scratch=scratch,
            libraries=self._settings["libraries"],
            limits=request["limits"],
            without=frozenset(self._settings["without"]),
        )

    def _reap(self) -> None:
        """Collects wardens that are done; their workers are gone by then."""
        while self._workers:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            plan = self._workers.pop(pid)
            if not plan.namespaces:
                # The warden emptied it. If it could not, the folder is of no use to the next worker, which
                # may open its own only, and goes with the sandbox.
                with contextlib.suppress(OSError):
                    os.rmdir(plan.scratch)


def _require_one_thread() -> None:
    """Raises RuntimeError when an import left a thread behind."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"the zygote has {threads} threads after its imports, not one")


def _can_nest() -> bool:
    """Whether a fork can have namespaces of its own inside this one."""
    pid = os.fork()
    if pid == 0:
        try:
            enter_namespaces()
        except OSError:
            os._exit(1)
        os._exit(0)
    _, ended = os.waitpid(pid, 0)
    return ended == 0


def warm_up(names: Sequence[str]) -> None:
    """Imports what students use, where it is installed."""
    gc.disable()  # imports leave hardly any garbage, and looking for it takes a fifth of their time
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "keras" in sys.modules:
        importlib.import_module(f"{__package__}.short_training")
    gc.collect()
    gc.freeze()  # the collector of a fork shall not touch, and so copy, what is shared
    gc.enable()


def main(arguments: Sequence[str]) -> None:
    """Arguments: JSON settings, the number of the control socket's fd."""
    settings = json.loads(arguments[0])
    control = socket.socket(fileno=int(arguments[1]))
    kernel.die_with_parent(os.getppid())
    kernel.limit_malloc_arenas(_ARENAS)
    os.environ.update({**_ENVIRONMENT, "HOME": settings["scratch"], "TMPDIR": settings["scratch"]})
    _silence()
    try:
        zygote = Zygote(settings, control)
        sys.path += settings["sites"]
        zygote.announce()
        zygote.serve()
    except Exception:
        control.send(json.dumps({"error": traceback.format_exc(limit=-3)[:4000]}).encode())
    os._exit(0)


def _silence() -> None:
    """TensorFlow's C++ side writes to fd 2 whatever its settings say."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    os.close(nowhere)
