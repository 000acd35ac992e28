"""The class as a table for a spreadsheet: one row a submission, one column a task."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment import Assignment
from grader.csv_file import Cell, csv_text
from grader.report.attention import Scored
from grader.report.klass import say_state
from grader.results import SubmissionResult
from grader.scoring import score_submission


def render_spreadsheet(results: Sequence[SubmissionResult], assignment: Assignment) -> str:
    """CSV, in the order of the ids. What could not be graded has no points: that is for people to decide."""
    columns = ("student", "score", "max_score", "open", *(task.id for task in assignment.tasks))
    ordered = sorted(results, key=lambda result: result.student_id)
    rows = (_row(Scored(result, score_submission(result, assignment))) for result in ordered)
    return csv_text((*columns, "state", "tier"), rows)


def _row(item: Scored) -> tuple[Cell, ...]:
    score, state = item.score, say_state(item)[0]
    points: list[Cell] = [score.total, score.max_score, score.unscored, *(task.score for task in score.tasks)]
    if item.failed:
        points = [None] * len(points)
    return (item.result.student_id, *points, state, str(item.result.environment.tier))
