"""Blackboard: one flat folder, `{assignment}_{user}_attempt_{Y-m-d-H-M-S}_{file}`, and a receipt for each
attempt, the same without `_{file}` and ending in `.txt`, whose first line is `Name: Full Name (user)`.

Both parts before `_attempt_` may hold "_": the receipt tells where the user begins; without one it is the
last part. Times have no time zone. All attempts may be there; the latest counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from grader.intake.files import IntakeProblem
from grader.intake.platforms.work import (
    Export,
    Person,
    ReadMember,
    Work,
    tell_unknown,
    unwrap_names,
)
from grader.results import LeftOut, Platform

_NAME = re.compile(
    r"(?P<head>[^/]+?_[^/]+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]+)|(?P<receipt>\.txt))"
)
# The label is in the language of whoever downloaded it.
_WHO = re.compile(r"\s*[^:\n]{1,40}:\s*(?P<name>[^\n]*?)\s*\((?P<user>[^()\s]+)\)\s*(?:\n|$)")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")


def is_named(name: str) -> bool:
    """True for a file's name as Blackboard gives it."""
    return _NAME.fullmatch(name) is not None


def parse(names: Sequence[str], read: ReadMember) -> Export:
    """The works among the files `names`; `read` gives the receipts."""
    attempts: defaultdict[str, defaultdict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    receipts: dict[str, str] = {}
    unknown = []
    for name, member in sorted(unwrap_names(names, is_named).items()):
        found = _NAME.fullmatch(name)
        if found is None:
            unknown.append(member)
            continue
        files = attempts[found["head"]][found["time"]]
        if found["receipt"]:
            receipts[found["head"]] = member
        else:
            files[member] = found["file"]
    notes = list(tell_unknown(Platform.BLACKBOARD, unknown))
    works = tuple(
        _work(_person(head, receipts.get(head), read, notes), attempts[head]) for head in sorted(attempts)
    )
    return Export(works, tuple(notes))


def _work(person: Person, attempts: Mapping[str, Mapping[str, str]]) -> Work:
    *earlier, latest = sorted(attempts)
    left_out = tuple(
        LeftOut(
            where=f"attempt of {_iso(time).replace('T', ' ')}",
            what=f"{len(attempts[time])} file{'' if len(attempts[time]) == 1 else 's'}",
            why=f"the attempt of {_iso(latest).replace('T', ' ')} is later, and that one counts",
        )
        for time in earlier
    )
    return Work((person,), attempts[latest], submitted=_valid(_iso(latest)), left_out=left_out)


def _valid(time: str) -> str:
    """ "" for a month or hour that there is none of."""
    try:
        datetime.fromisoformat(time)
    except ValueError:
        return ""
    return time


def _iso(time: str) -> str:
    return _TIME.sub(r"\1T\2:\3:\4", time)


def _person(head: str, receipt: str | None, read: ReadMember, notes: list[str]) -> Person:
    last = head.rpartition("_")[2]
    if receipt is None:
        return Person(last)
    try:
        found = _WHO.match(read(receipt).lstrip("\ufeff"))
    except IntakeProblem as problem:
        notes.append(str(problem))
        return Person(last)
    if found is None or not head.endswith(f"_{found['user']}"):
        return Person(last)
    return Person(found["user"], found["name"])
