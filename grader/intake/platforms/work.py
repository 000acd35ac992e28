"""What the parsers of exports agree on: names of files go in, works with their people come out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.intake.files import printable
from grader.results import LeftOut, Platform

_WRAPPERS = 2  # folders around everything: the platform's own, and that of whoever unpacked the archive
_SHOWN = 5

ReadMember = Callable[[str], str]
"""The text of a member; raises IntakeProblem."""


@dataclass(frozen=True)
class Person:
    """`id` is the platform's own. Names and addresses are for the instructor: no student code meets them."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Work:
    """What one student or group handed in.

    `people` are a group where they are more than one; the first stands for all of them. `files` maps
    members of the export to paths inside the submission. `submitted` is ISO 8601, without an offset where
    the platform gives none, "" where it gives no time. `late` is the platform's own marker, None where it
    has no such thing. `left_out` are earlier attempts.
    """

    people: tuple[Person, ...]
    files: Mapping[str, str]
    submitted: str = ""
    late: bool | None = None
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Export:
    """`notes` are for the instructor: what was found and belongs to nobody, and the like."""

    works: tuple[Work, ...]
    notes: tuple[str, ...] = ()


def unwrap_names(names: Sequence[str], is_own: Callable[[str], bool]) -> dict[str, str]:
    """Names without the folders that hold everything, mapped to the full names.

    `is_own` tells whether a folder's name is one that the platform gives to a student's work: it stays.
    """
    inner = {name: name for name in names}
    for _ in range(_WRAPPERS):
        tops = {name.partition("/")[0] for name in inner}
        (top,) = tops if len(tops) == 1 else ("",)
        if not top or top in inner or is_own(top):
            break
        inner = {name.partition("/")[2]: full for name, full in inner.items()}
    return inner


def tell_unknown(platform: Platform, names: Sequence[str]) -> tuple[str, ...]:
    """A note about names in no known shape; none for none."""
    if not names:
        return ()
    shown = ", ".join(printable(name)[:120] for name in sorted(names)[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    what = "1 file has no name" if len(names) == 1 else f"{len(names)} files have no names"
    return (
        f"{what} as {platform.label} gives them; nobody is known to have handed them in, "
        f"and they were not graded: {shown}{more}.",
    )
