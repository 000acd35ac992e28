"""From verdicts to points: pure arithmetic, the only place where scores are added up."""

from __future__ import annotations

from grader.assignment import Assignment
from grader.results import CheckResult, Frozen, SubmissionResult


class TaskScore(Frozen):
    """`score` counts what was scored; `unscored` are points that nobody has decided yet."""

    id: str
    title: str
    score: float
    points: float
    unscored: float


class SubmissionScore(Frozen):
    total: float
    max_score: float
    unscored: float
    tasks: tuple[TaskScore, ...]

    @property
    def complete(self) -> bool:
        """True when every point was decided, so that the total is a mark."""
        return self.unscored == 0


def score_submission(result: SubmissionResult, assignment: Assignment) -> SubmissionScore:
    """Adds up check scores by task; a task's unchecked points (after a problem) are unscored."""
    tasks = tuple(
        _score_task(
            task.id, task.title, task.points, [check for check in result.checks if check.task == task.id]
        )
        for task in assignment.tasks
    )
    return SubmissionScore(
        total=round(sum(task.score for task in tasks), 4),
        max_score=assignment.max_score,
        unscored=round(sum(task.unscored for task in tasks), 4),
        tasks=tasks,
    )


def _score_task(task_id: str, title: str, points: float, checks: list[CheckResult]) -> TaskScore:
    score = sum(check.score for check in checks if check.score is not None)
    decided = sum(check.points for check in checks if check.score is not None)
    return TaskScore(
        id=task_id,
        title=title,
        score=round(score, 4),
        points=points,
        unscored=round(max(points - decided, 0.0), 4),
    )
