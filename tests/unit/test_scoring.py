"""Adding up: points are never invented and never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.assignment import parse_assignment
from grader.results import Adjustment, SubmissionResult, Verdict
from grader.scoring import score_submission, settle_checks
from tests.unit.builders import make_check, make_result
from tests.unit.test_assignment import GOOD

TINY = parse_assignment(GOOD, "assignment.toml")


def test_sums_by_task() -> None:
    """A task's score is the sum of its checks' scores."""
    result = make_result("s", make_check("x", "a"), make_check("y", "b", points=4, score=1))
    score = score_submission(result, TINY)
    assert [task.score for task in score.tasks] == [3, 1]
    assert (score.total, score.max_score, score.unscored, score.complete) == (4, 7, 0, True)


def test_a_fault_of_ours_is_unscored_and_not_zero() -> None:
    """Points of a GRADER_ERROR are neither earned nor lost: the mark is not complete."""
    broken = make_check("y", "b", points=4, verdict=Verdict.GRADER_ERROR, score=None)
    score = score_submission(make_result("s", make_check("x", "a"), broken), TINY)
    assert (score.total, score.unscored, score.complete) == (3, 4, False)


def test_a_problem_leaves_everything_unscored() -> None:
    """What is no submission has no mark, not a zero."""
    score = score_submission(make_result("s", problem="a screenshot"), TINY)
    assert (score.unscored, score.complete) == (7, False)


@given(st.lists(st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0])), min_size=2, max_size=2))
def test_score_and_unscored_never_exceed_the_points(fractions: list[float | None]) -> None:
    """Whatever the outcomes, score + unscored stays within the maximum."""
    checks = [
        make_check(task.id, task.id, points=task.points, score=None if f is None else f * task.points)
        for task, f in zip(TINY.tasks, fractions, strict=True)
    ]
    score = score_submission(make_result("s", *checks), TINY)
    assert 0 <= score.total + score.unscored <= score.max_score


def adjust(result: SubmissionResult, *decided: tuple[str, float | None]) -> SubmissionResult:
    items = tuple(
        Adjustment(check=check, points=points, who="m", at="2026-01-02T03:04:05+00:00", why="seen")
        for check, points in decided
    )
    return result.model_copy(update={"adjustments": items})


def test_the_latest_adjustment_takes_the_place_of_a_score() -> None:
    """Until it is withdrawn; what the check gave stays in the result."""
    result = make_result("s", make_check("x", "a", score=1), make_check("y", "b", points=4, score=None))
    adjusted = adjust(result, ("x", 3), ("y", 1), ("x", 2))
    score = score_submission(adjusted, TINY)
    assert (score.total, score.unscored) == (3, 0)
    assert [check.score for check in settle_checks(adjusted)] == [2, 1]
    assert [check.score for check in adjusted.checks] == [1, None]
    withdrawn = adjust(result, ("x", 3), ("y", 1), ("x", None))
    assert score_submission(withdrawn, TINY).total == 2


def test_a_score_never_exceeds_the_points_that_a_check_has_now() -> None:
    """A check that came to be worth less gives less, and one that is gone gives nothing."""
    adjusted = adjust(make_result("s", make_check("x", "a", points=2, score=0)), ("x", 3), ("gone", 5))
    assert score_submission(adjusted, TINY).total == 2


def test_points_on_the_total() -> None:
    """Added or taken between 0 and the maximum; tasks stay as they are."""
    result = make_result("s", make_check("x", "a", score=3), make_check("y", "b", points=4, score=1))
    for added, total in ((-1.5, 2.5), (2, 6), (-9, 0), (9, 7)):
        score = score_submission(adjust(result, ("", added)), TINY)
        assert (score.total, score.added) == (total, added)
        assert [task.score for task in score.tasks] == [3, 1]


def test_nothing_is_added_where_nothing_was_graded() -> None:
    """What is no submission has no total to add to."""
    score = score_submission(adjust(make_result("s", problem="a screenshot"), ("", 5)), TINY)
    assert (score.total, score.added) == (0, 0)
