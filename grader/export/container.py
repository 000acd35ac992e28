"""What a Gradescope container is given, and what it says while grading goes on: pure.

Layout: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field

from grader.assignment import NAME_PATTERN, Assignment
from grader.evidence import Frozen
from grader.export import Visibility
from grader.export.marks import CheckMark, Marks
from grader.results import CheckResult, HandedIn, Platform, Tier

MARGIN_SECONDS = 60
"""Before the platform's limit: it keeps nothing of a run that it had to stop, and stopping takes a while."""


class ContainerSettings(Frozen):
    """settings.json beside the assignment. `seed` is the secret one of all submissions, `tier` None means the
    strongest. After `seconds` the grader stops itself."""

    assignment: str = Field(pattern=NAME_PATTERN)
    seed: int = Field(ge=0)
    tier: Tier | None = None
    visibility: Visibility = Visibility.AFTER_PUBLISHED
    seconds: float = Field(gt=0)


@dataclass(frozen=True)
class ContainerFolder:
    """`/autograder`."""

    root: Path

    @property
    def source(self) -> Path:
        """The unpacked zip: assignment/, reference/ and settings.json."""
        return self.root / "source"

    @property
    def settings(self) -> Path:
        return self.source / "settings.json"

    @property
    def submission(self) -> Path:
        return self.root / "submission"

    @property
    def metadata(self) -> Path:
        """What Gradescope knows of the submission."""
        return self.root / "submission_metadata.json"

    @property
    def results(self) -> Path:
        return self.root / "results" / "results.json"


class _Dates(BaseModel):
    """Of an assignment: the class's, or those of one student."""

    due_date: AwareDatetime | None = None


class _User(BaseModel):
    """Of whoever handed it in: their own dates, which differ from the class's by an extension."""

    assignment: _Dates | None = None


class _Metadata(BaseModel):
    """Of submission_metadata.json what matters for marks: when it was handed in, and when it was due."""

    created_at: datetime
    assignment: _Dates = _Dates()
    users: tuple[_User, ...] = ()

    @property
    def extension_days(self) -> float:
        """The longest among those who handed it in together; 0 for none."""
        due = self.assignment.due_date
        own = [user.assignment.due_date for user in self.users if user.assignment]
        later = [date - due for date in own if date and due]
        return max([timedelta(), *later]) / timedelta(days=1)


def read_time(metadata: bytes) -> HandedIn:
    """Source: https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/; the dates of each
    user are not described there, but are in real files. Raises ValueError."""
    told = _Metadata.model_validate_json(metadata)
    return HandedIn(
        platform=Platform.GRADESCOPE,
        submitted=told.created_at.isoformat(timespec="seconds"),
        extension_days=told.extension_days,
    )


GOES_ON = "Grading goes on. What follows is not all: tests without a score are not graded yet."
OUT_OF_TIME = (
    "Grading was stopped at the time limit. Tests without a score were not graded; your instructor decides "
    "about them, and nothing was taken off for them."
)


def unfinished(marks: Marks, graded: Iterable[CheckResult], assignment: Assignment, note: str) -> Marks:
    """The same with an entry for every task of which checks are still to come, and `note` for the student."""
    done: defaultdict[str, float] = defaultdict(float)
    for check in graded:
        done[check.task] += check.points
    return replace(marks, checks=(*marks.checks, *_to_come(marks, done, assignment)), notes=(note,))


def _to_come(marks: Marks, done: Mapping[str, float], assignment: Assignment) -> Iterator[CheckMark]:
    for place, task in enumerate(assignment.tasks, start=1):
        there = [check for check in marks.checks if check.task == task.id]
        points = round(task.points - done.get(task.id, 0), 4)
        if points > 0:
            yield CheckMark(
                number=f"{place}.{len(there) + 1}",
                task=task.id,
                title=f"{task.title}: the rest" if there else task.title,
                word="not graded yet",
                status="open",
                stopped=False,
                score=None,
                points=points,
                text="Not graded yet.",
            )
