"""What the due date means for one submission, from the policy and from what is known of the time."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from grader.evidence import Frozen
from grader.results import HandedIn

_DAY = timedelta(days=1)


class Step(Frozen):
    """More than `after_hours` late costs `percent` of the points."""

    after_hours: float = Field(ge=0)
    percent: float = Field(ge=0, le=100)


class LatePolicy(Frozen):
    """`[late]` of assignment.toml; percentages are of the points that the student earned.

    `due` has an offset, or `timezone` names the zone it is in (as "Europe/Dublin"), where times without
    an offset are read in any case. Within `grace_minutes` nothing is taken off; after that lateness counts
    from the due date. `percent_per_day` is for each day begun; `steps` are a table in place of it. No
    more than `cap_percent` is taken, but everything after `reject_after_days`. `marked_percent` is for
    those whom the platform marks as late without a time.
    """

    due: datetime
    timezone: str = ""
    grace_minutes: float = Field(default=0, ge=0)
    percent_per_day: float = Field(default=0, ge=0, le=100)
    steps: tuple[Step, ...] = ()
    cap_percent: float = Field(default=100, ge=0, le=100)
    reject_after_days: float | None = Field(default=None, gt=0)
    marked_percent: float = Field(default=0, ge=0, le=100)

    @field_validator("due", mode="before")
    @classmethod
    def _has_a_time(cls, value: object) -> object:
        if isinstance(value, date) and not isinstance(value, datetime):
            raise ValueError("give the time as well, as 2027-02-01T17:00:00+00:00")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.timezone:
            try:
                ZoneInfo(self.timezone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(f'"{self.timezone}" is no time zone; write it as "Europe/Dublin"') from None
        elif self.due.tzinfo is None:
            raise ValueError(
                'due needs an offset, as 2027-02-01T17:00:00+00:00, or timezone = "Europe/Dublin"'
            )
        if self.percent_per_day and self.steps:
            raise ValueError("give percent_per_day or steps, not both")
        hours = [step.after_hours for step in self.steps]
        percents = [step.percent for step in self.steps]
        if hours != sorted(set(hours)) or percents != sorted(percents):
            raise ValueError("steps must rise, in hours and in percent")
        return self

    @property
    def zone(self) -> tzinfo:
        """Where times without an offset are read, and all times are told."""
        zone = ZoneInfo(self.timezone) if self.timezone else self.due.tzinfo
        assert zone is not None, "validated"
        return zone

    def at(self, time: datetime) -> datetime:
        """`time` in the policy's zone."""
        return time.replace(tzinfo=self.zone) if time.tzinfo is None else time.astimezone(self.zone)


class Lateness(Frozen):
    """What comes of it: `percent` of the earned points are taken off.

    `due` is the student's own due date, `extension_days` later than the class's. `seconds` is how long
    after it the work was handed in, 0 for in time; `days` are the days begun. "marked" is late by the
    platform's marker alone; "unknown" is neither a time nor a marker.
    """

    rule: Literal["in time", "grace", "late", "rejected", "marked", "unknown"]
    due: datetime
    submitted: datetime | None = None
    extension_days: float = 0
    seconds: float = 0
    days: int = 0
    percent: float = 0


def judge_lateness(policy: LatePolicy, handed: HandedIn | None) -> Lateness:
    """An extension moves the due date; a marker says nothing of somebody who has one."""
    handed = handed or HandedIn()
    extension = timedelta(days=handed.extension_days)
    verdict = Lateness(
        rule="unknown", due=policy.at(policy.due) + extension, extension_days=handed.extension_days
    )
    if not handed.submitted:
        if handed.late is None or (handed.late and extension):
            return verdict
        percent = min(policy.marked_percent, policy.cap_percent) if handed.late else 0
        return verdict.model_copy(update={"rule": "marked" if handed.late else "in time", "percent": percent})
    submitted = policy.at(datetime.fromisoformat(handed.submitted))
    # In UTC, because Python subtracts times of one zone by the clock on the wall.
    late = submitted.astimezone(UTC) - verdict.due.astimezone(UTC)
    found: dict[str, object] = {"submitted": submitted, "rule": "in time"}
    if late > timedelta():
        found |= {"seconds": late.total_seconds(), "days": math.ceil(late / _DAY)}
        found |= _price(policy, late)
    return verdict.model_copy(update=found)


def _price(policy: LatePolicy, late: timedelta) -> dict[str, object]:
    if late <= timedelta(minutes=policy.grace_minutes):
        return {"rule": "grace"}
    if policy.reject_after_days is not None and late > policy.reject_after_days * _DAY:
        return {"rule": "rejected", "percent": 100.0}
    percent = policy.percent_per_day * math.ceil(late / _DAY)
    for step in policy.steps:
        if late > timedelta(hours=step.after_hours):
            percent = step.percent
    return {"rule": "late", "percent": min(percent, policy.cap_percent)}
