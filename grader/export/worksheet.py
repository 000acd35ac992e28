"""Grades into the table of a platform: whose row is whose, and what is not written and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from grader.errors import UsageError
from grader.export.marks import Marks
from grader.export.numbers import plain_points
from grader.export.sheet import Row, Sheet
from grader.intake.identity import safe_student_id
from grader.text import one_line, quantity


@dataclass(frozen=True)
class Person:
    """One row: what a lecturer knows the person by, and every name that may be our student's id."""

    label: str
    names: frozenset[str]

    @classmethod
    def of(cls, row: Row, shown: Iterable[int], named: Iterable[int], *more: str) -> Self:
        """From the columns that are `shown` and those that are ids."""
        label = " ".join(one_line(row.value(column), 60) for column in shown).strip()
        return cls(label, frozenset(row.value(column).strip() for column in named) | set(more))


@dataclass(frozen=True)
class Layout:
    """Where things are in a platform's table.

    `people` by row, `grade` the column to write to. A cell that says one of `kept` is left as it is.
    `maximum` is what the platform gives for the assignment, None where it does not say.
    """

    people: Mapping[int, Person]
    grade: int
    maximum: float | None
    kept: Collection[str] = ()


@dataclass(frozen=True)
class Matches:
    """`rows` is the row of each student who has one. `nobody` are students whose id is in no row,
    `several` those whose id is in several or whose row is another student's too; `without` are rows that
    no student has."""

    rows: dict[str, int]
    nobody: tuple[str, ...]
    several: tuple[str, ...]
    without: tuple[int, ...]


def match_rows(layout: Layout, students: Mapping[str, Collection[str]]) -> Matches:
    """Students by id, with what else a platform knows them by. Each is looked up among all names, as intake
    would make an id of it."""
    named: defaultdict[str, set[int]] = defaultdict(set)
    for at, person in layout.people.items():
        for name in person.names - {""}:
            named[_key(name)].add(at)
    found = {
        student_id: set().union(*(named.get(_key(name), set()) for name in {student_id, *others} - {""}))
        for student_id, others in students.items()
    }
    claims: defaultdict[int, list[str]] = defaultdict(list)
    for student_id, rows in found.items():
        for at in rows:
            claims[at].append(student_id)
    clear = {
        student_id: at
        for student_id, rows in found.items()
        for at in rows
        if len(rows) == 1 and len(claims[at]) == 1
    }
    nobody = tuple(student_id for student_id, rows in found.items() if not rows)
    several = tuple(
        student_id for student_id in found if student_id not in clear and student_id not in nobody
    )
    return Matches(clear, nobody, several, tuple(at for at in layout.people if at not in claims))


def _key(name: str) -> str:
    return safe_student_id(name).casefold()


def fill_grades(
    sheet: Sheet,
    layout: Layout,
    marks: Sequence[Marks],
    known: Mapping[str, Collection[str]],
    *,
    with_open: bool,
) -> tuple[Sheet, tuple[str, ...]]:
    """The table with every grade that is one, and in words what is not in it.

    `known` has other names of students, by id. Totals with open points are no grades, unless `with_open`.
    Raises UsageError when the platform's maximum is another than ours: grades would mean something else
    there.
    """
    _refuse_other_maximum(layout, marks)
    matches = match_rows(layout, {item.student_id: known[item.student_id] for item in marks})
    changes, said = {}, []
    for item in marks:
        at = matches.rows.get(item.student_id)
        if at is None:
            continue
        before = sheet.rows[at].value(layout.grade).strip()
        if reason := _why_no_grade(item, before, layout.kept, with_open=with_open):
            said.append(f"{item.student_id}: {reason} The cell is as it was.")
        else:
            changes[at, layout.grade] = plain_points(item.score)
    return sheet.with_values(changes), (
        f"{quantity(len(changes), 'grade')} written.",
        *said,
        *describe_matches(layout, matches),
    )


def _why_no_grade(item: Marks, before: str, kept: Collection[str], *, with_open: bool) -> str:
    if item.failed:
        return "could not be graded, so there is no grade."
    if not item.complete and not with_open:
        return f"{plain_points(item.unscored)} points are open; decide them, or give --with-open."
    if before in kept:
        return f"the platform says {before}."
    return ""


def _refuse_other_maximum(layout: Layout, marks: Sequence[Marks]) -> None:
    ours = marks[0].max_score if marks else None
    if None in (ours, layout.maximum) or ours == layout.maximum:
        return
    raise UsageError(
        f"The platform gives {plain_points(layout.maximum or 0)} points for this, "
        f"the assignment has {plain_points(ours or 0)}.",
        hint="Choose the right column with --column, or set the points there to "
        f"{plain_points(ours or 0)} and download the file again.",
    )


def describe_matches(layout: Layout, matches: Matches) -> Iterable[str]:
    """Who is in one and not in the other; all of them, because nobody may be lost."""
    if matches.nobody:
        yield f"Not in the file, so without a grade there: {', '.join(matches.nobody)}."
    if matches.several:
        yield f"More than one row or result fits, so no grade was written: {', '.join(matches.several)}."
    if matches.without:
        people = "; ".join(layout.people[at].label for at in matches.without)
        yield f"In the file, but without a result; their cells are as they were: {people}."
