"""Two results of one submission: what differs, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.results import CheckResult, SubmissionResult
from grader.scoring import settle_check

ONLY_BEFORE, ONLY_AFTER = "only in the first", "only in the second"
NOT_RECORDED = "chance or time"
"""Why nothing that is recorded differs and the outcome does: time limits, or what code makes of chance."""


@dataclass(frozen=True)
class CheckChange:
    """A check with the scores that count; one side is None where there is no such check."""

    before: CheckResult | None
    after: CheckResult | None
    why: tuple[str, ...]

    @property
    def name(self) -> str:
        check = self.before or self.after
        assert check is not None, "a change has at least one side"
        return check.check


@dataclass(frozen=True)
class StudentChange:
    """Totals are None where there is no mark; `why` is everything that moved something."""

    student_id: str
    before: float | None
    after: float | None
    why: tuple[str, ...]
    checks: tuple[CheckChange, ...] = ()


@dataclass(frozen=True)
class Side:
    """A result and its total, of which `late_percent` of the earned points were taken off."""

    result: SubmissionResult
    total: float
    late_percent: float = 0.0

    @property
    def mark(self) -> float | None:
        return self.total if self.result.checks else None


def compare(before: Side | None, after: Side | None) -> StudentChange | None:
    """What differs of totals, scores, verdicts and feedback; None for nothing."""
    if before is None or after is None:
        return _one_sided(before, after)
    checks = tuple(_changes(before.result, after.result))
    if not checks and before.mark == after.mark and _state(before.result) == _state(after.result):
        return None
    causes = [cause for change in checks for cause in change.why]
    causes += _of_the_total(before, after)
    if _state(before.result) != _state(after.result):
        causes += _circumstances(before.result, after.result)
    why = tuple(dict.fromkeys(causes or [NOT_RECORDED]))
    return StudentChange(before.result.student_id, before.mark, after.mark, why, checks)


def _of_the_total(before: Side, after: Side) -> Iterator[str]:
    """What moves a total and no check."""
    if _decided(before.result, "") != _decided(after.result, ""):
        yield "adjustment"
    if _marks(before.result) != _marks(after.result):
        yield "marks of answers"
    if before.late_percent != after.late_percent:
        yield "lateness"


def _one_sided(before: Side | None, after: Side | None) -> StudentChange | None:
    if before is not None:
        return StudentChange(before.result.student_id, before.mark, None, (ONLY_BEFORE,))
    return StudentChange(after.result.student_id, None, after.mark, (ONLY_AFTER,)) if after else None


def _changes(before: SubmissionResult, after: SubmissionResult) -> Iterator[CheckChange]:
    earlier = {check.check: check for check in before.checks}
    later = {check.check: check for check in after.checks}
    if not earlier or not later:
        return
    for name in dict.fromkeys([*later, *earlier]):
        one, other = earlier.get(name), later.get(name)
        old, new = _settled(before, one), _settled(after, other)
        if _outcome(old) != _outcome(new):
            yield CheckChange(old, new, tuple(_causes(before, after, one, other)))


def _causes(
    before: SubmissionResult, after: SubmissionResult, one: CheckResult | None, other: CheckResult | None
) -> Iterator[str]:
    """Every recorded difference that may have moved a check; none of them is known to have."""
    if one is None or other is None:
        yield "new check" if one is None else "check removed"
        return
    adjusted = _decided(before, one.check) != _decided(after, one.check)
    if _outcome(one) != _outcome(other):
        causes = _circumstances(before, after)
        known = bool(one.digest and other.digest)
        changed = one.digest != other.digest if known else before.checks_digest != after.checks_digest
        causes += ["check changed"] if changed else []
        yield from causes or ([] if adjusted else [NOT_RECORDED])
    if adjusted:
        yield "adjustment"


def _circumstances(before: SubmissionResult, after: SubmissionResult) -> list[str]:
    one, other = before.environment, after.environment
    differ = {
        "submission changed": before.digest != after.digest,
        "other seed": one.seed != other.seed,
        f"tier {one.tier} to {other.tier}": one.tier is not other.tier,
        "other data": one.dataset != other.dataset,
        "other versions": one.versions != other.versions,
    }
    return [cause for cause, holds in differ.items() if holds]


def _state(result: SubmissionResult) -> tuple[str, str]:
    return result.problem, result.fault


def _decided(result: SubmissionResult, check: str) -> float | None:
    item = result.in_force.get(check)
    return None if item is None else item.points


def _marks(result: SubmissionResult) -> dict[str, float | None]:
    return {answer: item.points for answer, item in result.marks.items()}


def _settled(result: SubmissionResult, check: CheckResult | None) -> CheckResult | None:
    return check and settle_check(check, result.in_force.get(check.check))


def _outcome(check: CheckResult | None) -> tuple[object, ...]:
    return () if check is None else (check.verdict, check.score, check.points, check.feedback)
