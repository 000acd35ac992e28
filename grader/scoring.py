"""From verdicts to points: pure arithmetic, the only place where scores are added up."""

from __future__ import annotations

from grader.assignment import Assignment
from grader.results import Adjustment, CheckResult, Frozen, SubmissionResult


class TaskScore(Frozen):
    """`score` counts what was scored; `unscored` are points that nobody has decided yet."""

    id: str
    title: str
    score: float
    points: float
    unscored: float


class SubmissionScore(Frozen):
    """`added` are points that were given (or taken, below 0) by hand, on the total."""

    total: float
    max_score: float
    unscored: float
    tasks: tuple[TaskScore, ...]
    added: float = 0.0

    @property
    def complete(self) -> bool:
        """True when every point was decided, so that the total is a mark."""
        return self.unscored == 0


def settle_checks(result: SubmissionResult) -> tuple[CheckResult, ...]:
    """The checks with the scores that count: those decided by hand where there are any."""
    in_force = result.in_force
    return tuple(settle_check(check, in_force.get(check.check)) for check in result.checks)


def settle_check(check: CheckResult, decided: Adjustment | None) -> CheckResult:
    """The check with the score that counts. One above its points, which may have become fewer since it was
    decided, counts as all of them."""
    if decided is None or decided.points is None:
        return check
    return check.model_copy(update={"score": min(decided.points, check.points)})


def score_submission(result: SubmissionResult, assignment: Assignment) -> SubmissionScore:
    """Adds up check scores by task; a task's unchecked points (after a problem) are unscored.

    What was added by hand moves the total between 0 and the maximum. It does nothing where nothing
    could be graded: there is no total yet.
    """
    checks = settle_checks(result)
    tasks = tuple(
        _score_task(task.id, task.title, task.points, [check for check in checks if check.task == task.id])
        for task in assignment.tasks
    )
    added = result.in_force.get("")
    points = added.points or 0.0 if added is not None and checks else 0.0
    earned = sum(task.score for task in tasks)
    return SubmissionScore(
        total=round(min(max(earned + points, 0.0), assignment.max_score), 4),
        max_score=assignment.max_score,
        unscored=round(sum(task.unscored for task in tasks), 4),
        tasks=tasks,
        added=points,
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
