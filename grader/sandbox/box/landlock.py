"""Landlock: from the table in landlock.toml to a rule set of the kernel."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import kernel

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_FILE_RIGHTS = ("execute", "write_file", "read_file", "truncate", "ioctl_dev")


def load_table() -> dict[str, Any]:
    """The rights and rules as they stand in landlock.toml."""
    return tomllib.loads(Path(__file__).with_name("landlock.toml").read_text(encoding="utf-8"))


def version() -> int:
    """The Landlock version of the running kernel; 0 where it has none, or has it switched off."""
    return max(0, int(kernel.libc().syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)))


def restrict(table: Mapping[str, Any], places: Mapping[str, Sequence[str]], *, namespaces: bool) -> None:
    """Confines this process for good. Raises OSError.

    `places` fills the placeholders: "libraries", "scratch", "pid". Paths that do not exist are
    left out.
    """
    known = version()
    ruleset = _create_ruleset(table, known)
    try:
        for rule in table["rule"]:
            if rule.get("namespaces", namespaces) == namespaces:
                for path in _expand(rule["paths"], places):
                    _allow(ruleset, path, rule["rights"], _bits(table["files"], known))
        kernel.check(kernel.libc().syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _bits(rights: Mapping[str, Sequence[int]], known: int) -> dict[str, int]:
    return {name: 1 << bit for name, (bit, since) in rights.items() if since <= known}


def _create_ruleset(table: Mapping[str, Any], known: int) -> int:
    """A rule set that refuses every right that this kernel can refuse."""
    sections = [table["files"], table["network"], table["scope"]]
    words = [sum(_bits(section, known).values()) for section in sections]
    size = 8 * (1 if known < 4 else 2 if known < 6 else 3)  # older kernels know a shorter structure
    attributes = ctypes.create_string_buffer(struct.pack("<3Q", *words), 24)
    return kernel.check(
        kernel.libc().syscall(_CREATE_RULESET, attributes, size, 0), "landlock_create_ruleset"
    )


def _expand(paths: Sequence[str], places: Mapping[str, Sequence[str]]) -> list[str]:
    expanded: list[str] = []
    for path in paths:
        name = path.partition("{")[2].partition("}")[0]
        if name:
            expanded += [path.replace(f"{{{name}}}", value) for value in places[name]]
        else:
            expanded.append(path)
    return expanded


def _allow(ruleset: int, path: str, rights: Sequence[str], bits: Mapping[str, int]) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights = [right for right in rights if right in _FILE_RIGHTS]
        allowed = sum(bits[right] for right in rights if right in bits)
        beneath = ctypes.create_string_buffer(struct.pack("<Qi", allowed, fd), 12)
        result = kernel.libc().syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, beneath, 0)
        kernel.check(result, f"landlock_add_rule {path}")
    finally:
        os.close(fd)
