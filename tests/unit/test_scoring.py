"""Adding up: points are never invented and never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.assignment import parse_assignment
from grader.results import Verdict
from grader.scoring import score_submission
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
