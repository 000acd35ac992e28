"""The class as a table for a spreadsheet: one row a submission, one column a task."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment import Assignment
from grader.csv_file import Cell, csv_text
from grader.report.adjusted import view_history
from grader.report.attention import Scored
from grader.report.klass import ABSENT, say_state
from grader.results import SubmissionResult
from grader.roster import NOBODY, Attendance
from grader.scoring import score_submission


def render_spreadsheet(
    results: Sequence[SubmissionResult], assignment: Assignment, attendance: Attendance = NOBODY
) -> str:
    """CSV, in the order of the ids. What could not be graded has no points: that is for people to decide.

    Points of tasks, `late`, which lateness took off, and `added`, which were given or taken on the total by
    hand, make the score. A task that does not count is empty. Who handed in nothing stands there without
    points.
    """
    columns = ("student", "score", "max_score", "open", *(task.id for task in assignment.tasks))
    ordered = sorted(results, key=lambda result: result.student_id)
    rows = [_row(Scored(result, score_submission(result, assignment))) for result in ordered]
    empty = [None] * (len(columns) + 1)
    rows += [(name, *empty, ABSENT, "", "") for name in attendance.absent]
    rows.sort(key=lambda row: str(row[0]))
    return csv_text((*columns, "late", "added", "state", "tier", "decided by hand"), rows)


def _row(item: Scored) -> tuple[Cell, ...]:
    score, state = item.score, say_state(item)[0]
    tasks = (task.score if task.counts else None for task in score.tasks)
    late = -score.penalty if score.penalty else None
    points: list[Cell] = [score.total, score.max_score, score.unscored, *tasks, late, score.added or None]
    if item.failed:
        points = [None] * len(points)
    return (item.result.student_id, *points, state, str(item.result.environment.tier), _decided(item))


def _decided(item: Scored) -> str:
    """Everything that counts, in one cell."""
    views = [view for view in view_history(item.result) if view.counts]
    return "; ".join(f"{view.what}: {view.decided} ({view.who}, {view.when}: {view.why})" for view in views)
