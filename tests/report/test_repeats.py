"""Figures over repeated runs, and the leaderboard of an open task."""

from __future__ import annotations

import pytest

from grader.assignment import Experiment
from grader.errors import GraderError
from grader.evidence import Standing
from grader.report.evidence import FigureView, MissingView
from grader.report.klass import view_class
from grader.report.lab_data import LabReport, LabRun
from grader.report.lab_figures import view_figures
from grader.report.render import render_class
from grader.report.repeats import draw_runs, mean_curve
from tests.report.sample_assignment import make_assignment
from tests.report.samples import passing


def make_lab(repeats: int) -> LabReport:
    base = make_assignment()
    experiments = tuple(
        Experiment(
            name=f"w{width}",
            title=f"{width} units",
            model="build",
            arguments={"hidden": width},
            n=10,
            epochs=2,
            batch_size=1,
            task="i.a",
            groups=("width",),
            runs=3,
        )
        for width in (2, 64)
    )
    runs = tuple(
        LabRun(
            name=experiment.name,
            repeat=repeat,
            n=10,
            epochs=2,
            train_accuracy=0.5 + repeat / 10,
            test_accuracy=0.4 + repeat / 10,
            seconds=1,
            history={"loss": (1.0 + repeat, 0.5), "test_loss": (1.5, 1.0)},
        )
        for experiment in experiments
        for repeat in range(repeats)
    )
    assignment = base.model_copy(update={"experiments": experiments})
    return LabReport(
        assignment=assignment, student_id="s", dataset_note="", class_names=("a", "b"), runs=runs
    )


def test_all_runs_in_one_figure() -> None:
    """The words say how many there are and where they end; the numbers are the means."""
    (figure,) = view_figures(make_lab(3), "runs:w2:loss+test_loss", "k")
    assert isinstance(figure, FigureView)
    assert "loss of 3 runs" in figure.title
    assert "training images: 3 runs end at 0.5" in figure.drawing.alt
    assert figure.drawing.data.rows[0] == ("1", "2.0000", "1.5000")


def test_missing_runs_are_named() -> None:
    """Fewer than asked for, none at all, and a curve that nobody knows."""
    *_, missing = view_figures(make_lab(1), "runs:w2:loss", "k")
    assert isinstance(missing, MissingView)
    assert "2 of 3 runs of w2" in missing.text
    (nothing,) = view_figures(make_lab(0), "runs:w2:loss", "k")
    assert isinstance(nothing, MissingView)
    with pytest.raises(GraderError, match="curve"):
        view_figures(make_lab(1), "runs:w2:error", "k")


def test_sweeps_and_tables_show_means() -> None:
    """Means over the runs, with their spread."""
    (sweep,) = view_figures(make_lab(3), "sweep:width:hidden:train_accuracy+test_accuracy", "k")
    assert isinstance(sweep, FigureView)
    assert "lowest run to the highest" in sweep.caption
    assert "0.500, is at hidden" in sweep.caption
    (table,) = view_figures(make_lab(3), "table:width", "k")
    assert "0.500 ± 0.100" in str(table)


def test_means_end_with_the_shortest_run() -> None:
    """A run that stopped early shortens the mean and nothing else."""
    assert mean_curve([[1, 2, 3], [3, 4]]) == [2, 3]
    assert "no run" in draw_runs("T.", "loss", {"a": []}, key="k").alt


def test_leaderboard_order() -> None:
    """By accuracy, then size, then id; equals share a rank; nobody else's page has it."""
    results = [passing().model_copy(update={"student_id": f"student-{place}"}) for place in range(4)]
    merits = [(0.5, 300), (0.7, 200), (0.7, 100), (0.7, 100)]
    ranked = []
    for result, (accuracy, parameters) in zip(results, merits, strict=True):
        standing = Standing(board="Best", test_accuracy=accuracy, parameters=parameters, runs=2)
        first = result.checks[0].model_copy(update={"evidence": (standing,)})
        ranked.append(result.model_copy(update={"checks": (first, *result.checks[1:])}))
    (board,) = view_class(list(reversed(ranked)), make_assignment()).boards
    ids = [result.student_id for result in results]
    assert [row.rank for row in board.rows] == ["1", "1", "3", "4"]
    assert [row.student_id for row in board.rows] == [*sorted(ids[2:]), ids[1], ids[0]]
    assert "Leaderboard" in render_class(ranked, make_assignment())
