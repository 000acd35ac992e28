"""Small attacks that must fail in any sandbox. Runs as a submission, never in the grader.

Each does no harm where it succeeds.
"""

import ctypes
import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable


def attempt(secret_path: str, token: str) -> list[str]:
    """The names of the attacks that succeeded: an empty list in a sandbox that holds.

    `secret_path` is a file that everybody may read; `token` stands in the grader's environment.
    """
    attacks: dict[str, Callable[[], object]] = {
        "read a file of the grader": lambda: _read(secret_path),
        "list the grader's folder": lambda: os.listdir(os.path.dirname(secret_path)),
        "read /etc/passwd": lambda: _read("/etc/passwd"),
        "find the grader's environment": lambda: _find_token(token),
        "write to another process": lambda: _open(f"/proc/{os.getppid() or 2}/mem", os.O_RDWR),
        "change Python's packages": lambda: _open(os.__file__, os.O_WRONLY),
        "start a process": _fork,
        "run a program": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "open a local socket": lambda: socket.socketpair(),
        "signal another process": lambda: os.kill(os.getppid() or -1, 0),
        "become root": lambda: os.setuid(0),
        "make namespaces": lambda: _call("unshare", 0x10000000),
        "mount": _mount_nothing,
        "make memory that nobody counts": lambda: _call("memfd_create", b"canary", 0),
        # Last: once traced, this process would be stopped by the end of any child. None is left by now.
        "trace a process": lambda: _call("ptrace", 0, 0, 0, 0),
    }
    return [name for name, attack in attacks.items() if _succeeds(attack)]


def _succeeds(attack: Callable[[], object]) -> bool:
    try:
        attack()
    except (OSError, LookupError, subprocess.SubprocessError):
        return False
    return True


def _fork() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(1 << 20)


def _open(path: str, flags: int) -> None:
    os.close(os.open(path, flags))


def _find_token(token: str) -> None:
    for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
        try:
            content = _read(f"/proc/{pid}/environ")
        except OSError:
            continue
        if token in content:
            return
    raise LookupError(token)


def _mount_nothing() -> None:
    """The kernel asks for the right to mount first, and for the kind of file system, here none, then."""
    try:
        _call("mount", b"none", b"/", b"nosuchfs", 0, None)
    except OSError as error:
        if error.errno != errno.ENODEV:
            raise


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
