"""What is known of a submission whose result is not complete yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from grader.evidence import Frozen
from grader.models.tasks import TrainingTask
from grader.results import CheckResult
from grader.submission import Submission


class Draft(Frozen):
    """Results of the checks that have run, and the names of those that are still to run, each with the
    training runs that it has asked for: those that it waits for, and those that it will ask for again."""

    checks: tuple[CheckResult, ...] = ()
    waiting: dict[str, tuple[TrainingTask, ...]] = {}

    def taking(self, checks: tuple[CheckResult, ...], waiting: dict[str, tuple[TrainingTask, ...]]) -> Draft:
        """After one more pass over the submission."""
        merged = {check.check: check for check in (*self.checks, *checks)}
        asked = {name: (*self.waiting.get(name, ()), *tasks) for name, tasks in waiting.items()}
        distinct = {name: tuple(dict.fromkeys(tasks)) for name, tasks in asked.items()}
        return Draft(checks=tuple(merged.values()), waiting=distinct)

    @property
    def needs(self) -> frozenset[str]:
        """The keys of all those runs."""
        return frozenset(task.key for tasks in self.waiting.values() for task in tasks)


class Notebook(Protocol):
    """Where a batch keeps what it must not lose and need not remember: the gradebook."""

    def begun(self, submission: Submission) -> Draft | None:
        """Where to start: an empty draft for a submission that is new; None where nothing is to be done."""
        ...

    def keep(self, submission: Submission, draft: Draft) -> None:
        """Replaces the student's draft."""
        ...

    def kept(self) -> Iterator[tuple[str, Draft]]:
        """All drafts, by student id."""
        ...
