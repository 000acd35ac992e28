"""Tasks and their checks as views."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment import Assignment
from grader.report.evidence import view_evidence
from grader.report.view import CheckView, TaskView
from grader.report.words import VERDICTS, decimals_for, number, paragraphs, points, share_of
from grader.results import CheckResult, FreeText, SubmissionResult, Verdict
from grader.scoring import SubmissionScore, TaskScore

_OUTPUT_CHARACTERS = 2000

_WITHOUT_FEEDBACK = {
    Verdict.FAILED: "The result is not what was asked for.",
    Verdict.NOT_IMPLEMENTED: "Write this function; the starter raises NotImplementedError.",
    Verdict.RAISED: "Your code raised an error.",
    Verdict.TIMEOUT: "Your code took too long and was stopped.",
    Verdict.CRASHED: "The process that ran your code ended early.",
    Verdict.OVER_LIMIT: "Your code used more memory or printed more than is allowed.",
    Verdict.SKIPPED: "This check is waiting for your instructor. It costs you nothing.",
    Verdict.GRADER_ERROR: "The grader had a fault here. Your instructor was told; it costs you nothing.",
}


def say_feedback(check: CheckResult) -> str:
    """The check's own words, or what its verdict means."""
    return check.feedback or _WITHOUT_FEEDBACK.get(check.verdict, "")


def view_tasks(
    result: SubmissionResult,
    checks: Sequence[CheckResult],
    assignment: Assignment,
    score: SubmissionScore,
    anchors: dict[str, str],
    instructor: bool,
) -> tuple[TaskView, ...]:
    """All points of a page have the same number of decimals, so that columns line up."""
    decimals = decimals_for(
        [value for task in score.tasks for value in (task.score, task.points)]
        + [value for check in checks for value in (check.points, check.score or 0.0)]
    )
    return tuple(
        _task(
            task,
            assignment.task(task.id).functions,
            tuple(
                _check(check, anchors[check.check], instructor, decimals)
                for check in checks
                if check.task == task.id
            ),
            tuple(answer for answer in result.answers if answer.task == task.id),
            decimals,
        )
        for task in score.tasks
    )


def _task(
    task: TaskScore,
    functions: tuple[str, ...],
    checks: tuple[CheckView, ...],
    answers: tuple[FreeText, ...],
    decimals: int,
) -> TaskView:
    passed = sum(check.verdict.tone == "good" for check in checks)
    return TaskView(
        anchor="task-" + task.id.replace(".", "-"),
        id=task.id,
        title=task.title,
        functions=functions,
        score=number(task.score, decimals),
        points=number(task.points, decimals),
        share=share_of(task.score, task.points),
        open_share=share_of(task.unscored, task.points),
        unscored=points(task.unscored) if task.unscored else "",
        passed=f"{passed} of {len(checks)}" if checks else "–",
        checks=checks,
        answers=answers,
    )


def _check(check: CheckResult, anchor: str, instructor: bool, decimals: int) -> CheckView:
    return CheckView(
        anchor=anchor,
        title=check.title,
        name=check.check,
        verdict=VERDICTS[check.verdict],
        score="–" if check.score is None else number(check.score, decimals),
        points=number(check.points, decimals),
        feedback=paragraphs(say_feedback(check)) if check.verdict is not Verdict.PASSED else (),
        cases=f"{check.cases_passed} of {check.cases} cases passed" if check.cases > 1 else "",
        pieces=view_evidence(check.evidence, anchor),
        output=_cut(check.output),
        detail=check.detail if instructor else "",
    )


def _cut(output: str) -> str:
    if len(output) <= _OUTPUT_CHARACTERS:
        return output
    return output[:_OUTPUT_CHARACTERS] + f"\n[{number(len(output) - _OUTPUT_CHARACTERS)} more characters]"
