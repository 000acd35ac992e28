"""`grader diff`: whose marks differ between two folders of results, and why."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.assignment import Assignment
from grader.assignment_folder import load_assignment
from grader.csv_file import Cell, csv_text
from grader.differences import CheckChange, Side, StudentChange, compare
from grader.errors import UsageError
from grader.gradebook import Gradebook, read_gradebook
from grader.layout import ResultsFolder, write_whole
from grader.results import CheckResult
from grader.scoring import score_submission
from grader.text import quantity

_SHOWN = 200
_COLUMNS = (
    "student", "total_before", "total_after", "check", "verdict_before", "score_before", "verdict_after",
    "score_after", "other_feedback", "why",
)  # fmt: skip


def show_diff(first: Path, second: Path, root: Path, table: Path | None, console: Console) -> bool:
    """Prints the differences, and writes them as CSV to `table`; True when there are some.

    Both sides follow the rules (due date, what does not count) of the assignment as it is now in `root`.
    Raises UsageError for folders that have no results, or those of different assignments, or of one that is
    not in `root`.
    """
    with (
        read_gradebook(ResultsFolder(first).gradebook) as one,
        read_gradebook(ResultsFolder(second).gradebook) as other,
    ):
        if one.assignment != other.assignment:
            raise UsageError(
                f"{first} holds results of {one.assignment}, {second} of {other.assignment}.",
                hint="Compare results of one assignment.",
            )
        if one.assignment is None:
            raise UsageError(f"{first} and {second} have no results yet.", hint="Run `grader grade`.")
        assignment = load_assignment(one.assignment, root).assignment
        students = _students(one, other)
        changes = [
            change
            for name in students
            if (change := compare(_side(name, one, assignment), _side(name, other, assignment))) is not None
        ]
    if table is not None:
        rows = (row for change in changes for row in _rows(change))
        write_whole(table, csv_text(_COLUMNS, rows).encode())
    _print(changes, len(students), console)
    return bool(changes)


def _students(one: Gradebook, other: Gradebook) -> list[str]:
    return [name for name, _ in groupby(heapq.merge(one.student_ids, other.student_ids))]


def _side(name: str, gradebook: Gradebook, assignment: Assignment) -> Side | None:
    result = gradebook.result(name)
    if result is None:
        return None
    score = score_submission(result, assignment)
    return Side(result, score.total, score.lateness.percent if score.lateness else 0.0)


def _print(changes: list[StudentChange], students: int, console: Console) -> None:
    if not changes:
        console.print(f"No marks differ: {quantity(students, 'submission')}.")
        return
    table = Table(box=SIMPLE)
    table.add_column("submission", overflow="fold")
    for name in ("total", "check", "before", "after", "why"):
        table.add_column(name, overflow="fold")
    for change in changes[:_SHOWN]:
        total = f"{_mark(change.before)} → {_mark(change.after)}"
        table.add_row(escape(change.student_id), total, "", "", "", ", ".join(change.why))
        for check in change.checks:
            table.add_row("", "", escape(check.name), *_both(check), ", ".join(check.why))
    console.print(table)
    if len(changes) > _SHOWN:
        console.print(f"{len(changes) - _SHOWN} more are not shown; --csv PATH writes all of them.")
    causes = Counter(cause for change in changes for cause in change.why)
    told = ", ".join(f"{cause} ({count})" for cause, count in causes.most_common())
    console.print(f"{len(changes)} of {quantity(students, 'submission')} differ: {told}.", markup=False)


def _mark(total: float | None) -> str:
    return "–" if total is None else f"{total:g}"


def _both(change: CheckChange) -> tuple[str, str]:
    before, after = _outcome(change.before), _outcome(change.after)
    return before, f"{after}, other words" if before == after else after


def _outcome(check: CheckResult | None) -> str:
    if check is None:
        return "–"
    score = "open" if check.score is None else f"{check.score:g}"
    return f"{check.verdict.label} {score}/{check.points:g}"


def _rows(change: StudentChange) -> Iterator[tuple[Cell, ...]]:
    """One for the total, then one for each check."""
    yield (change.student_id, change.before, change.after, *[None] * 6, ", ".join(change.why))
    for check in change.checks:
        before, after = check.before, check.after
        words = "yes" if before and after and before.feedback != after.feedback else ""
        yield (
            change.student_id, None, None, check.name, *_cells(before), *_cells(after), words,
            ", ".join(check.why),
        )  # fmt: skip


def _cells(check: CheckResult | None) -> tuple[Cell, Cell]:
    return (None, None) if check is None else (check.verdict.label, check.score)
