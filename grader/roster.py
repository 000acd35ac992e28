"""The instructor's list of those who are to hand in: a CSV file, read as spreadsheets write it. Pure."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.errors import UsageError
from grader.intake import Arrival, distinct_ids, safe_student_id
from grader.text import one_line

_LONGEST = 10_000  # lines
_COLUMNS = {
    "id": {"id", "student id", "sid", "sis user id", "user", "user id", "username", "user name", "login",
           "identifier", "participant", "student number", "number"},
    "name": {"name", "full name", "student", "student name"},
    "email": {"email", "e mail", "mail", "email address"},
    "team": {"group", "team", "group name"},
    "extension": {"extension", "extension days", "extension in days", "days"},
    "submitted": {"submitted", "submitted at", "submission time", "handed in"},
}  # fmt: skip
_PARTICIPANT = re.compile(r"participant (\d+)", re.IGNORECASE)  # as Moodle's worksheets write it
_HINT = "docs/importing.md shows a roster."


@dataclass(frozen=True)
class RosterEntry:
    """One student: `extension_days` move the due date, `submitted` is ISO 8601 or "", as in `team` "" is
    nobody's."""

    id: str
    name: str = ""
    email: str = ""
    team: str = ""
    extension_days: float = 0
    submitted: str = ""


@dataclass(frozen=True)
class Attendance:
    """`entries` are the roster by the ids of submissions, or by its own where nothing was handed in: those
    are `absent`. `strangers` handed in and are not on it. All in order."""

    entries: Mapping[str, RosterEntry]
    absent: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


NOBODY = Attendance({})
"""Without a roster nobody is missing, and nobody strange."""


def parse_roster(raw: bytes, source: str) -> tuple[RosterEntry, ...]:
    """Columns in any order, with commas, semicolons or tabs, with or without a byte order mark.

    `source` names the file in errors. Raises UsageError with the line for what cannot be understood.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{source} is not UTF-8: byte {error.start} cannot be read.",
            hint='Save it as "CSV UTF-8" in your spreadsheet.',
        ) from None
    lines = _lines(text, source)
    heading: Sequence[str] = next(lines, (1, []))[1]
    columns = _columns(heading, source)
    entries: dict[str, RosterEntry] = {}
    for line, cells in lines:
        values = {what: cells[place].strip() for what, place in columns.items() if place < len(cells)}
        if not any(cell.strip() for cell in cells):
            continue
        entry = _entry(values, f"{source}, line {line}")
        key = entry.id.casefold()
        if key in entries:
            raise UsageError(f"{source}, line {line}: {entry.id} stands there twice.", hint=_HINT)
        entries[key] = entry
    if not entries:
        raise UsageError(f"{source} has no students.", hint=_HINT)
    return tuple(entries.values())


def _lines(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Cells with the number of their line; Excel may say in the first line what separates them."""
    said = re.match(r"sep=(.)\r?\n", text)
    first = text[said.end() :] if said else text
    delimiter = said[1] if said else max(",;\t", key=first.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(first, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if reader.line_num > _LONGEST:
                raise UsageError(f"{source} has more than {_LONGEST:,} lines.", hint=_HINT)
            yield reader.line_num + bool(said), cells
    except csv.Error as error:
        raise UsageError(f"{source}, line {reader.line_num}: {error}.", hint=_HINT) from None


def _columns(heading: Sequence[str], source: str) -> dict[str, int]:
    """Where each kind of column is; others are passed over."""
    names = [" ".join(re.split(r"[\s_()-]+", name.casefold())).strip() for name in heading]
    found = {}
    for what, known in _COLUMNS.items():
        places = [place for place, name in enumerate(names) if name in known]
        if len(places) > 1 and what != "id":
            raise UsageError(f'{source} has two columns for "{what}".', hint="Delete or rename one of them.")
        if places:
            found[what] = min(places, key=lambda place: names[place] != "id")
    if "id" not in found:
        there = ", ".join(one_line(name, 30) for name in heading[:10])
        raise UsageError(
            f"{source} has no column of ids; its first line is: {there}.",
            hint='Name the column of the ids "id"; further columns may be name, email, group, '
            "extension (days) and submitted.",
        )
    return found


def _entry(values: Mapping[str, str], where: str) -> RosterEntry:
    name = _PARTICIPANT.sub(r"\1", values.get("id", ""))
    if not name:
        raise UsageError(f"{where}: there is no id.", hint="Fill it in, or delete the line.")
    return RosterEntry(
        id=name,
        name=values.get("name", ""),
        email=values.get("email", ""),
        team=values.get("team", ""),
        extension_days=_days(values.get("extension", ""), where),
        submitted=_time(values.get("submitted", ""), where),
    )


def _days(text: str, where: str) -> float:
    try:
        days = float(text.replace(",", ".") or 0)
    except ValueError:
        days = math.nan
    if not 0 <= days <= 3650:
        raise UsageError(
            f'{where}: the extension "{one_line(text, 30)}" is no number of days.',
            hint="Write 2 or 0.5; leave it empty for none.",
        )
    return days


def _time(text: str, where: str) -> str:
    if not text:
        return ""
    try:
        return datetime.fromisoformat(text).isoformat(timespec="seconds")
    except ValueError:
        raise UsageError(
            f'{where}: "{one_line(text, 40)}" is no time.',
            hint="Write it as 2027-02-01 17:30, or 2027-02-01T17:30:00+01:00 where the zone is another.",
        ) from None


def attend(
    roster: Sequence[RosterEntry], students: Sequence[str], arrivals: Mapping[str, Arrival]
) -> Attendance:
    """Who of `students`, who handed in, is who on the roster: by id, the platform's id or address."""
    known: dict[str, str] = {}
    for student in students:
        person = arrivals[student].person if student in arrivals else None
        for key in (student, person.id if person else "", person.email if person else ""):
            if key:
                known.setdefault(key.casefold(), student)
    entries: dict[str, RosterEntry] = {}
    missing = []
    for entry in roster:
        keys = (entry.id, safe_student_id(entry.id), entry.email)
        found = next((known[key.casefold()] for key in keys if key and key.casefold() in known), None)
        if found is None or found in entries:
            missing.append(entry)
        else:
            entries[found] = entry
    strangers = tuple(student for student in sorted(students) if student not in entries)
    wished = [*entries, *strangers, *(safe_student_id(entry.id) for entry in missing)]
    absent = distinct_ids(wished)[len(entries) + len(strangers) :]
    entries |= dict(zip(absent, missing, strict=True))
    return Attendance(entries, tuple(sorted(absent)), strangers)


def take_roll(entries: Mapping[str, RosterEntry], students: Collection[str]) -> Attendance:
    """The same of a roster whose ids are those of submissions."""
    if not entries:
        return NOBODY
    absent = tuple(sorted(name for name in entries if name not in students))
    return Attendance(entries, absent, tuple(sorted(name for name in students if name not in entries)))
