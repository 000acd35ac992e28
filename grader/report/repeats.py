"""Figures over repeated runs of one setting: thin lines for the runs, a thick one for their mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING

from grader.report.canvas import (
    PALETTE,
    DataTable,
    Drawing,
    add_axes,
    limit_ticks,
    paint,
    place_legend,
    shorten,
)
from grader.report.figures import finite, frame_shares
from grader.report.words import number, plain_number
from grader.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH = 3.45
Runs = Sequence[Sequence[float]]


def draw_runs(title: str, y_label: str, lines: Mapping[str, Runs], *, key: str) -> Drawing:
    """Every run of each label over the epochs, with the mean of the runs on top."""
    means = {label: mean_curve(runs) for label, runs in lines.items()}
    alt = f"{plain(title)} " + " ".join(_say(label, runs) for label, runs in lines.items())
    svg = paint((_WIDTH, 2.2), partial(_paint_runs, y_label, lines, means), alt=alt, key=key)
    epochs = range(max(map(len, means.values()), default=0))
    rows = tuple((str(epoch + 1), *(_cell(mean, epoch) for mean in means.values())) for epoch in epochs)
    return Drawing(svg, alt, DataTable(("epoch", *(f"{label}, mean" for label in lines)), rows))


def mean_curve(runs: Runs) -> list[float]:
    """Over the runs, for as many epochs as all of them have."""
    return [fmean(values) for values in zip(*runs, strict=False)]


def _say(label: str, runs: Runs) -> str:
    last = [run[-1] for run in runs if run]
    if not last:
        return f"{plain(label)}: no run."
    return (
        f"{plain(label)}: {len(last)} runs end at {plain_number(min(last))} to {plain_number(max(last))}, on"
        f" average at {plain_number(fmean(last))}."
    )


def _cell(mean: Sequence[float], epoch: int) -> str:
    return number(mean[epoch], 4) if epoch < len(mean) and math.isfinite(mean[epoch]) else "–"


def _paint_runs(
    y_label: str, lines: Mapping[str, Runs], means: Mapping[str, Sequence[float]], figure: Figure
) -> None:
    axes = add_axes(figure, 0.5, 0.4, 0.08, 0.26)
    for colour, (label, runs) in zip(PALETTE, lines.items(), strict=False):
        for run in runs:
            axes.plot(_epochs(run), finite(run), color=colour, lw=0.6, alpha=0.45, zorder=2)
        _paint_mean(axes, means[label], colour, label)
    limit_ticks(axes.xaxis, 6)
    axes.set_xlabel("epoch")
    axes.set_ylabel(shorten(y_label, 30))
    axes.grid(axis="y")
    frame_shares(axes, [value for runs in lines.values() for run in runs for value in run])
    place_legend(axes, 2)


def _paint_mean(axes: Axes, mean: Sequence[float], colour: str, label: str) -> None:
    """White beneath, so that the mean stands out from its runs on paper as well."""
    axes.plot(_epochs(mean), finite(mean), color="#ffffff", lw=3.2, zorder=3)
    axes.plot(_epochs(mean), finite(mean), color=colour, lw=1.8, zorder=4, label=shorten(label, 26))


def _epochs(run: Sequence[float]) -> list[int]:
    return list(range(1, len(run) + 1))
