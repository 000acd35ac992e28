"""Moodle: `{full name}_{participant}_assignsubmission_{plugin}`, a folder for each or a prefix of flat files.

As mod/assign/classes/downloader.php writes it (before 4.1: locallib.php, with a "_" at the end of folders).
Names have no "_" of their own. Blind marking says "Participant" for a name. Groups have their name and
number instead, and those who are in none are "Default group" without a number. There is neither a time nor
a marker for late ones, and the latest attempt alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from grader.intake.files import printable
from grader.intake.platforms.work import Export, Person, Work, tell_unknown, unwrap_names
from grader.results import LeftOut, Platform

_PREFIX = r"(?P<name>[^/]+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z]+)"
_FOLDER = re.compile(_PREFIX + r"_?/(?P<file>.+)")
_FLAT = re.compile(_PREFIX + r"_(?P<file>[^/]+)")
_OWN = re.compile(_PREFIX + "_?")
_BLIND = "Participant"


def is_named(name: str) -> bool:
    """True for a file's path, or a folder's name, as Moodle gives it."""
    return any(pattern.fullmatch(name) for pattern in (_FOLDER, _FLAT, _OWN))


def parse(names: Sequence[str]) -> Export:
    """The works among the files `names`."""
    files: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    twice: defaultdict[tuple[str, str], list[LeftOut]] = defaultdict(list)
    unknown = []
    for name, member in sorted(unwrap_names(names, is_named).items()):
        found = _FOLDER.fullmatch(name) or _FLAT.fullmatch(name)
        if found is None:
            unknown.append(member)
            continue
        who, file = (found["name"], found["id"] or ""), _inner(found["plugin"], found["file"])
        if file in files[who].values():
            twice[who].append(LeftOut(where=printable(file), what="file", why="it is there twice"))
        else:
            files[who][member] = file
    works = tuple(Work((_person(*who),), files[who], left_out=tuple(twice[who])) for who in sorted(files))
    return Export(works, tell_unknown(Platform.MOODLE, unknown))


def _inner(plugin: str, file: str) -> str:
    """Files keep their paths; what other plugins hold, such as typed text, stands in a folder of its own."""
    return file if plugin == "file" else f"{plugin}/{file}"


def _person(name: str, number: str) -> Person:
    return Person(number or name, "" if name == _BLIND else name)
