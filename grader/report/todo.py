"""What to do next: lost points by their cause, the dearest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.assignment import Assignment
from grader.report.tasks import say_feedback, task_anchor
from grader.report.view import Place, Todo
from grader.report.words import VERDICTS, decimals_for, first_sentence, number, opening
from grader.results import CheckResult, SubmissionResult, Tier, Verdict
from grader.scoring import score_submission, settle_checks

TODO_LINES = 5
WHOLE_FILE = "the whole file"
"""How intake says that nothing of a file could be used."""
_UNWRITTEN = (
    "Not written or not answered yet. Start with any of these tasks: each function is tried by itself, "
    "so each one counts as soon as it works."
)

_IN_WORDS = "Questions that are to be answered in words have no answer in answers.toml."

Groups = dict[str, list[CheckResult]]
Priced = tuple[float, str, tuple[Place, ...]]
"""Points, what to do, and where."""


def view_todo(
    result: SubmissionResult, assignment: Assignment, anchors: Mapping[str, str]
) -> tuple[Todo, ...]:
    """Failed checks with the same cause are one thing to do; equal losses stay in the order of tasks."""
    free = frozenset(item.id for item in score_submission(result, assignment).dropped)
    lost = [
        check
        for check in _in_order(result, assignment)
        if _is_lost(check, result) and not free & {check.check, check.task}
    ]
    groups = _merge_unwritten(_by_cause(lost, _say_broken(result)))
    priced = [
        (_price(checks), text, _places(checks, result, assignment, anchors))
        for text, checks in groups.items()
    ]
    priced = sorted([*priced, *_unanswered(result, assignment)], key=_by_price)
    decimals = decimals_for(price for price, _, _ in priced)
    counts = result.environment.tier is not Tier.PLAIN
    return tuple(
        Todo(
            lost=number(-price, decimals) if counts else "",
            unit="point" if price == 1 else "points",
            text=text,
            places=places,
        )
        for price, text, places in priced
    )


def _in_order(result: SubmissionResult, assignment: Assignment) -> list[CheckResult]:
    order = {task.id: place for place, task in enumerate(assignment.tasks)}
    return sorted(settle_checks(result), key=lambda check: (order.get(check.task, len(order)), check.order))


def _is_lost(check: CheckResult, result: SubmissionResult) -> bool:
    """Not what an instructor gave all points for."""
    given = check.check in result.in_force and check.score == check.points
    return VERDICTS[check.verdict].tone == "bad" and not given


def _price(checks: Sequence[CheckResult]) -> float:
    return sum(check.points - (check.score or 0.0) for check in checks)


def _by_price(item: Priced) -> float:
    return -item[0]


def _unanswered(result: SubmissionResult, assignment: Assignment) -> Iterator[Priced]:
    """Questions in words that were passed over: one thing to do."""
    given = {answer.id for answer in result.answers}
    missing = [
        question
        for task in assignment.tasks
        for question in assignment.written(task.id)
        if result.checks and question.id not in given
    ]
    if missing:
        tasks = dict.fromkeys(assignment.task(question.task) for question in missing)
        places = tuple(Place(task.id, task.title, task_anchor(task.id), ()) for task in tasks)
        yield sum(question.points for question in missing), _IN_WORDS, places


def _by_cause(lost: Sequence[CheckResult], broken: str) -> Groups:
    """By what mends them: a file that is no Python, else what the feedback says first."""
    groups: Groups = {}
    texts: dict[str, str] = {}
    for check in lost:
        said = say_feedback(check)
        missing = check.verdict is Verdict.NOT_IMPLEMENTED and "no function" in said
        text = broken if broken and missing else said
        groups.setdefault(texts.setdefault(first_sentence(text), opening(text)), []).append(check)
    return groups


def _say_broken(result: SubmissionResult) -> str:
    """Why whole files could not be read; their functions are then missing for that one reason."""
    files = [f"{item.where}: {item.why}." for item in result.left_out if item.what == WHOLE_FILE]
    if not files:
        return ""
    functions = "its functions" if len(files) == 1 else "their functions"
    return f"{' '.join(files)} Mend this first: until then none of {functions} can be tried."


def _merge_unwritten(groups: Groups) -> Groups:
    """A list of everything that a bare starter lacks would bury the rest: it becomes one thing to do."""
    unwritten = [
        text
        for text, checks in groups.items()
        if all(check.verdict is Verdict.NOT_IMPLEMENTED for check in checks)
    ]
    if len(groups) <= TODO_LINES or len(unwritten) < 3:
        return groups
    merged: Groups = {text: checks for text, checks in groups.items() if text not in unwritten}
    merged[_UNWRITTEN] = [check for text in unwritten for check in groups[text]]
    return merged


def _places(
    checks: Sequence[CheckResult],
    result: SubmissionResult,
    assignment: Assignment,
    anchors: Mapping[str, str],
) -> tuple[Place, ...]:
    """By task; single checks are named where few tasks are meant and not the whole of one."""
    mine = {check.task for check in checks}
    places = []
    for task in (task for task in assignment.tasks if task.id in mine):
        here = [check for check in checks if check.task == task.id]
        whole = len(here) == sum(check.task == task.id for check in result.checks)
        named = () if whole or len(mine) > 3 else tuple((c.title, anchors[c.check]) for c in here)
        places.append(Place(task.id, task.title, task_anchor(task.id), named))
    return tuple(places)
