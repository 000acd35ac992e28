"""What pages are made of: frozen views that a template prints without deciding anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.report.evidence import Piece
from grader.report.words import VerdictWords
from grader.results import LeftOut

Audience = Literal["student", "instructor"]


@dataclass(frozen=True)
class Notice:
    """`tone` is info, warn or bad."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True)
class Place:
    """A task, and those of its checks that are meant (title and anchor); none named means all."""

    task: str
    title: str
    anchor: str
    checks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Todo:
    """`lost` is in points, empty when points do not count (self-check)."""

    lost: str
    unit: str
    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Reference:
    """Another check of the page; `task` is empty where it is the same task's."""

    title: str
    anchor: str
    task: str


@dataclass(frozen=True)
class CheckView:
    """`same_as` is the check that already holds the feedback; `bare` ones fit on one line."""

    anchor: str
    title: str
    name: str
    verdict: VerdictWords
    score: str
    points: str
    feedback: tuple[str, ...]
    same_as: Reference | None
    cases: str
    pieces: tuple[Piece, ...]
    returned: tuple[tuple[str, str], ...]
    output: str
    detail: str
    decided: str

    @property
    def bare(self) -> bool:
        """True when there is nothing to look at but the verdict and a reference."""
        more = self.cases or self.pieces or self.output or self.detail
        return not (self.feedback or self.decided or more)


@dataclass(frozen=True)
class AnswerView:
    """`score` is empty for an answer without points, "–" for one that waits for its mark; `why` has a line
    for each thing that it earned points for, and the comment."""

    question: str
    text: str
    score: str
    points: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class TaskView:
    """`share` and `open_share` are percentages of the task's points, for the bar."""

    anchor: str
    id: str
    title: str
    functions: tuple[str, ...]
    credit: str
    score: str
    points: str
    share: float
    open_share: float
    still_open: str
    passed: str
    checks: tuple[CheckView, ...]
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True)
class Mark:
    """The large figure at the top, e.g. 71.5 of 100 points."""

    value: str
    of: str
    unit: str
    share: float
    open_share: float
    note: str


@dataclass(frozen=True)
class AdjustmentView:
    """One decision by hand; `counts` is False for one that was withdrawn or taken back by a later one."""

    student_id: str
    link: str
    what: str
    gave: str
    decided: str
    counts: bool
    who: str
    when: str
    why: str


@dataclass(frozen=True)
class StudentPage:
    title: str
    assignment: str
    student_id: str
    instructor: bool
    self_check: bool
    mark: Mark | None
    notices: tuple[Notice, ...]
    todo: tuple[Todo, ...]
    todo_more: int
    tasks: tuple[TaskView, ...]
    left_out: tuple[LeftOut, ...]
    environment: tuple[tuple[str, str], ...]
    how_judged: str
    problem: tuple[str, ...]
    problem_is_ours: bool
    history: tuple[AdjustmentView, ...]


@dataclass(frozen=True)
class SectionView:
    task: str
    title: str
    pieces: tuple[Piece, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LabPage:
    title: str
    assignment: str
    student_id: str
    dataset_note: str
    missing: str
    sections: tuple[SectionView, ...]
    facts: tuple[tuple[str, str], ...]
