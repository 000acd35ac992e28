"""The networks of an open task in order: most accurate first, of equals the smaller one, then by id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from grader.evidence import Standing
from grader.report.attention import Scored, report_link
from grader.report.class_view import BoardView, StandingView
from grader.report.words import number


def view_leaderboards(scored: Sequence[Scored]) -> tuple[BoardView, ...]:
    """One board for each open task in which somebody's network was trained."""
    boards: defaultdict[str, list[tuple[Standing, Scored]]] = defaultdict(list)
    for item in scored:
        for check in item.result.checks:
            for evidence in check.evidence:
                if isinstance(evidence, Standing):
                    boards[evidence.board].append((evidence, item))
    return tuple(BoardView(board, _ranked(entries)) for board, entries in sorted(boards.items()))


def _ranked(entries: Sequence[tuple[Standing, Scored]]) -> tuple[StandingView, ...]:
    """Equal accuracy and size share a rank."""
    ordered = sorted(entries, key=lambda entry: (*_merit(entry[0]), entry[1].result.student_id))
    merits = [_merit(standing) for standing, _ in ordered]
    return tuple(
        StandingView(
            rank=str(merits.index(_merit(standing)) + 1),
            student_id=item.result.student_id,
            link=report_link(item.result, "students"),
            accuracy=number(standing.test_accuracy, 4),
            parameters=number(standing.parameters),
        )
        for standing, item in ordered
    )


def _merit(standing: Standing) -> tuple[float, int]:
    return (-standing.test_accuracy, standing.parameters)
