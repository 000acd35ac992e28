"""From verdicts to points: pure arithmetic, the only place where scores are added up."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment import Assignment, Task
from grader.evidence import Frozen
from grader.policy.drop import drop_checks, lowest
from grader.policy.late import Lateness, judge_lateness
from grader.results import Adjustment, CheckResult, SubmissionResult


class WrittenScore(Frozen):
    """An answer in words; `score` is None until an instructor has marked it, `why` says what for."""

    id: str
    score: float | None
    points: float
    why: str = ""


class TaskScore(Frozen):
    """`score` counts what was scored; `unscored` are points that nobody has decided yet, `to_mark` those
    among them that wait for `grader mark`. Checks that do not count are in none of them. A task that itself
    does not `count` is in no total."""

    id: str
    title: str
    score: float
    points: float
    unscored: float
    to_mark: float = 0.0
    counts: bool = True

    @property
    def undecided(self) -> float:
        """Points of checks that came to no verdict."""
        return round(self.unscored - self.to_mark, 4)


class Dropped(Frozen):
    """A task or check that does not count, by a rule of the assignment."""

    id: str
    title: str
    score: float
    points: float


class SubmissionScore(Frozen):
    """`total` is `earned`, what the checks (or decisions about them) gave and counts, less `penalty` for
    lateness, and then `added`: points that were given (or taken, below 0) by hand, on the total.

    `lateness` is None where the assignment has no due date.
    """

    total: float
    max_score: float
    unscored: float
    tasks: tuple[TaskScore, ...]
    added: float = 0.0
    earned: float = 0.0
    penalty: float = 0.0
    lateness: Lateness | None = None
    dropped: tuple[Dropped, ...] = ()

    @property
    def complete(self) -> bool:
        """True when every point was decided, so that the total is a mark."""
        return self.unscored == 0

    @property
    def to_mark(self) -> float:
        """Points of answers in words that nobody has marked."""
        return round(sum(task.to_mark for task in self.tasks if task.counts), 4)

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

    First goes what does not count, then what lateness costs. What was added by hand comes last, as a decision
    about all of it: it moves the total between 0 and the maximum. It does nothing where nothing could be
    graded: there is no total yet.
    """
    checks = settle_checks(result)
    out = drop_checks(checks, assignment.drop)
    tasks = _score_tasks(result, assignment, checks, out)
    counting = [task for task in tasks if task.counts]
    earned = round(sum(task.score for task in counting), 4)
    most = sum(task.points for task in counting)
    lateness = judge_lateness(assignment.late, result.handed_in) if assignment.late else None
    penalty = round(earned * lateness.percent / 100, 4) if lateness and checks else 0.0
    added = result.in_force.get("")
    points = added.points or 0.0 if added is not None and checks else 0.0
    return SubmissionScore(
        total=round(min(max(earned - penalty + points, 0.0), most), 4),
        max_score=most,
        unscored=round(sum(task.unscored for task in counting), 4),
        tasks=tasks,
        added=points,
        earned=earned,
        penalty=penalty,
        lateness=lateness,
        dropped=(
            *(_drop(check.check, check.title, check.score or 0.0, check.points) for check in out),
            *(_drop(task.id, task.title, task.score, task.points) for task in tasks if not task.counts),
        ),
    )


def _drop(name: str, title: str, score: float, points: float) -> Dropped:
    return Dropped(id=name, title=title, score=score, points=points)


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


def _score_tasks(
    result: SubmissionResult,
    assignment: Assignment,
    checks: Sequence[CheckResult],
    out: Sequence[CheckResult],
) -> tuple[TaskScore, ...]:
    """All tasks, those that do not count among them."""
    written = score_written(result, assignment)
    scores = [
        _score_task(
            task,
            [check for check in checks if check.task == task.id and check not in out],
            [written[question.id] for question in assignment.written(task.id) if checks],
            assignment.points_of(task.id) - sum(check.points for check in out if check.task == task.id),
        )
        for task in assignment.tasks
    ]
    left = {
        task.id
        for rule in assignment.drop
        for task in lowest([score for score in scores if score.id in rule.tasks], rule.lowest, _best_case)
    }
    return tuple(score.model_copy(update={"counts": score.id not in left}) for score in scores)


def _best_case(task: TaskScore) -> float:
    return task.score + task.unscored


def _score_task(
    task: Task, checks: Sequence[CheckResult], written: Sequence[WrittenScore], whole: float
) -> TaskScore:
    parts = [(item.score, item.points) for items in (checks, written) for item in items]
    decided = [(score, points) for score, points in parts if score is not None]
    return TaskScore(
        id=task.id,
        title=task.title,
        score=round(sum(score for score, _ in decided), 4),
        points=whole,
        unscored=round(max(whole - sum(points for _, points in decided), 0.0), 4),
        to_mark=round(sum(item.points for item in written if item.score is None), 4),
    )
