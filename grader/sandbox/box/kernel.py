"""Calls to the Linux kernel that Python's library does not have (Python 3.11)."""

from __future__ import annotations

import ctypes
import os
from functools import cache

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
_M_ARENA_MAX = -8
_EINVAL = 22


@cache
def libc() -> ctypes.CDLL:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> int:
    """Raises OSError with the kernel's reason when a call gave a negative result."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """New namespaces for this process. Raises OSError."""
    check(libc().unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Raises OSError."""
    result = libc().mount(
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    check(result, f"mount {target}")


def prctl(option: int, *arguments: int) -> int:
    """Raises OSError."""
    words = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:4]]
    return check(libc().prctl(ctypes.c_int(option), *words), f"prctl {option}")


def die_with_parent(parent: int) -> None:
    """SIGKILL for this process once its parent `parent` dies; ends it now if that has happened."""
    prctl(_PR_SET_PDEATHSIG, 9)
    if os.getppid() != parent:
        os._exit(1)


def limit_malloc_arenas(count: int) -> None:
    """malloc reserves 64 MiB of address space for each arena, and by default one per thread."""
    if hasattr(libc(), "mallopt"):  # musl has one arena anyway
        libc().mallopt(_M_ARENA_MAX, count)


def no_new_privileges() -> None:
    """No later exec can gain rights. Landlock and seccomp need this."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def empty_bounding_set() -> None:
    """Takes every capability out of reach for ever. Needs CAP_SETPCAP; raises OSError."""
    for capability in range(64):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno != _EINVAL:  # the first number that the kernel does not know
                raise
            return


def drop_capabilities() -> None:
    """Gives up every capability that this process holds."""
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    check(libc().capset(header, (ctypes.c_uint32 * 6)()), "capset")
