"""What the class page is made of: frozen views that a template prints without deciding anything."""

from __future__ import annotations

from dataclasses import dataclass

from grader.report.canvas import Drawing
from grader.report.view import AdjustmentView, Notice


@dataclass(frozen=True)
class RateView:
    """One check over the class; the shares are percentages of all submissions with this check.

    `cells` are the numbers of passed, lost and open. `common` is what most of those were told who lost
    points, `common_count` says how many were.
    """

    task: str
    title: str
    passed: str
    passed_share: float
    lost_share: float
    open_share: float
    cells: tuple[int, int, int]
    lost: int
    counts: str
    common: str
    common_count: str


@dataclass(frozen=True)
class HardView:
    """A hard check, and the titles of others that were lost for the same reason."""

    rate: RateView
    others: tuple[str, ...]


@dataclass(frozen=True)
class ToldView:
    """What several students were told, how many of them, and about which checks (task and titles)."""

    text: str
    students: str
    share: float
    checks: tuple[tuple[str, str], ...]


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
class StandingView:
    """One line of a leaderboard, in words."""

    rank: str
    student_id: str
    link: str
    accuracy: str
    parameters: str


@dataclass(frozen=True)
class BoardView:
    """An open task, its networks in order."""

    title: str
    rows: tuple[StandingView, ...]


@dataclass(frozen=True)
class AlikeView:
    """A line of the class page: two students with their reports, and how alike they are, in words."""

    students: tuple[tuple[str, str], tuple[str, str]]
    shares: tuple[str, str]
    sort_share: float
    spelled: str
    comments: str
    page: str


@dataclass(frozen=True)
class SimilarView:
    """`meaning` is what none of this proves, `notes` what should be known of how it was found."""

    meaning: str
    rows: tuple[AlikeView, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ClassPage:
    title: str
    assignment: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[Notice, ...]
    distribution: Drawing | None
    distribution_note: str
    by_task: tuple[tuple[str, str, str, float], ...]
    rates: tuple[RateView, ...]
    hardest: tuple[HardView, ...]
    told: tuple[ToldView, ...]
    boards: tuple[BoardView, ...]
    attention: tuple[AttentionView, ...]
    similar: SimilarView | None
    task_ids: tuple[tuple[str, str], ...]
    max_score: str
    rows: tuple[RowView, ...]
    decided: tuple[AdjustmentView, ...]
    environment: tuple[tuple[str, str], ...]
    published: bool = False
    reports: tuple[tuple[str, str], ...] = ()
