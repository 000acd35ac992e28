"""What can be decided by hand, and how it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.commands.adjust import Wish, refuse_impossible
from grader.errors import UsageError
from grader.results import Adjustment
from tests.unit.builders import make_check, make_result

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def test_a_wish_becomes_a_decision() -> None:
    """About a check, about the total, or taking one back; zero is a number like others."""
    made = [
        Wish(check="x", score=0, why=" y ", who="m").settle(NOW),
        Wish(points=-2.5, why="y", who="m").settle(NOW),
        Wish(check="x", withdraw=True, why="y", who="m").settle(NOW),
        Wish(withdraw=True, why="y", who="m").settle(NOW),
    ]
    assert [(item.check, item.points) for item in made] == [("x", 0), ("", -2.5), ("x", None), ("", None)]
    assert {(item.who, item.why, item.at) for item in made} == {("m", "y", "2026-01-02T03:04:05+00:00")}
    assert Wish(check="x", score=0, why="y").settle(NOW).who


@pytest.mark.parametrize(
    "wish",
    [
        Wish(check="x"),
        Wish(score=1.0),
        Wish(check="x", points=1.0),
        Wish(check="x", points=0.0),
        Wish(check="x", score=1.0, points=1.0),
        Wish(check="x", score=1.0, withdraw=True),
        Wish(points=1.0, withdraw=True),
    ],
)
def test_words_that_do_not_go_together(wish: Wish) -> None:
    """The message shows the ways that there are."""
    assert not wish.only_to_look
    with pytest.raises(UsageError, match="not clear what was decided"):
        wish.settle(NOW)


@pytest.mark.parametrize(
    ("why", "who"), [("", "m"), (" \n", "m"), ("y", " "), ("y" * 2001, "m"), ("y", "m" * 101)]
)
def test_every_decision_has_a_reason_and_a_name(why: str, who: str) -> None:
    """Neither empty nor a novel."""
    with pytest.raises(UsageError, match="Every decision needs"):
        Wish(points=1.0, why=why, who=who).settle(NOW)


def item(check: str, points: float | None) -> Adjustment:
    return Adjustment(check=check, points=points, who="m", at="2026-01-02T03:04:05+00:00", why="y")


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        (item("test_it", 3.5), "worth 0 to 3 points, not 3.5"),
        (item("test_it", -0.5), "worth 0 to 3 points, not -0.5"),
        (item("test_it", float("nan")), "no number of points"),
        (item("", float("inf")), "no number of points"),
        (item("test_that", 1), 'has no check "test_that"'),
        (item("test_it", None), "Nothing is decided about test_it of a"),
        (item("", None), "Nothing is decided about the total of a"),
    ],
)
def test_what_cannot_be(decided: Adjustment, words: str) -> None:
    """Points that a check does not have, checks that are not there, decisions that were never made."""
    with pytest.raises(UsageError, match=words):
        refuse_impossible(make_result("a", make_check()), decided)


def test_what_can_be() -> None:
    """All points or none, any number on the total, and taking back what is in force."""
    result = make_result("a", make_check())
    for decided in (item("test_it", 0), item("test_it", 3), item("", -100)):
        refuse_impossible(result, decided)
        refuse_impossible(result.model_copy(update={"adjustments": (decided,)}), item(decided.check, None))
    gone = result.model_copy(update={"adjustments": (item("test_gone", 1),)})
    refuse_impossible(gone, item("test_gone", None))


def test_nothing_can_be_given_where_nothing_was_graded() -> None:
    """The way is to hand in something that can be."""
    with pytest.raises(UsageError, match="could not be graded"):
        refuse_impossible(make_result("a", problem="a screenshot"), item("", 5))
