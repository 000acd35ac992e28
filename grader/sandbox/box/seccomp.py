"""The system call filter: from the table in seccomp.toml to a BPF program of the kernel."""

from __future__ import annotations

import ctypes
import os
import struct
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import kernel

# Machine -> (audit number of the architecture, column of the table).
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06  # BPF opcodes, 32 bits wide
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000
_EPERM = 1
_X32_BIT = 0x40000000
_PR_SET_SECCOMP = 22
_MODE_FILTER = 2

Instruction = tuple[int, int, int, int]


def load_table() -> dict[str, Any]:
    """The rules as they stand in seccomp.toml."""
    return tomllib.loads(Path(__file__).with_name("seccomp.toml").read_text(encoding="utf-8"))


def supported() -> bool:
    """True when the table has a column for this machine."""
    return os.uname().machine in _MACHINES


def assemble(table: Mapping[str, Any], machine: str, pid: int) -> bytes:
    """The filter for a process with the id `pid`, as an array of struct sock_filter.

    A call of another architecture ends the process; an x32 call and any call that the table does
    not allow fails with EPERM. Raises KeyError for a machine that the table does not know.
    """
    architecture, column = _MACHINES[machine]
    numbers = {name: row[column] for group in table["allow"] for name, row in group["calls"].items()}
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
    ]
    for rule in table["refuse"]:
        program += [(_EQUAL, 0, 1, rule["number"][column]), (_RETURN, 0, 0, _ERRNO | rule["errno"])]
    conditional = {rule["call"] for rule in table["argument"]}
    for name in numbers:
        if numbers[name] >= 0 and name not in conditional:
            program += [(_EQUAL, 0, 1, numbers[name]), (_RETURN, 0, 0, _ALLOW)]
    for name in sorted(conditional):
        rules = [rule for rule in table["argument"] if rule["call"] == name]
        block = [instruction for rule in rules for instruction in _alternative(rule, pid)]
        block.append((_RETURN, 0, 0, _ERRNO | _EPERM))
        program += [(_EQUAL, 0, len(block), numbers[name]), *block]
    program.append((_RETURN, 0, 0, _ERRNO | _EPERM))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)


def _alternative(rule: Mapping[str, Any], pid: int) -> list[Instruction]:
    """Allows the call when the masked argument is one of the values, else falls through."""
    low = _ARGUMENTS_AT + 8 * rule["argument"]
    values: Sequence[int] = [pid if value == "own pid" else value for value in rule["values"]]
    compare: list[Instruction] = [(_LOAD, 0, 0, low)]
    if "mask" in rule:
        compare.append((_AND, 0, 0, rule["mask"]))
    for value in values:
        compare += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    if "mask" in rule:
        return compare
    # Without a mask all 64 bits count: the upper half must be zero.
    return [(_LOAD, 0, 0, low + 4), (_EQUAL, 0, len(compare), 0), *compare]


def install(program: bytes) -> None:
    """Puts the filter on this process for good. Raises OSError."""
    instructions = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    described = ctypes.create_string_buffer(filter_, len(filter_))
    kernel.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described))
