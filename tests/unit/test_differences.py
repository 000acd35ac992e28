"""What differs between two results, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.differences import NOT_RECORDED, ONLY_AFTER, ONLY_BEFORE, Side, StudentChange, compare
from grader.results import ANSWER, Adjustment, CheckResult, SubmissionResult, Tier, Verdict
from tests.unit.builders import make_check, make_result


def check(name: str, score: float | None = 3, digest: str = "1", **changes: object) -> CheckResult:
    verdict = Verdict.PASSED if score == 3 else Verdict.SKIPPED if score is None else Verdict.FAILED
    return make_check(name, verdict=verdict, score=score).model_copy(update={"digest": digest, **changes})


def side(*checks: CheckResult, **changes: object) -> Side:
    result = make_result("s", *checks).model_copy(update=changes)
    environment = {
        key: value for key, value in changes.items() if key in type(result.environment).model_fields
    }
    result = result.model_copy(update={"environment": result.environment.model_copy(update=environment)})
    return Side(result, sum(item.score or 0 for item in checks))


def decided(points: float | None, check: str = "x") -> tuple[Adjustment, ...]:
    return (Adjustment(check=check, points=points, who="m", at="2026-01-02T03:04:05+00:00", why="y"),)


def why(change: StudentChange | None) -> dict[str, tuple[str, ...]]:
    assert change is not None
    return {item.name: item.why for item in change.checks}


def test_equal_marks_do_not_differ() -> None:
    """Whatever else does: seed, digests, who decided."""
    before = side(check("x"), check("y", 1))
    assert compare(before, before) is None
    assert compare(before, side(check("x", digest="2"), check("y", 1), digest="e" * 64, seed=1)) is None
    assert compare(None, None) is None


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"digest": "e" * 64}, "submission changed"),
        ({"seed": 1}, "other seed"),
        ({"tier": Tier.T2}, "tier T1 to T2"),
        ({"versions": {"keras": "9"}}, "other versions"),
        ({"dataset": "cifar10"}, "other data"),
    ],
)
def test_circumstances(changes: dict[str, object], cause: str) -> None:
    """Told for the checks that came out otherwise."""
    change = compare(side(check("x"), check("y")), side(check("x", 1), check("y"), **changes))
    assert why(change) == {"x": (cause,)}
    assert change is not None
    assert (change.before, change.after, change.why) == (6, 4, (cause,))


def test_a_changed_check_is_told_apart() -> None:
    """From others of the same submission, which is unchanged; several causes are all told."""
    before = side(check("x"), check("y"))
    assert why(compare(before, side(check("x", 1, digest="2"), check("y")))) == {"x": ("check changed",)}
    both = compare(before, side(check("x", 1, digest="2"), check("y", 0), digest="e" * 64))
    assert why(both) == {"x": ("submission changed", "check changed"), "y": ("submission changed",)}
    assert both is not None
    assert both.why == ("submission changed", "check changed")


def test_where_checks_have_no_digests_those_of_the_whole_count() -> None:
    """As in gradebooks of the first version."""
    before = side(check("x", digest=""))
    assert why(compare(before, side(check("x", 1), checks_digest="e" * 64))) == {"x": ("check changed",)}
    assert why(compare(before, side(check("x", 1)))) == {"x": (NOT_RECORDED,)}


def test_nothing_recorded() -> None:
    """A check that depends on time comes out otherwise: no cause is made up."""
    assert why(compare(side(check("x")), side(check("x", 1)))) == {"x": (NOT_RECORDED,)}


@pytest.mark.parametrize(
    "after", [check("x", 3, points=4), check("x", 3, feedback="words"), check("x", None), check("x", 2)]
)
def test_points_words_and_verdicts_are_outcomes(after: CheckResult) -> None:
    """A change of any of them is one that a student sees."""
    assert set(why(compare(side(check("x")), side(after)))) == {"x"}


def test_adjustments_are_told_apart_from_what_checks_gave() -> None:
    """Given, changed or withdrawn; beside a check that changed as well both are told."""
    plain, given = side(check("x", 1)), side(check("x", 1), adjustments=decided(2))
    change = compare(plain, Side(given.result, 2))
    assert why(change) == {"x": ("adjustment",)}
    assert change is not None
    (item,) = change.checks
    assert (item.before and item.before.score, item.after and item.after.score) == (1, 2)
    assert why(compare(Side(given.result, 2), plain)) == {"x": ("adjustment",)}
    moved_below = side(check("x", 0, digest="2"), adjustments=decided(2))
    assert compare(Side(given.result, 2), Side(moved_below.result, 2)) is None, "the decision stands"
    changed = compare(plain, side(check("x", 0, digest="2"), adjustments=decided(2)))
    assert why(changed) == {"x": ("check changed", "adjustment")}
    withdrawn = side(check("x", 1), adjustments=(*decided(2), *decided(None)))
    assert compare(plain, withdrawn) is None


def test_points_on_the_total() -> None:
    """No check differs, the mark does."""
    change = compare(side(check("x")), Side(side(check("x"), adjustments=decided(-1, "")).result, 2))
    assert change == StudentChange("s", 3, 2, ("adjustment",))


def test_checks_that_came_or_went() -> None:
    """By name, with one side only."""
    change = compare(side(check("x"), check("gone")), side(check("x"), check("new", 1)))
    assert why(change) == {"new": ("new check",), "gone": ("check removed",)}


def test_students_of_one_side_only() -> None:
    """With the mark that there is."""
    assert compare(side(check("x")), None) == StudentChange("s", 3, None, (ONLY_BEFORE,))
    assert compare(None, side(check("x"))) == StudentChange("s", None, 3, (ONLY_AFTER,))


def test_what_could_not_be_graded_has_no_mark() -> None:
    """No mark is not a zero, and the checks of the other side are not listed one by one."""
    unreadable = Side(make_result("s", problem="a screenshot").model_copy(update={"digest": "e" * 64}), 0)
    assert compare(side(check("x")), unreadable) == StudentChange("s", 3, None, ("submission changed",))
    fault: SubmissionResult = make_result("s").model_copy(update={"fault": "TrainerGone"})
    assert compare(Side(fault, 0), side(check("x"))) == StudentChange("s", None, 3, (NOT_RECORDED,))


def test_what_moves_the_total_alone() -> None:
    """An extension, and an answer that was marked."""
    before = side(check("x"))
    late = compare(replace(before, total=1.5, late_percent=50), before)
    assert late == StudentChange("s", 1.5, 3, ("lateness",))
    marked = replace(side(check("x"), adjustments=decided(2, f"{ANSWER}why")), total=5)
    assert compare(before, marked) == StudentChange("s", 3, 5, ("marks of answers",))
