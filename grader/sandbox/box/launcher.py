"""Starts the zygote and ends it: the one part that may run as root outside the box.

As root it first makes a private mount namespace in which the sandbox's user can reach Python even
under a closed home folder, then gives root up. It stays as the parent, because `--die-with-parent`
follows the thread that started a process, and a thread of the grader may end before its sandbox.
"""

from __future__ import annotations

import json
import os
import pwd
import select
import shutil
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from . import kernel

_FIRST_UID = 64000
_UIDS_PER_SANDBOX = 16
_SANDBOXES = 90
_SCRATCH = "/tmp"
_CLOSED = 3  # exit code: the reason stands on stderr


class CannotStart(Exception):
    """Why the zygote cannot run here, in one line."""


def main(arguments: Sequence[str]) -> None:
    """Arguments: JSON settings. Ends when the zygote ends or the lifeline closes."""
    settings = json.loads(arguments[0])
    try:
        _launch(settings)
    except (CannotStart, OSError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_CLOSED)


def _launch(settings: dict[str, Any]) -> None:
    uids, lock = _reserve_uids() if os.geteuid() == 0 else ([], None)
    private = bool(uids) and _private_mounts()
    needed = settings["needed"]
    if private:
        _open_up(needed)
    elif uids and (closed := _closed_ancestor(needed)):
        raise CannotStart(f"Python lies in {closed}, closed to other users; run: chmod o+x {closed}")
    scratch = "" if settings["bubblewrap"] else _make_scratch(private, needed)
    zygote = _zygote_settings(settings, uids, scratch)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become_zygote(settings, zygote, uids, parent)
    os.close(settings["control"])
    _wait(pid, settings["lifeline"])
    if scratch and not private:
        shutil.rmtree(scratch, ignore_errors=True)
    if lock is not None:
        lock.close()


def _reserve_uids() -> tuple[list[int], socket.socket]:
    """Users that no other sandbox and no account has. The socket's abstract name is the lock: the
    kernel frees it when this process ends, however it ends."""
    for slot in range(_SANDBOXES):
        first = _FIRST_UID + slot * _UIDS_PER_SANDBOX
        uids = list(range(first, first + _UIDS_PER_SANDBOX))
        if any(_has_account(uid) for uid in uids):
            continue
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            lock.bind(f"\0epochmark-uids-{first}")
        except OSError:
            lock.close()
            continue
        return uids, lock
    raise CannotStart(f"all {_SANDBOXES} sandboxes of this machine are in use")


def _has_account(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _private_mounts() -> bool:
    """Mounts from here on are this process's own; False where root may not do that."""
    try:
        kernel.unshare(kernel.CLONE_NEWNS)
        kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    except OSError:
        return False
    return True


def _closed_ancestor(paths: Sequence[str]) -> str:
    """The topmost folder above one of `paths` that others may not pass; "" when there is none."""
    for path in paths:
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts)):
            folder = "/" + "/".join(parts[:depth])
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return folder
    return ""


def _open_up(paths: Sequence[str]) -> None:
    """Covers each closed folder by an open, empty one that shows nothing but `paths`."""
    while closed := _closed_ancestor(paths):
        _cover(closed, paths, "size=1m,mode=0755")


def _cover(folder: str, paths: Sequence[str], options: str) -> None:
    """Mounts a fresh file system on `folder`; those of `paths` that lie in it stay where they were."""
    inside = sorted(path for path in paths if path.startswith(folder + "/"))
    kept = [path for path in inside if not any(path.startswith(other + "/") for other in inside)]
    handles = [(path, os.open(path, os.O_PATH)) for path in kept]
    kernel.mount("tmpfs", folder, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    for path, handle in handles:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            os.makedirs(path, 0o755, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
        kernel.mount(f"/proc/self/fd/{handle}", path, None, kernel.MS_BIND | kernel.MS_REC)
        os.close(handle)


def _make_scratch(private: bool, needed: Sequence[str]) -> str:
    """A folder in which each worker without namespaces gets its own."""
    if private:
        _cover("/tmp", needed, "size=1g,mode=0711")
        return _SCRATCH
    folder = tempfile.mkdtemp(prefix="epochmark-")
    os.chmod(folder, 0o711)
    return folder


def _zygote_settings(settings: Mapping[str, Any], uids: Sequence[int], scratch: str) -> dict[str, Any]:
    boxed = settings["bubblewrap"]
    return {
        **settings["zygote"],
        "uids": [] if boxed else list(uids),
        "scratch": _boxed_scratch(settings["needed"]) if boxed else scratch,
    }


def _boxed_scratch(needed: Sequence[str]) -> str:
    """Where bubblewrap puts the writable folder: each worker covers it, so no library may lie below."""
    inside = any(path.startswith(f"{_SCRATCH}/") for path in needed)
    return "/scratch" if inside else _SCRATCH


def _become_zygote(
    settings: Mapping[str, Any], zygote: Mapping[str, Any], uids: Sequence[int], parent: int
) -> NoReturn:
    """Replaces this process by Python with the zygote, inside bubblewrap where that is wanted."""
    try:
        os.close(settings["lifeline"])
        python = [settings["python"], "-I", "-S", "-c", settings["boot"], settings["box"], "zygote"]
        command = [*python, json.dumps(zygote), str(settings["control"])]
        if settings["bubblewrap"]:
            if uids:
                _drop_root(uids[0])
            command = [*_bubblewrap(settings), "--", *command]
        _check_readable(settings["needed"], uids)
        kernel.die_with_parent(parent)
        os.execve(command[0], command, {})
    except (CannotStart, OSError) as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
    os._exit(_CLOSED)


def _drop_root(uid: int) -> None:
    """bubblewrap started by root would keep root's way out of its user namespace."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _check_readable(paths: Sequence[str], uids: Sequence[int]) -> None:
    """Asks as the sandbox's user; a zygote without bubblewrap stays root itself."""
    if os.geteuid() != 0:
        unreadable = [path for path in paths if not os.access(path, os.R_OK)]
    else:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _drop_root(uids[0])
            os.write(writing, "\n".join(path for path in paths if not os.access(path, os.R_OK)).encode())
            os._exit(0)
        os.close(writing)
        os.waitpid(pid, 0)
        unreadable = os.read(reading, 1 << 16).decode().splitlines()
        os.close(reading)
    if unreadable:
        raise CannotStart(
            f"the sandbox's user may not read {unreadable[0]}; run: chmod -R o+rX {unreadable[0]}"
        )


def _bubblewrap(settings: Mapping[str, Any]) -> list[str]:
    """Read-only binds of libraries, a small scratch folder, nothing of the machine besides."""
    command = [settings["bubblewrap"]]
    command += ["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--hostname", "sandbox", "--die-with-parent", "--new-session"]
    command += ["--cap-drop", "ALL"]
    for path in settings["binds"]:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind-try", path, path]
    command += ["--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom"]
    # bubblewrap's own default would be half of the machine's memory.
    command += ["--size", str(64 << 20), "--perms", "0700", "--tmpfs", _boxed_scratch(settings["needed"])]
    return [*command, "--proc", "/proc", "--remount-ro", "/", "--chdir", "/"]


def _wait(pid: int, lifeline: int) -> None:
    """Until the zygote ends, or the grader does; then the zygote is ended."""
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(lifeline, select.POLLIN | select.POLLHUP)
    if handle not in dict(poll.poll()):
        os.kill(pid, signal.SIGKILL)
    _, ended = os.waitpid(pid, 0)
    if os.waitstatus_to_exitcode(ended) == _CLOSED:
        sys.exit(_CLOSED)
