"""What lateness costs and what does not count, in words that show the sum."""

from __future__ import annotations

from datetime import datetime

from grader.assignment import Assignment
from grader.policy.late import Lateness, LatePolicy
from grader.report.adjusted import say_added
from grader.report.view import Audience, Notice
from grader.report.words import count, decimals_for, number, plain_number, points
from grader.results import HandedIn, Platform, SubmissionResult, Tier
from grader.scoring import SubmissionScore


def say_changes(
    result: SubmissionResult, score: SubmissionScore, assignment: Assignment, audience: Audience
) -> tuple[Notice, ...]:
    """At the top of the page: what stands between the tasks and the total. Nothing where nothing does."""
    rules = result.checks and result.environment.tier is not Tier.PLAIN
    policy = say_policy(score, assignment, result.handed_in, audience) if rules else ()
    return (*policy, *say_added(result, audience))


def say_policy(
    score: SubmissionScore, assignment: Assignment, handed: HandedIn | None, audience: Audience
) -> tuple[Notice, ...]:
    """Nothing where everything counts and came in time."""
    notices = []
    if score.dropped:
        named = ", ".join(f"{item.title} ({_of(item.score, item.points)})" for item in score.dropped)
        text = f"The lowest are left out by the rules of this assignment: {named}."
        one = len(score.dropped) == 1
        title = "One of the marks below does" if one else f"{len(score.dropped)} of the marks below do"
        notices.append(Notice("info", f"{title} not count", text))
    if score.lateness is not None and assignment.late is not None:
        platform = handed.platform if handed else Platform.PLAIN
        notices += _say_lateness(score, score.lateness, assignment.late, platform, audience)
    return tuple(notices)


def say_penalty(score: SubmissionScore) -> str:
    """Beside the total: how it comes about. Nothing where nothing was taken off."""
    if not score.penalty:
        return ""
    return f"{points(score.earned)} earned, {_minus(score.penalty)} for lateness."


def say_late(score: SubmissionScore) -> str:
    """One short phrase for tables, nothing for those in time."""
    late = score.lateness
    if late is None or late.rule in ("in time", "grace", "unknown"):
        return ""
    if late.rule == "rejected":
        return "too late"
    return f"late, −{_percent(late.percent)}" if late.percent else "late"


def _say_lateness(
    score: SubmissionScore, late: Lateness, policy: LatePolicy, platform: Platform, audience: Audience
) -> list[Notice]:
    cost = f"{_percent(late.percent)} of {points(score.earned)} = {_minus(score.penalty)}"
    title = f"Handed in late: {_minus(score.penalty)} {'point' if score.penalty == 1 else 'points'}"
    when = f"{_say_delay(late)} after {_say_due(late)}"
    if late.rule == "late":
        return [Notice("warn", title, f"Handed in {when}; {_say_rate(late, policy)}: {cost}.")]
    if late.rule == "rejected":
        limit = _days(policy.reject_after_days or 0)
        return [Notice("bad", title, f"Handed in {when}; after {limit} nothing counts: {cost}.")]
    if late.rule == "grace":
        text = (
            f"Handed in {when}, within the {_minutes(policy.grace_minutes)} of grace: nothing is taken off."
        )
        return [Notice("info", "A little late", text)]
    if late.rule == "marked":
        said = f"{platform.label} marks this as late and does not say when it was handed in"
        if late.percent:
            return [Notice("warn", title, f"{said}. In that case {cost}.")]
        return [Notice("info", "Late", f"{said}. Nothing was taken off; your instructor may still decide.")]
    if late.rule == "unknown" and audience == "instructor":
        text = (
            "Neither the submission nor the roster says when it was handed in; it counts as in time. "
            'A column "submitted" in the roster says it.'
        )
        return [Notice("info", "Time not known", text)]
    return []


def _say_rate(late: Lateness, policy: LatePolicy) -> str:
    if policy.percent_per_day:
        said = f"{_percent(policy.percent_per_day)} for each day begun ({count(late.days, 'day', 'days')})"
        capped = policy.percent_per_day * late.days > late.percent
    else:
        passed = [step for step in policy.steps if late.seconds > step.after_hours * 3600]
        if not passed:
            return "nothing is taken off for that"
        said = f"{_percent(passed[-1].percent)} after {plain_number(passed[-1].after_hours)} hours"
        capped = passed[-1].percent > late.percent
    return f"{said}, at most {_percent(policy.cap_percent)}" if capped else said


def _say_due(late: Lateness) -> str:
    due = _when(late.due)
    if late.extension_days:
        return f"the due date, {due}, which has {_days(late.extension_days)} of extension in it"
    return f"the due date, {due}"


def _when(time: datetime) -> str:
    """2027-02-01 17:00 UTC+01:00"""
    zone = time.strftime("%z")
    offset = "" if zone in ("+0000", "") else f"{zone[:3]}:{zone[3:5]}"
    return f"{time:%Y-%m-%d %H:%M} UTC{offset}"


def _say_delay(late: Lateness) -> str:
    """1 day 3 hours; 12 minutes; 40 seconds."""
    seconds = int(late.seconds)
    parts = [
        count(seconds // 86_400, "day", "days"),
        count(seconds // 3_600 % 24, "hour", "hours"),
        count(seconds // 60 % 60, "minute", "minutes"),
    ]
    told = [part for part in parts if part]
    return " ".join(told[:2]) or count(max(seconds, 1), "second", "seconds")


def _of(score: float, most: float) -> str:
    return f"{number(score, decimals_for([score]))} of {points(most)}"


def _minus(value: float) -> str:
    return number(-value, decimals_for([value]))


def _percent(value: float) -> str:
    return f"{plain_number(value)}\u202f%"


def _days(value: float) -> str:
    return f"{plain_number(value)} {'day' if value == 1 else 'days'}"


def _minutes(value: float) -> str:
    return f"{plain_number(value)} {'minute' if value == 1 else 'minutes'}"
