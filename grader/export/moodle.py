"""The grading worksheet of a Moodle assignment, and the zip of feedback files.

Source of the form: mod/assign/gradingtable.php (order of the columns),
mod/assign/feedback/offline/importgradeslib.php and mod/assign/feedback/file/importziplib.php of
https://github.com/moodle/moodle. The headings are in the language of whoever downloaded the file, and
Moodle takes it back only with the same: columns are found by what they hold.
"""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.export.columns import read_number
from grader.export.sheet import Sheet
from grader.export.worksheet import Layout, Person
from grader.text import plain

_PARTICIPANT = re.compile(r"\D*(?P<id>\d+)")
_MAXIMUM = "Maximum Grade"
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|_]')
_DOWNLOAD = "In Moodle open the assignment, choose Download grading worksheet, and give that file."


def find_moodle_layout(sheet: Sheet, column: str | None) -> Layout:
    """The grade stands right before the maximum, which is one number in every row. `column` is the heading of
    the grade where that does not tell it.

    Raises UsageError for what is no worksheet, or where the column of the grades cannot be told.
    """
    people = tuple(at for at in range(1, len(sheet.rows)) if any(sheet.rows[at].values))
    if not people or not all(_PARTICIPANT.fullmatch(sheet.rows[at].value(0)) for at in people):
        raise UsageError(
            "This is no grading worksheet of Moodle: its first column does not number participants.",
            hint=_DOWNLOAD,
        )
    grade = _grade_column(sheet, people, column)
    maximum = read_number(sheet.rows[people[0]].value(grade + 1))
    return Layout({at: _person(sheet, at, grade) for at in people}, grade, maximum)


def _person(sheet: Sheet, at: int, grade: int) -> Person:
    return Person.of(sheet.rows[at], range(2), range(grade), participant(sheet, at))


def _grade_column(sheet: Sheet, people: tuple[int, ...], column: str | None) -> int:
    heading = sheet.rows[0].values
    if column is not None:
        fits = [at for at, name in enumerate(heading) if name.casefold() == column.casefold()]
    elif _MAXIMUM in heading:
        fits = [heading.index(_MAXIMUM) - 1]
    else:
        fits = [at - 1 for at in range(3, len(heading)) if _is_maximum(sheet, people, at)]
    if len(fits) == 1 and fits[0] > 0:
        return fits[0]
    there = "\n".join(f"  {name}" for name in heading)
    raise UsageError(
        "The column of the grades cannot be told from the others.",
        hint=f"Name it with --column. There are:\n{there}",
    )


def _is_maximum(sheet: Sheet, people: tuple[int, ...], at: int) -> bool:
    values = {sheet.rows[row].value(at) for row in people}
    return len(values) == 1 and (read_number(values.pop()) or 0) > 0


def participant(sheet: Sheet, at: int) -> str:
    """The number that Moodle knows the person of a row by."""
    found = _PARTICIPANT.fullmatch(sheet.rows[at].value(0))
    return found["id"] if found else ""


def feedback_folder(sheet: Sheet, at: int) -> str:
    """`Full Name_NUMBER_assignsubmission_file`. Moodle splits at "_" and reads the number only."""
    name = " ".join(_NOT_IN_A_NAME.sub(" ", plain(sheet.rows[at].value(1))).split()).strip(". ")
    return f"{name or 'Participant'}_{participant(sheet, at)}_assignsubmission_file"
