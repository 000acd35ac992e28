"""The gradebook that Canvas exports, to be imported again.

Source of the form: lib/gradebook_exporter.rb and lib/gradebook_importer.rb of
https://github.com/instructure/canvas-lms. Columns after "Section" are assignments, "Title (ID)". A row
whose first cell is "    Points Possible" says what they are worth, or "(read only)" for columns that are
calculated; a row before it may say which are posted by hand. Canvas knows people by ID, then by the SIS ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.assignment import Assignment
from grader.errors import UsageError
from grader.export.columns import choose_column, read_number
from grader.export.sheet import Row, Sheet
from grader.export.worksheet import Layout, Person

_NAMES = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_TITLE = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)", re.DOTALL)
# Excused, and not assigned to this student: neither is for a grader to change.
_KEPT = frozenset({"EX", "N/A"})
_HIDDEN = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)


def find_canvas_layout(sheet: Sheet, column: str | None, assignment: Assignment) -> Layout:
    """Raises UsageError for what is no Canvas gradebook, or has not the one column that is meant."""
    heading = sheet.rows[0].values
    if "ID" not in heading or "Section" not in heading:
        raise UsageError(
            "This is no gradebook of Canvas: it has no columns ID and Section.",
            hint="In Canvas choose Grades, Export, Export Entire Gradebook, and give that file.",
        )
    possible = next((row for row in sheet.rows if _is_possible(row)), Row((), ""))
    after = range(heading.index("Section") + 1, len(heading))
    headings = {
        at: _called(heading[at])
        for at in after
        if "read only" not in possible.value(at) and _TITLE.fullmatch(heading[at])
    }
    grade = choose_column(headings, column, assignment)
    return Layout(
        people=dict(_people(sheet)),
        grade=grade,
        maximum=read_number(possible.value(grade)),
        kept=_KEPT,
    )


def _called(heading: str) -> tuple[str, ...]:
    found = _TITLE.fullmatch(heading)
    return (heading, found["title"], found["id"]) if found else (heading,)


def _people(sheet: Sheet) -> Iterator[tuple[int, Person]]:
    heading = sheet.rows[0].values
    named = [heading.index(name) for name in _NAMES if name in heading]
    for at, row in enumerate(sheet.rows[1:], start=1):
        if not _is_possible(row) and not all(_HIDDEN.fullmatch(value) for value in row.values):
            yield at, Person.of(row, range(named[0] + 1), named)


def _is_possible(row: Row) -> bool:
    return "Points Possible" in row.value(0)
