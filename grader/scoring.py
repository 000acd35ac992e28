"""From verdicts to points: pure arithmetic, the only place where scores are added up."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment import Assignment, Task
from grader.results import Adjustment, CheckResult, Frozen, SubmissionResult


class WrittenScore(Frozen):
    """An answer in words; `score` is None until an instructor has marked it, `why` says what for."""

    id: str
    score: float | None
    points: float
    why: str = ""


class TaskScore(Frozen):
    """`score` counts what was scored; `unscored` are points that nobody has decided yet, `to_mark` those
    among them that wait for `grader mark`."""

    id: str
    title: str
    score: float
    points: float
    unscored: float
    to_mark: float = 0.0


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

    @property
    def to_mark(self) -> float:
        """Points of answers in words that nobody has marked."""
        return round(sum(task.to_mark for task in self.tasks), 4)

    @property
    def undecided(self) -> float:
        """Points of checks that came to no verdict."""
        return round(self.unscored - self.to_mark, 4)


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
    written = score_written(result, assignment)
    tasks = tuple(
        _score_task(
            task,
            [check for check in checks if check.task == task.id],
            [written[question.id] for question in assignment.written(task.id) if checks],
            assignment,
        )
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


def score_written(result: SubmissionResult, assignment: Assignment) -> dict[str, WrittenScore]:
    """By id, every answer in words that has points. One that was not given has none to wait for."""
    given = {answer.id: answer.key for answer in result.answers}
    marks = result.marks
    scores = {}
    for question in (question for task in assignment.tasks for question in assignment.written(task.id)):
        marked = marks.get(given.get(question.id, ""))
        if question.id not in given:
            scores[question.id] = WrittenScore(id=question.id, score=0.0, points=question.points)
        elif marked is None or marked.points is None:
            scores[question.id] = WrittenScore(id=question.id, score=None, points=question.points)
        else:
            score = min(marked.points, question.points)
            scores[question.id] = WrittenScore(
                id=question.id, score=score, points=question.points, why=marked.why
            )
    return scores


def _score_task(
    task: Task, checks: Sequence[CheckResult], written: Sequence[WrittenScore], assignment: Assignment
) -> TaskScore:
    parts = [(item.score, item.points) for items in (checks, written) for item in items]
    decided = [(score, points) for score, points in parts if score is not None]
    whole = task.points + sum(question.points for question in assignment.written(task.id))
    return TaskScore(
        id=task.id,
        title=task.title,
        score=round(sum(score for score, _ in decided), 4),
        points=whole,
        unscored=round(max(whole - sum(points for _, points in decided), 0.0), 4),
        to_mark=round(sum(item.points for item in written if item.score is None), 4),
    )
