"""Tasks and their checks as views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.assignment import Assignment, Task
from grader.report.adjusted import say_decided, settled_verdict
from grader.report.evidence import view_evidence, view_returned
from grader.report.view import AnswerView, CheckView, Reference, TaskView
from grader.report.words import (
    cut,
    cut_answer,
    decimals_for,
    number,
    open_points,
    paragraphs,
    share_of,
    unwrap,
)
from grader.results import UNSCORED, Adjustment, CheckResult, SubmissionResult, Verdict
from grader.scoring import TaskScore, score_submission, score_written, settle_check, settle_checks

_OUTPUT_CHARACTERS = 2000

_WITHOUT_FEEDBACK = {
    Verdict.FAILED: "The result is not what was asked for.",
    Verdict.NOT_IMPLEMENTED: "Not written yet: put your code where the starter raises NotImplementedError.",
    Verdict.RAISED: "Your code raised an error.",
    Verdict.TIMEOUT: "Your code took too long and was stopped.",
    Verdict.CRASHED: "The process that ran your code ended early.",
    Verdict.OVER_LIMIT: "Your code used more memory or printed more than is allowed.",
    Verdict.SKIPPED: "Your instructor decides this one. Until then it costs you nothing.",
    Verdict.GRADER_ERROR: "The grader had a fault here. Your instructor decides; it costs you nothing.",
}


def say_feedback(check: CheckResult) -> str:
    """The check's own words, or what its verdict means."""
    return check.feedback or _WITHOUT_FEEDBACK.get(check.verdict, "")


def task_anchor(task: str) -> str:
    """Where a task's section stands on the page."""
    return "task-" + task.replace(".", "-")


def view_tasks(
    result: SubmissionResult, assignment: Assignment, anchors: Mapping[str, str], instructor: bool
) -> tuple[TaskView, ...]:
    """All points of a page have the same number of decimals, so that columns line up."""
    score = score_submission(result, assignment)
    decimals = decimals_for(
        [value for task in score.tasks for value in (task.score, task.points)]
        + [value for check in settle_checks(result) for value in (check.points, check.score or 0.0)]
        + [item.score or 0.0 for item in score_written(result, assignment).values()]
    )
    by_task = {
        task.id: sorted((c for c in result.checks if c.task == task.id), key=lambda check: check.order)
        for task in score.tasks
    }
    in_force = result.in_force
    dropped = frozenset(item.id for item in score.dropped)
    told = _find_told([check for checks in by_task.values() for check in checks], in_force, anchors)
    return tuple(
        _task(
            task,
            assignment.task(task.id),
            tuple(
                _check(
                    check,
                    in_force.get(check.check),
                    anchors[check.check],
                    told.get(check.check),
                    instructor,
                    decimals,
                    counts=check.check not in dropped,
                )
                for check in by_task[task.id]
            ),
            _answers(result, assignment, task.id, decimals),
            decimals,
        )
        for task in score.tasks
    )


def say_below(check: CheckResult, decided: Adjustment | None) -> str:
    """What the page says below a check. That an instructor will decide is over once one has."""
    if check.verdict is Verdict.PASSED:
        return ""
    if decided is not None and check.verdict in UNSCORED:
        return check.feedback if check.verdict is Verdict.SKIPPED else ""
    return say_feedback(check)


def _find_told(
    checks: Sequence[CheckResult], in_force: Mapping[str, Adjustment], anchors: Mapping[str, str]
) -> dict[str, Reference]:
    """For checks whose feedback stands above already: the check where it stands."""
    first: dict[str, CheckResult] = {}
    told = {}
    for check in checks:
        text = say_below(check, in_force.get(check.check))
        if not text:
            continue
        if text in first:
            other = first[text]
            task = "" if other.task == check.task else other.task
            told[check.check] = Reference(other.title, anchors[other.check], task)
        else:
            first[text] = check
    return told


def _title(title: str, counts: bool) -> str:
    return title if counts else f"{title} (does not count)"


def _task(
    task: TaskScore,
    asked: Task,
    checks: tuple[CheckView, ...],
    answers: tuple[AnswerView, ...],
    decimals: int,
) -> TaskView:
    passed = sum(check.verdict.tone == "good" for check in checks)
    return TaskView(
        anchor=task_anchor(task.id),
        id=task.id,
        title=_title(task.title, task.counts),
        functions=asked.functions,
        credit=asked.credit,
        score=number(task.score, decimals),
        points=number(task.points, decimals),
        share=share_of(task.score, task.points),
        open_share=share_of(task.unscored, task.points),
        still_open=open_points(task.undecided, task.to_mark),
        passed=f"{passed} of {len(checks)}" if checks else "–",
        checks=checks,
        answers=answers,
    )


def _answers(
    result: SubmissionResult, assignment: Assignment, task_id: str, decimals: int
) -> tuple[AnswerView, ...]:
    """What was answered in words, and what should have been."""
    written = score_written(result, assignment)
    given = {answer.id: answer for answer in result.answers if answer.task == task_id}
    asked = {question.id: question.question for question in assignment.written(task_id) if result.checks}
    questions = asked | {name: answer.question for name, answer in given.items()}
    order = {question.id: place for place, question in enumerate(assignment.answers)}
    views = []
    for name in sorted(questions, key=lambda name: order.get(name, len(order))):
        mark = written.get(name)
        views.append(
            AnswerView(
                question=questions[name],
                text=cut_answer(unwrap(given[name].text)) if name in given else "",
                score="" if mark is None else "–" if mark.score is None else number(mark.score, decimals),
                points="" if mark is None else number(mark.points, decimals),
                why=() if mark is None else tuple(line for line in mark.why.split("\n") if line),
            )
        )
    return tuple(views)


def _check(
    check: CheckResult,
    decided: Adjustment | None,
    anchor: str,
    told: Reference | None,
    instructor: bool,
    decimals: int,
    *,
    counts: bool,
) -> CheckView:
    said = () if told else paragraphs(cut(say_below(check, decided)))
    score = settle_check(check, decided).score
    some = 0 < check.cases_passed < check.cases
    return CheckView(
        anchor=anchor,
        title=_title(check.title, counts),
        name=check.check,
        verdict=settled_verdict(check, decided),
        score="–" if score is None else number(score, decimals),
        points=number(check.points, decimals),
        feedback=said,
        same_as=told,
        cases=f"{check.cases_passed} of {check.cases} cases passed" if some else "",
        pieces=view_evidence(check.evidence, anchor),
        returned=view_returned(check.evidence),
        output=cut(check.output, _OUTPUT_CHARACTERS),
        detail=check.detail if instructor else "",
        decided=say_decided(check, decided, instructor),
    )
