"""Runs a command as root without the system calls that Docker's default filter refuses:
`in_container.py HOME COMMAND...`.

Needs root. What is refused, from Docker's documentation of its default profile: making and entering
namespaces, mounts old and new, and clone3 as "not there".
"""

from __future__ import annotations

import struct
import sys

from grader.sandbox.box import kernel, seccomp
from tests.sandbox.as_user import become, open_the_way

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _FIRST_ARGUMENT = 0, 16  # places in the kernel's struct seccomp_data
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NAMESPACE_FLAGS = 0x7E020000
_CLONE, _CLONE3 = 56, 435
REFUSED = {
    "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442,
}  # fmt: skip
"""Names and numbers on x86-64."""


def container_filter() -> bytes:
    """A BPF program: everything but the above is allowed."""
    program = [_step(_LOAD, 0, 0, _NUMBER)]
    for number in REFUSED.values():
        program += [_step(_EQUAL, 0, 1, number), _step(_RETURN, 0, 0, _ERRNO | _EPERM)]
    program += [_step(_EQUAL, 0, 1, _CLONE3), _step(_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    program += [_step(_EQUAL, 0, 3, _CLONE), _step(_LOAD, 0, 0, _FIRST_ARGUMENT)]
    program += [_step(_ANY_BIT, 0, 1, _NAMESPACE_FLAGS), _step(_RETURN, 0, 0, _ERRNO | _EPERM)]
    return b"".join([*program, _step(_RETURN, 0, 0, _ALLOW)])


def _step(code: int, if_true: int, if_false: int, operand: int) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, operand)


def main() -> None:
    """Never returns. In a container Python lies where everybody may read; here the way is opened first."""
    home, *command = sys.argv[1:]
    project = open_the_way(home)
    kernel.no_new_privileges()
    seccomp.install(container_filter())
    become(command, project, home)


if __name__ == "__main__":
    main()
