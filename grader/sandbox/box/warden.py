"""Between zygote and worker: makes one confined worker, waits for its end, and reports it.

The warden is trusted code in a process of its own. It runs as the worker's user and cannot be
reached from inside: the worker has its own process table, or no way to open the machine's.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from . import kernel, scratch
from .confine import Plan, Tables, become, confine, enter_namespaces, volunteer_for_oom
from .worker import announce, prepare_process, serve

_REQUEST, _REPLY = 3, 4
_LOOK_MILLISECONDS = 100


def run(plan: Plan, tables: Tables, fds: Sequence[int], parent: int) -> NoReturn:
    """`fds`: the worker's request, reply, output and errors, then a socket to report on."""
    status = socket.socket(fileno=fds[4])
    try:
        volunteer_for_oom()
        if plan.uid:
            become(plan.uid)
        kernel.die_with_parent(parent)
        if plan.namespaces:
            enter_namespaces()
        warden = 0 if plan.namespaces else os.getpid()  # process 1 does not see its parent
        pid = os.fork()
        if pid == 0:
            _be_worker(plan, tables, fds, warden)
        _watch(pid, plan, status, fds)
    except BaseException:
        _report(status, {"error": traceback.format_exc(limit=-3)})
    os._exit(0)


def _watch(pid: int, plan: Plan, status: socket.socket, fds: Sequence[int]) -> None:
    """Hands out a handle of the worker, then says how it ended."""
    handle = os.pidfd_open(pid)
    socket.send_fds(status, [b'{"started": true}'], [handle])
    for fd in fds[:4]:
        os.close(fd)
    note = "" if plan.namespaces else _guard_scratch(handle, plan)
    code = os.waitstatus_to_exitcode(_await_end(pid, handle))
    how = {"code": code, "signal": None} if code >= 0 else {"code": None, "signal": -code}
    _report(status, {**how, "note": note})
    # Last: no trouble with it shall look like the worker's end. Its user is not given out before we are gone.
    if not plan.namespaces:
        scratch.empty(plan.scratch)


def _await_end(pid: int, handle: int) -> int:
    """The wait status. A worker that had itself traced, without seccomp, would stop here and wait for us."""
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return status
        _kill(handle)


def _guard_scratch(handle: int, plan: Plan) -> str:
    """Ends a worker that fills the disk, where its folder has no size of its own; says why."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    cap = plan.limits["scratch_mib"]
    while not poll.poll(_LOOK_MILLISECONDS):
        if scratch.is_over(plan.scratch, cap):
            _kill(handle)
            return f"It wrote more than {cap} MiB, or {scratch.FILES_CAP} files, to disk"
    return ""


def _kill(handle: int) -> None:
    """SIGKILL to the process behind a pidfd, if it still lives."""
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        return


def _report(status: socket.socket, what: Mapping[str, Any]) -> None:
    try:
        status.send(json.dumps(what).encode())
    except OSError:  # nobody listens any more
        return


def _be_worker(plan: Plan, tables: Tables, fds: Sequence[int], parent: int) -> NoReturn:
    try:
        kernel.die_with_parent(parent)
        os.setsid()
        _take_places(fds)
        layers = confine(plan, tables)
        _forget_randomness()
        prepare_process()
        announce(_REPLY, layers)
        serve(plan.scratch, plan.limits["reply_mib"] << 20, _REQUEST, _REPLY)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(70)


def _take_places(fds: Sequence[int]) -> None:
    """Nowhere, output, errors, request, reply on fds 0 to 4; everything else is closed."""
    request, reply, output, errors = (os.dup(fd) for fd in fds[:4])
    nowhere = os.open("/dev/null", os.O_RDONLY)
    spare = max(request, reply, output, errors, nowhere, 64) + 1
    for place, fd in enumerate((nowhere, output, errors, request, reply)):
        os.dup2(fd, spare + place)
    for place in range(5):
        os.dup2(spare + place, place)
    os.closerange(5, os.sysconf("SC_OPEN_MAX"))


def _forget_randomness() -> None:
    """Every fork has the zygote's random state; each worker shall draw its own numbers."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
