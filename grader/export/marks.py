"""A result as other programs learn of it: pure, and only what its student may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from grader.assignment import Assignment
from grader.evidence import Standing
from grader.export.numbers import plain_points
from grader.report.adjusted import say_decided, settled_verdict
from grader.report.lateness import say_changes
from grader.report.student import say_notices, say_problem
from grader.report.tasks import say_below
from grader.report.words import cut
from grader.results import Adjustment, CheckResult, SubmissionResult, Tier, Verdict
from grader.scoring import TaskScore, score_submission, score_written, settle_check
from grader.text import plain

Status = Literal["passed", "failed", "open"]
_STATUS: dict[str, Status] = {"good": "passed", "bad": "failed", "open": "open"}
_STOPPED = frozenset({Verdict.RAISED, Verdict.TIMEOUT, Verdict.CRASHED, Verdict.OVER_LIMIT})
_NOT_COUNTED = " (does not count)"
_WITHOUT_REASON = {
    "not marked yet": "A person reads this answer and marks it; it costs you nothing until then.",
    "marked": "",
    "no answer": "There was no answer.",
}


@dataclass(frozen=True)
class CheckMark:
    """One check, or an answer in words. `number` is its place as "TASK.CHECK", both from 1. `score` is
    None where `status` is "open": nobody has decided yet. `word` is the outcome in words, `stopped`
    whether the student's code came to no result. `text` is for the student, on several lines or empty."""

    number: str
    task: str
    title: str
    word: str
    status: Status
    stopped: bool
    score: float | None
    points: float
    text: str


@dataclass(frozen=True)
class Marks:
    """What a submission came to.

    `failed` where nothing could be graded, for a fault of ours or a problem with what was handed in: then
    there is no mark, and every number is without meaning. `unscored` points are not in `score`. `added` is
    what stands between the tasks and `score`, such as points given by hand on the total, and `added_why`
    the reason. `notes` are for the student, about the whole.
    """

    student_id: str
    title: str
    failed: bool
    score: float
    max_score: float
    unscored: float
    tasks: tuple[TaskScore, ...]
    added: float
    added_why: str
    checks: tuple[CheckMark, ...]
    notes: tuple[str, ...]
    standings: tuple[Standing, ...]

    @property
    def complete(self) -> bool:
        """True when `score` is a mark."""
        return not self.failed and self.unscored == 0

    @property
    def changed(self) -> bool:
        """True when something was decided about the total, also where that moved nothing."""
        return bool(self.added or self.added_why)


def view_marks(result: SubmissionResult, assignment: Assignment) -> Marks:
    """Checks in the order of the assignment's tasks; no traceback, seed or expected value is in it."""
    score = score_submission(result, assignment)
    added = say_changes(result, score, assignment, "student")
    notices = say_notices(result, score, result.environment.tier is Tier.PLAIN)
    failed = bool(result.problem or result.fault)
    tasks = tuple(task if task.counts else _left_out(task) for task in score.tasks)
    out = frozenset(item.id for item in score.dropped)
    return Marks(
        student_id=result.student_id,
        title=assignment.title,
        failed=failed,
        score=score.total,
        max_score=score.max_score,
        unscored=score.unscored,
        tasks=tasks,
        added=round(score.total - sum(task.score for task in tasks), 4) if not failed else 0.0,
        added_why="\n".join(plain(notice.text) for notice in added),
        checks=tuple(_checks(result, assignment, out)),
        notes=(
            *(plain(part) for part in say_problem(result, instructor=False)),
            *(plain(f"{notice.title}: {notice.text}") for notice in notices),
        ),
        standings=tuple(
            piece for check in result.checks for piece in check.evidence if isinstance(piece, Standing)
        ),
    )


def _left_out(task: TaskScore) -> TaskScore:
    """Worth nothing, so that what counts adds up to the total."""
    none = {"score": 0.0, "points": 0.0, "unscored": 0.0, "to_mark": 0.0}
    return task.model_copy(update={**none, "title": f"{task.title}{_NOT_COUNTED}"})


def _checks(result: SubmissionResult, assignment: Assignment, out: Collection[str]) -> Iterator[CheckMark]:
    """`out` are tasks and checks that do not count."""
    for place, task in enumerate(assignment.tasks, start=1):
        parts: Iterable[CheckMark] = (
            *_checked(result, task.id, out),
            *_written(result, assignment, task.id),
        )
        if task.id in out:
            parts = map(_not_counted, parts)
        yield from (replace(part, number=f"{place}.{turn}") for turn, part in enumerate(parts, start=1))


def _not_counted(part: CheckMark) -> CheckMark:
    gave = "nothing yet" if part.score is None else plain_points(part.score)
    text = f"{part.text}\n\nThis gave {gave} of {plain_points(part.points)}, and does not count.".strip()
    title = f"{part.title}{_NOT_COUNTED}"
    return replace(part, title=title, status="passed", score=0.0, points=0.0, text=text)


def _checked(result: SubmissionResult, task: str, out: Collection[str]) -> Iterator[CheckMark]:
    in_force = result.in_force
    for check in sorted(result.checks, key=lambda check: check.order):
        if check.task == task:
            part = _check(check, in_force.get(check.check))
            yield _not_counted(part) if check.check in out else part


def _check(check: CheckResult, decided: Adjustment | None) -> CheckMark:
    settled = settled_verdict(check, decided)
    texts = (cut(say_below(check, decided)), say_decided(check, decided, instructor=False))
    return CheckMark(
        number="",
        task=check.task,
        title=plain(check.title),
        word=settled.word.lower(),
        status=_STATUS[settled.tone],
        stopped=check.verdict in _STOPPED,
        score=settle_check(check, decided).score,
        points=check.points,
        text="\n\n".join(plain(text) for text in texts if text),
    )


def _written(result: SubmissionResult, assignment: Assignment, task: str) -> Iterator[CheckMark]:
    """Answers in words that have points, also those that were not given."""
    scores = score_written(result, assignment)
    given = {answer.id for answer in result.answers}
    for question in assignment.written(task) if result.checks else ():
        mark = scores[question.id]
        word = "not marked yet" if mark.score is None else "marked" if question.id in given else "no answer"
        yield CheckMark(
            number="",
            task=task,
            title=plain(question.question),
            word=word,
            status="open" if mark.score is None else "passed" if mark.score >= mark.points else "failed",
            stopped=False,
            score=mark.score,
            points=mark.points,
            text=plain(mark.why) or _WITHOUT_REASON[word],
        )
