"""What was decided by hand, as reports say it. Who decided, and when, is for instructors only."""

from __future__ import annotations

from grader.report.view import AdjustmentView, Audience, Notice
from grader.report.words import VERDICTS, VerdictWords, decimals_for, number, points
from grader.results import ANSWER, Adjustment, CheckResult, SubmissionResult

THE_TOTAL = "the total"


def settled_verdict(check: CheckResult, decided: Adjustment | None) -> VerdictWords:
    """What stands beside a check: its verdict, or that a person decided, and how."""
    if decided is None or decided.points is None:
        return VERDICTS[check.verdict]
    full = decided.points >= check.points
    return VerdictWords("Decided by hand", "✓" if full else "✗", "good" if full else "bad")


def say_decided(check: CheckResult, decided: Adjustment | None, instructor: bool) -> str:
    """Below a check: what counts in place of what the check gave. Nothing where nothing was decided."""
    if decided is None or decided.points is None:
        return ""
    gave = "The check left this open" if check.score is None else f"The check gave {_of(check, check.score)}"
    who = f"{decided.who}, {_when(decided)}," if instructor else "your instructor"
    return f"{gave}; {who} decided on {_of(check, decided.points)}: {decided.why}"


def say_added(result: SubmissionResult, audience: Audience) -> tuple[Notice, ...]:
    """At the top of the page: points on the total."""
    decided = result.in_force.get("")
    if decided is None or decided.points is None or not result.checks:
        return ()
    by = f"{decided.who}, {_when(decided)}" if audience == "instructor" else "your instructor"
    return (Notice("info", f"{signed(decided.points)} on the total, by {by}", decided.why),)


def view_history(
    result: SubmissionResult, link: str = "", *, marks_too: bool = False
) -> tuple[AdjustmentView, ...]:
    """All that was ever decided about a submission, the latest last; marks of answers only if asked for."""
    in_force = [*result.in_force.values(), *result.marks.values()]
    checks = {check.check: check for check in result.checks}
    there = {*checks, *(answer.key for answer in result.answers), *([""] if checks else [])}
    return tuple(
        AdjustmentView(
            student_id=result.student_id,
            link=link,
            what=_what(item, checks.get(item.check)),
            gave=_gave(checks.get(item.check)),
            decided=_decided(item),
            counts=item in in_force and item.check in there,
            who=item.who,
            when=_when(item),
            why=item.why,
        )
        for item in result.adjustments
        if marks_too or not item.check.startswith(ANSWER)
    )


def signed(value: float) -> str:
    """ "+2 points", "−1 point"."""
    unit = "point" if abs(value) == 1 else "points"
    return f"{'+' if value > 0 else ''}{number(value, decimals_for([value]))} {unit}"


def _what(item: Adjustment, check: CheckResult | None) -> str:
    if not item.check:
        return THE_TOTAL
    if item.check.startswith(ANSWER):
        return f"the answer {item.check.split(':')[1]}"
    return f"{check.title} ({item.check})" if check else f"{item.check}, which is not there any more"


def _gave(check: CheckResult | None) -> str:
    if check is None:
        return ""
    return "open" if check.score is None else _of(check, check.score)


def _decided(item: Adjustment) -> str:
    if item.points is None:
        return "withdrawn"
    return number(item.points, decimals_for([item.points])) if item.check else signed(item.points)


def _of(check: CheckResult, score: float) -> str:
    score = min(score, check.points)
    return f"{number(score, decimals_for([score]))} of {points(check.points)}"


def _when(item: Adjustment) -> str:
    """2026-11-22T01:05:00+00:00 as 2026-11-22 01:05 UTC."""
    return f"{item.at[:10]} {item.at[11:16]} UTC"
