"""The grade centre that Blackboard lets you work on offline.

Form: https://help.blackboard.com/Learn/Instructor/Original/Grade/Grading_Tasks/Work_Offline_With_Grade_Data.
Columns of grades are called "Title [Total Pts: 100 Score] |123456"; the number after the bar is how
Blackboard knows the column, and the username how it knows people. Files are tabs in UTF-16 (.xls) or
commas in UTF-8 (.csv).
"""

from __future__ import annotations

import re

from grader.assignment import Assignment
from grader.errors import UsageError
from grader.export.columns import choose_column, read_number
from grader.export.sheet import Sheet
from grader.export.worksheet import Layout, Person

_GRADE = re.compile(r"(?P<title>.*?)\s*\[(?P<kind>[^\[\]]*)\]\s*\|(?P<id>\d+)", re.DOTALL)
_POINTS = re.compile(r"\d+(?:[.,]\d+)?")
_NO_IDS = frozenset({"Last Name", "First Name", "Last Access", "Availability", "Child Course ID"})
# Calculated by Blackboard itself.
_CALCULATED = ("up to",)


def find_blackboard_layout(sheet: Sheet, column: str | None, assignment: Assignment) -> Layout:
    """Raises UsageError for what is no such file, or has not the one column that is meant."""
    heading = sheet.rows[0].values
    columns = {at: found for at, name in enumerate(heading) if (found := _GRADE.fullmatch(name))}
    if not columns or min(columns) == 0:
        raise UsageError(
            'This is no file of Blackboard: no column is called "Title [Total Pts: ...] |NUMBER".',
            hint="In Blackboard choose Grade Center, Work Offline, Download, and give that file.",
        )
    headings = {
        at: (heading[at], found["title"], found["id"])
        for at, found in columns.items()
        if not any(word in found["kind"] for word in _CALCULATED)
    }
    grade = choose_column(headings, column, assignment)
    points = _POINTS.search(columns[grade]["kind"])
    named = [at for at in range(min(columns)) if heading[at] not in _NO_IDS]
    rows = enumerate(sheet.rows[1:], start=1)
    return Layout(
        people={at: Person.of(row, range(min(3, *columns)), named) for at, row in rows if any(row.values)},
        grade=grade,
        maximum=read_number(points[0]) if points else None,
    )
