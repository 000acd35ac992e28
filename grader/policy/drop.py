"""Which tasks or checks of a submission do not count, by the rules of the assignment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self, TypeVar

from pydantic import Field, model_validator

from grader.errors import GraderError
from grader.evidence import Frozen
from grader.results import CheckResult

Item = TypeVar("Item")


class DropRule(Frozen):
    """`[[drop]]` of assignment.toml: the `lowest` of these tasks (or of these checks) do not count.

    They are worth the same, so that everybody's maximum is the same.
    """

    lowest: int = Field(default=1, ge=1)
    tasks: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _leaves_some(self) -> Self:
        names = self.tasks or self.checks
        if bool(self.tasks) == bool(self.checks):
            raise ValueError("give tasks = [...] or checks = [...]")
        if len(set(names)) < len(names) or self.lowest >= len(names):
            raise ValueError(
                f"lowest = {self.lowest} of {len(names)} different names leaves none that counts"
            )
        return self


def drop_checks(checks: Sequence[CheckResult], rules: Sequence[DropRule]) -> tuple[CheckResult, ...]:
    """Those that do not count. One that nobody has decided yet may still be worth all its points.

    Raises GraderError where checks of one rule are worth different points.
    """
    dropped: list[CheckResult] = []
    for rule in rules:
        named = [check for check in checks if check.check in rule.checks]
        points = {check.points for check in named}
        if len(points) > 1:
            raise GraderError(
                f"assignment.toml, drop: {', '.join(check.check for check in named)} are worth "
                f"{', '.join(f'{value:g}' for value in sorted(points))} points.",
                hint="Name checks of equal points in one rule, then run `grader report`.",
            )
        dropped += lowest(named, rule.lowest, _worth)
    return tuple(dropped)


def lowest(items: Sequence[Item], count: int, worth: Callable[[Item], float]) -> list[Item]:
    """The `count` that are worth least, the first of equal ones; never all."""
    return sorted(items, key=worth)[: min(count, max(len(items) - 1, 0))]


def _worth(check: CheckResult) -> float:
    return check.points if check.score is None else check.score
