"""What pages are made of: frozen views that a template prints without deciding anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.report.canvas import Drawing
from grader.report.evidence import Piece
from grader.report.words import VerdictWords
from grader.results import FreeText, Frozen, LeftOut

Audience = Literal["student", "instructor"]


class ClassContext(Frozen):
    """The totals of everybody in the class, to place one mark among them."""

    totals: tuple[float, ...]


@dataclass(frozen=True)
class Notice:
    """`tone` is info, warn or bad."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True)
class Todo:
    """`lost` is in points, empty when points do not count (self-check)."""

    lost: str
    titles: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True)
class CheckView:
    anchor: str
    title: str
    name: str
    verdict: VerdictWords
    score: str
    points: str
    feedback: tuple[str, ...]
    cases: str
    pieces: tuple[Piece, ...]
    output: str
    detail: str


@dataclass(frozen=True)
class TaskView:
    """`share` and `open_share` are percentages of the task's points, for the bar."""

    anchor: str
    id: str
    title: str
    functions: tuple[str, ...]
    score: str
    points: str
    share: float
    open_share: float
    unscored: str
    passed: str
    checks: tuple[CheckView, ...]
    answers: tuple[FreeText, ...]


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
class StudentPage:
    title: str
    assignment: str
    student_id: str
    instructor: bool
    self_check: bool
    mark: Mark | None
    standing: str
    notices: tuple[Notice, ...]
    todo: tuple[Todo, ...]
    todo_more: int
    tasks: tuple[TaskView, ...]
    left_out: tuple[LeftOut, ...]
    files: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    how_judged: str
    problem: tuple[str, ...]
    problem_is_ours: bool


@dataclass(frozen=True)
class RateView:
    """One check over the class; the shares are percentages of all submissions with this check."""

    task: str
    title: str
    passed: str
    passed_share: float
    lost_share: float
    open_share: float
    lost: int
    counts: str
    common: str
    common_count: str


@dataclass(frozen=True)
class AttentionView:
    student_id: str
    link: str
    total: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class RowView:
    """`sort_total` orders by number; `state` is one short phrase."""

    student_id: str
    link: str
    details: str
    total: str
    sort_total: float
    tasks: tuple[tuple[str, float, float], ...]
    passed: str
    unscored: str
    state: str
    tone: str


@dataclass(frozen=True)
class ClassPage:
    title: str
    assignment: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[Notice, ...]
    distribution: Drawing | None
    by_task: Drawing | None
    rates: tuple[RateView, ...]
    hardest: tuple[RateView, ...]
    attention: tuple[AttentionView, ...]
    task_ids: tuple[tuple[str, str], ...]
    max_score: str
    rows: tuple[RowView, ...]
    environment: tuple[tuple[str, str], ...]


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
