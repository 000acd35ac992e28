"""The class page for others to see: nothing in it is about fewer than FEWEST persons, but the leaderboard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.assignment import Assignment
from grader.report.attention import Scored, report_link
from grader.report.class_view import ClassPage, HardView, RateView
from grader.report.klass import full_marks, view_class
from grader.report.plots import draw_distribution
from grader.report.told import view_told
from grader.results import SubmissionResult
from grader.scoring import score_submission

FEWEST = 5
"""Persons in a cell that is shown: the usual limit of statistical offices and universities is 5 to 10."""
_FEWER = f"fewer than {FEWEST}"
_INSTRUCTORS = {"Seed", "Digest of the checks"}


def view_published(results: Sequence[SubmissionResult], assignment: Assignment) -> ClassPage:
    """`results` must be anonymous already. What only instructors should read is not there."""
    whole = view_class(results, assignment)
    scored = [Scored(result, score_submission(result, assignment)) for result in results]
    graded = [item for item in scored if not item.failed]
    totals = [item.score.total for item in graded]
    enough = len(totals) >= FEWEST
    return replace(
        whole,
        published=True,
        notices=tuple(notice for notice in whole.notices if notice.tone == "bad"),  # none that names somebody
        facts=tuple((name, _blur(value)) for name, value in whole.facts if enough or value.isdigit()),
        distribution=draw_distribution(totals, full_marks(graded, assignment), key="totals", fewest=FEWEST)
        if enough
        else None,
        distribution_note=f"Columns of fewer than {FEWEST} submissions are not shown.",
        by_task=whole.by_task if enough else (),
        rates=tuple(_blur_rate(rate) for rate in whole.rates) if enough else (),
        hardest=tuple(_bare(hard) for hard in whole.hardest if _is_shown(hard.rate)),
        told=view_told(graded, FEWEST),
        attention=(),
        rows=(),
        decided=(),
        environment=tuple(
            (name, re.sub(r" \(\d+\)", "", value))
            for name, value in whole.environment
            if name not in _INSTRUCTORS
        ),
        reports=tuple(
            (result.student_id, report_link(result, "students"))
            for result in sorted(results, key=lambda result: result.student_id)
        ),
    )


def _blur(value: str) -> str:
    """A count of persons, told only where there are none or enough."""
    return _FEWER if value.isdigit() and 0 < int(value) < FEWEST else value


def _is_shown(rate: RateView) -> bool:
    return all(cell == 0 or cell >= FEWEST for cell in rate.cells)


def _blur_rate(rate: RateView) -> RateView:
    """All of a check's shares, since the others would tell the one that is left out."""
    bare = replace(rate, common="", common_count="", counts="")
    if _is_shown(rate):
        return bare
    return replace(
        bare,
        passed="–",
        passed_share=0.0,
        lost_share=0.0,
        open_share=0.0,
        cells=(0, 0, 0),
        lost=0,
        counts=f"{_FEWER} of a kind",
    )


def _bare(hard: HardView) -> HardView:
    return replace(hard, rate=_blur_rate(hard.rate))
