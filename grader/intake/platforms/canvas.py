"""Canvas: one flat folder, `{name}[_LATE]_{user id}_{attachment id}_{file}`.

As lib/content_zipper.rb of canvas-lms writes it. Names are lower-cased and lose all but letters, digits and
"_"; typed text and links are `..._text.html` and `..._link.html` without an attachment; anonymous works have
no name and `anon_{id}` for the user. The archive holds the latest attempt alone, but two downloads may lie
in one folder. There is no time, only the marker.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from grader.intake.files import ANSWERS_NAME, EXPERIMENTS_NAME, printable
from grader.intake.platforms.work import Export, Person, Work, tell_unknown, unwrap_names
from grader.results import LeftOut, Platform

_NAME = re.compile(
    r"(?:(?!LATE_)(?P<name>[^/]*?)_)?(?P<late>LATE_)?(?P<user>\d+|anon_[^_/]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>[^/]+)|(?P<page>text\.html|link\.html))"
)
# Canvas gives a file that is handed in once more, or twice, a number: answers-1.toml.
_NUMBERED = re.compile(r"(?P<stem>.+)-\d{1,3}(?P<suffix>\.\w+)")


def is_named(name: str) -> bool:
    """True for a file's name as Canvas gives it."""
    return _NAME.fullmatch(name) is not None


def parse(names: Sequence[str]) -> Export:
    """The works among the files `names`."""
    by_user: defaultdict[str, dict[str, re.Match[str]]] = defaultdict(dict)
    unknown = []
    for name, member in unwrap_names(names, is_named).items():
        if (found := _NAME.fullmatch(name)) is not None:
            by_user[found["user"]][member] = found
        else:
            unknown.append(member)
    works = tuple(_work(user, by_user[user]) for user in sorted(by_user))
    return Export(works, tell_unknown(Platform.CANVAS, unknown))


def _work(user: str, members: Mapping[str, re.Match[str]]) -> Work:
    latest: dict[str, str] = {}
    left_out = []
    for member in sorted(members, key=lambda member: _attachment(members[member])):
        file = members[member]["file"] or members[member]["page"]
        if file in latest:
            why = "the same name was handed in again, and the later file counts"
            left_out.append(LeftOut(where=printable(file), what="file", why=why))
        latest[file] = member
    names = {found["name"] for found in members.values() if found["name"]}
    return Work(
        people=(Person(user, min(names, default="")),),
        files={member: file for file, member in _restored(latest).items()},
        late=any(found["late"] for found in members.values()),
        left_out=tuple(left_out),
    )


def _attachment(found: re.Match[str]) -> int:
    return int(found["attachment"] or 0)


def _restored(files: Mapping[str, str]) -> dict[str, str]:
    """Without the number that Canvas put in, where a name matters: modules import one another by theirs.

    Only where no other file has, or would get, the name.
    """
    wished = {file: _first_name(file) for file in files}
    taken = list(wished.values())
    return {
        wished[file] if taken.count(wished[file]) == 1 else file: member for file, member in files.items()
    }


def _first_name(file: str) -> str:
    found = _NUMBERED.fullmatch(file)
    if found is None:
        return file
    first = found["stem"] + found["suffix"]
    is_module = found["suffix"] == ".py" and PurePosixPath(first).stem.isidentifier()
    return first if is_module or first in (ANSWERS_NAME, EXPERIMENTS_NAME) else file
