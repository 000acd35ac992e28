"""What the due date means: to the second, in every zone, and adding up with the total."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment import Assignment, parse_assignment
from grader.errors import GraderError
from grader.policy.late import LatePolicy, judge_lateness
from grader.report.lateness import say_late, say_penalty, say_policy
from grader.results import Adjustment, HandedIn, Platform, SubmissionResult
from grader.scoring import score_submission
from tests.unit.builders import make_check, make_result
from tests.unit.test_assignment import GOOD

DUE = datetime(2027, 2, 1, 17, tzinfo=UTC)
DAILY = LatePolicy(due=DUE, percent_per_day=10, grace_minutes=15, cap_percent=50, reject_after_days=7)
STEPS = LatePolicy.model_validate(
    {"due": DUE, "steps": [{"after_hours": 0, "percent": 5}, {"after_hours": 24, "percent": 25}]}
)


def handed(late_by: timedelta, **more: object) -> HandedIn:
    return HandedIn.model_validate({"submitted": (DUE + late_by).isoformat(), **more})


def assignment(late: str) -> Assignment:
    return parse_assignment(f"{GOOD}\n[late]\n{late}\n", "assignment.toml")


def result(handed_in: HandedIn | None, *adjustments: Adjustment) -> SubmissionResult:
    made = make_result("s", make_check("x", "a"), make_check("y", "b", points=4, score=2))
    return made.model_copy(update={"handed_in": handed_in, "adjustments": adjustments})


def decide(check: str, points: float) -> Adjustment:
    return Adjustment(check=check, points=points, who="w", at="2027-02-03T10:00:00+00:00", why="y")


@pytest.mark.parametrize(
    ("late_by", "rule", "percent"),
    [
        (timedelta(days=-1), "in time", 0),
        (timedelta(), "in time", 0),
        (timedelta(seconds=1), "grace", 0),
        (timedelta(minutes=15), "grace", 0),
        (timedelta(minutes=15, seconds=1), "late", 10),
        (timedelta(days=1), "late", 10),
        (timedelta(days=1, seconds=1), "late", 20),
        (timedelta(days=6), "late", 50),
        (timedelta(days=7), "late", 50),
        (timedelta(days=7, seconds=1), "rejected", 100),
    ],
)
def test_each_day_begun(late_by: timedelta, rule: str, percent: float) -> None:
    """Grace, days, cap and end, each at its edge."""
    found = judge_lateness(DAILY, handed(late_by))
    assert (found.rule, found.percent) == (rule, percent)


@pytest.mark.parametrize(("hours", "percent"), [(0, 0), (0.01, 5), (24, 5), (24.01, 25), (999, 25)])
def test_a_table_of_hours(hours: float, percent: float) -> None:
    """The last step that was passed counts."""
    assert judge_lateness(STEPS, handed(timedelta(hours=hours))).percent == percent


def test_an_extension_moves_the_due_date() -> None:
    """By parts of days too; grace and days count from there."""
    found = judge_lateness(DAILY, handed(timedelta(days=2, minutes=20), extension_days=1.5))
    assert (found.rule, found.days, found.due) == ("late", 1, DUE + timedelta(days=1.5))
    assert judge_lateness(DAILY, handed(timedelta(days=1.5), extension_days=1.5)).rule == "in time"


def test_times_without_a_zone_are_read_in_the_policys() -> None:
    """Blackboard's are the server's; that of `due` stands for it unless one is named."""
    naive = HandedIn(platform=Platform.BLACKBOARD, submitted="2027-07-01T18:30:00")
    due = datetime(2027, 7, 1, 18)
    assert judge_lateness(LatePolicy(due=due, timezone="Europe/Dublin"), naive).seconds == 1800
    assert judge_lateness(LatePolicy(due=due.replace(tzinfo=UTC)), naive).seconds == 1800
    # 18:00 in Dublin is 17:00 UTC in summer.
    aware = HandedIn(submitted="2027-07-01T17:30:00+00:00")
    assert judge_lateness(LatePolicy(due=due, timezone="Europe/Dublin"), aware).seconds == 1800


def test_a_day_on_which_clocks_change_has_24_hours() -> None:
    """Lateness is time that passed, not what the clock on the wall says."""
    policy = LatePolicy(due=datetime(2027, 3, 27, 17), timezone="Europe/Dublin", percent_per_day=10)
    found = judge_lateness(policy, HandedIn(submitted="2027-03-28T17:30:00"))
    assert (found.seconds, found.days) == (23.5 * 3600, 1)


@pytest.mark.parametrize(
    ("known", "rule", "percent"),
    [
        (None, "unknown", 0),
        (HandedIn(), "unknown", 0),
        (HandedIn(late=False), "in time", 0),
        (HandedIn(late=True), "marked", 30),
        (HandedIn(late=True, extension_days=2), "unknown", 0),
        (handed(timedelta(days=1, hours=3), late=False), "late", 20),
    ],
)
def test_what_is_done_where_no_time_is_known(known: HandedIn | None, rule: str, percent: float) -> None:
    """A marker alone costs what the policy says of it; nothing known costs nothing; a time beats a marker."""
    found = judge_lateness(DAILY.model_copy(update={"marked_percent": 30}), known)
    assert (found.rule, found.percent) == (rule, percent)


@pytest.mark.parametrize(
    ("late", "complaint"),
    [
        ("due = 2027-02-01", "give the time as well"),
        ("due = 2027-02-01T17:00:00", "needs an offset"),
        ('due = 2027-02-01T17:00:00\ntimezone = "Dublin"', "is no time zone"),
        ('due = 2027-02-01T17:00:00\ntimezone = "../etc/passwd"', "is no time zone"),
        ("due = 2027-02-01T17:00:00Z\npercent_per_day = 101", "less than or equal to 100"),
        ("due = 2027-02-01T17:00:00Z\npercent = 10", "percent"),
        (
            "due = 2027-02-01T17:00:00Z\npercent_per_day = 1\nsteps = [{ after_hours = 0, percent = 5 }]",
            "not both",
        ),
        (
            "due = 2027-02-01T17:00:00Z\n"
            "steps = [{ after_hours = 9, percent = 5 }, { after_hours = 9, percent = 6 }]",
            "must rise",
        ),
    ],
)
def test_mistakes_in_the_file_are_told(late: str, complaint: str) -> None:
    """With the key, before anything is graded."""
    with pytest.raises(GraderError, match=complaint):
        assignment(late)


def test_the_penalty_is_on_what_was_earned_and_comes_before_points_by_hand() -> None:
    """A check decided by hand is earned; points on the total are a decision about all of it."""
    rules = assignment("due = 2027-02-01T17:00:00Z\npercent_per_day = 10")
    late = handed(timedelta(days=1, hours=3))
    score = score_submission(result(late), rules)
    assert (score.earned, score.penalty, score.total) == (5, 1, 4)
    score = score_submission(result(late, decide("y", 4)), rules)
    assert (score.earned, score.penalty, score.total) == (7, 1.4, 5.6)
    score = score_submission(result(late, decide("", 1)), rules)
    assert (score.earned, score.penalty, score.added, score.total) == (5, 1, 1, 5)
    assert score_submission(result(late), rules.without_policy).total == 5


@given(
    st.floats(0, 3),
    st.floats(0, 4),
    st.one_of(st.none(), st.floats(-8, 8)),
    st.timedeltas(timedelta(days=-2), timedelta(days=20)),
    st.floats(0, 5),
)
def test_total_is_earned_less_penalty_plus_added(
    one: float, two: float, added: float | None, late_by: timedelta, extension: float
) -> None:
    """Whatever happens: within the maximum, and never more for being later."""
    rules = assignment("due = 2027-02-01T17:00:00Z\npercent_per_day = 10\nreject_after_days = 9")
    made = make_result("s", make_check("x", "a", score=one), make_check("y", "b", points=4, score=two))
    decided = (decide("", added),) if added is not None else ()
    made = made.model_copy(update={"adjustments": decided})

    def scored(by: timedelta) -> float:
        known = handed(by, extension_days=extension)
        score = score_submission(made.model_copy(update={"handed_in": known}), rules)
        due = min(max(score.earned - score.penalty + score.added, 0), score.max_score)
        assert score.total == pytest.approx(due, abs=1e-3)
        assert 0 <= score.penalty <= score.earned
        return score.total

    assert scored(late_by) >= scored(late_by + timedelta(hours=30))


def words(policy: str, known: HandedIn | None, audience: str = "student") -> str:
    rules = assignment(policy)
    score = score_submission(result(known), rules)
    notices = say_policy(score, rules, known, audience)  # type: ignore[arg-type]
    return " ".join(f"{notice.title}. {notice.text}" for notice in notices).replace("\u202f", " ")


def test_the_words_show_the_sum() -> None:
    """How late, by which rule, and what of what."""
    daily = "due = 2027-02-01T17:00:00Z\npercent_per_day = 10\ngrace_minutes = 15\nreject_after_days = 5"
    late = handed(timedelta(days=1, hours=3))
    assert words(daily, late) == (
        "Handed in late: −1 point. Handed in 1 day 3 hours after the due date, 2027-02-01 17:00 UTC; "
        "10 % for each day begun (2 days): 20 % of 5 points = −1."
    )
    assert "at most 15 %: 15 % of 5 points = −0.75" in words(f"{daily}\ncap_percent = 15", late)
    assert words(daily, handed(timedelta(minutes=5))) == (
        "A little late. Handed in 5 minutes after the due date, 2027-02-01 17:00 UTC, within the 15 minutes "
        "of grace: nothing is taken off."
    )
    assert "after 5 days nothing counts: 100 % of 5 points = −5" in words(daily, handed(timedelta(days=6)))
    extended = words(daily, handed(timedelta(days=3), extension_days=2))
    assert (
        "2027-02-03 17:00 UTC, which has 2 days of extension in it; 10 % for each day begun (1 day)"
        in extended
    )
    steps = "due = 2027-02-01T18:00:00+01:00\nsteps = [{ after_hours = 2, percent = 5 }]"
    assert "nothing is taken off for that" in words(steps, handed(timedelta(hours=1)))
    assert "UTC+01:00; 5 % after 2 hours: 5 % of 5 points = −0.25" in words(steps, handed(timedelta(hours=3)))


def test_the_words_where_no_time_is_known() -> None:
    """The student reads what a marker means; that nothing is known is for the instructor."""
    due = "due = 2027-02-01T17:00:00Z"
    canvas = HandedIn(platform=Platform.CANVAS, late=True)
    assert "Canvas marks this as late and does not say when" in words(due, canvas)
    assert "Nothing was taken off" in words(due, canvas)
    assert "In that case 10 % of 5 points = −0.5" in words(f"{due}\nmarked_percent = 10", canvas)
    assert words(due, None) == ""
    assert "counts as in time" in words(due, None, "instructor")


def test_short_words_for_tables() -> None:
    """And beside the total."""
    rules = assignment("due = 2027-02-01T17:00:00Z\npercent_per_day = 10\nreject_after_days = 5")
    scores = [score_submission(result(handed(timedelta(days=days))), rules) for days in (0, 2, 9)]
    assert [say_late(score) for score in scores] == ["", "late, −20\u202f%", "too late"]
    assert [say_penalty(score) for score in scores][:2] == ["", "5 points earned, −1 for lateness."]
