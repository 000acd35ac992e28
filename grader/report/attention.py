"""Who of a class needs a person to look, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from grader.evidence import Claims
from grader.report.class_view import AttentionView
from grader.report.todo import WHOLE_FILE
from grader.report.words import VERDICTS, first_sentence, number
from grader.results import CheckResult, SubmissionResult, Verdict
from grader.scoring import SubmissionScore

_LOWEST = 5
_LOW = 0.4
_STOPPED = (Verdict.TIMEOUT, Verdict.CRASHED, Verdict.OVER_LIMIT)


@dataclass(frozen=True)
class Scored:
    """A result with its points."""

    result: SubmissionResult
    score: SubmissionScore

    @property
    def failed(self) -> bool:
        """True when there is no mark at all."""
        return bool(self.result.problem or self.result.fault)


def view_attention(scored: Sequence[Scored], decimals: int) -> tuple[AttentionView, ...]:
    """Who needs a look, the gravest reason first; the lowest marks are those of the last few."""
    lowest = _lowest([item for item in scored if not item.failed])
    found = []
    for item in scored:
        reasons = tuple(_reasons(item, lowest))
        if reasons:
            view = AttentionView(
                student_id=item.result.student_id,
                link=report_link(item.result, "instructor"),
                total="–" if item.failed else number(item.score.total, decimals),
                reasons=tuple(text for _, text in reasons),
            )
            found.append((min(rank for rank, _ in reasons), item.score.total, view))
    return tuple(view for _, _, view in sorted(found, key=lambda entry: entry[:2]))


def _lowest(graded: Sequence[Scored]) -> set[str]:
    """The last few of a class; in a small one those with less than `_LOW` of the points."""
    ordered = sorted(graded, key=lambda item: item.score.total)
    if len(ordered) <= 2 * _LOWEST:
        ordered = [item for item in ordered if item.score.total < _LOW * item.score.max_score]
    return {item.result.student_id for item in ordered[:_LOWEST]}


def _reasons(item: Scored, lowest: set[str]) -> Iterable[tuple[int, str]]:
    """Rank and words; a lower rank is graver."""
    result = item.result
    if result.problem:
        yield 0, "could not be graded: " + first_sentence(result.problem)
    if result.fault:
        yield 0, "grader fault: " + first_sentence(result.fault)
    faults = undecided(result, Verdict.GRADER_ERROR)
    if faults:
        yield 1, f"grader fault in {_named(faults)}"
    skipped = undecided(result, Verdict.SKIPPED)
    if skipped:
        yield 2, f"not decided: {_named(skipped)}"
    for left in result.left_out:
        if left.what == WHOLE_FILE:
            yield 3, f"{left.where}: {left.why}"
    for verdict in _STOPPED:
        stopped = [check for check in result.checks if check.verdict is verdict]
        if stopped:
            yield 3, f"{VERDICTS[verdict].word.lower()}: {_named(stopped)}"
    claims = [claim for check in result.checks for piece in check.evidence if isinstance(piece, Claims)
              for claim in piece.claims if claim.verdict == "implausible"]  # fmt: skip
    if claims:
        yield 4, "implausible: " + ", ".join(claim.label for claim in claims)
    conflicts = sum(len(piece.conflicts) for check in result.checks for piece in check.evidence
                    if isinstance(piece, Claims))  # fmt: skip
    if conflicts:
        yield 4, f"own figures contradict each other ({conflicts})"
    if result.student_id in lowest:
        yield 5, "among the lowest marks"


def undecided(result: SubmissionResult, verdict: Verdict) -> list[CheckResult]:
    """Checks of a verdict that nobody has decided about since."""
    in_force = result.in_force
    return [check for check in result.checks if check.verdict is verdict and check.check not in in_force]


def _named(checks: Sequence[CheckResult]) -> str:
    """One or two checks by title, more by their tasks."""
    if len(checks) <= 2:
        return ", ".join(check.title for check in checks)
    tasks = ", ".join(dict.fromkeys(check.task for check in checks))
    return f"{len(checks)} checks of {tasks}"


def report_link(result: SubmissionResult, room: Literal["students", "instructor"]) -> str:
    """Where a report lies beside the class page, without its suffix; only the instructor's has tracebacks."""
    return f"{room}/{quote(result.student_id, safe='')}/report"
