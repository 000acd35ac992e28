"""The pictures of the page: reported bands beside our distributions, and our learning curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.models.calibration import Setting
from grader.report.canvas import INK, PALETTE, add_axes, limit_ticks, paint, place_legend, shorten
from grader.reproduction.compare import SPREAD_OF_ONE_RUN, Figure
from grader.reproduction.reported import MEASURES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

WIDTH = 7.0  # inches: a page of text
_ROW = 0.24
_DASHED = (0, (2, 1.5))
_CELL = 1.4
_CURVE_COLUMNS = 4
_CURVES = {"accuracy": "training", "val_accuracy": "validation"}


def draw_figures(figures: Sequence[Figure], measure: str, *, key: str) -> tuple[str, str]:
    """(SVG, words) of all rows with this measure: a bar for what was reported, a dot for ours."""
    rows = [figure for figure in figures if figure.measure == measure]
    agree = sum(figure.agreeing is not None for figure in rows)
    run = sum(bool(figure.ours) for figure in rows)
    words = (
        f"{MEASURES[measure].capitalize()}: {agree} of {run} settings that were run agree with the reports."
    )
    size = (WIDTH, 0.75 + _ROW * len(rows))
    return _on_paper(paint(size, partial(_paint_figures, rows), alt=words, key=key)), words


def _paint_figures(rows: Sequence[Figure], canvas: Canvas) -> None:
    labels = [shorten(figure.label, 40) for figure in rows]
    axes = add_axes(canvas, 0.2 + 0.058 * max(map(len, labels)), 0.4, 0.2, 0.3)
    for place, figure in enumerate(rows):
        low, high = figure.reported
        bar = [low - figure.rounding, high + figure.rounding]
        label = "reported" if place == 0 else None
        axes.plot(bar, [place, place], color=PALETTE[1], alpha=0.55, lw=7, solid_capstyle="butt", label=label)
        if low == high:  # of four digits such a bar is too narrow to be seen; this is taller than a dot
            axes.plot([low], [place], color=PALETTE[1], marker="|", ms=11, mew=1.6, ls="none")
        _paint_ours(axes, place, figure)
    axes.set_yticks(range(len(labels)), labels, color=INK)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlabel(MEASURES[rows[0].measure])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    _key(axes, rows)


def _paint_ours(axes: Axes, place: int, figure: Figure) -> None:
    """Of two ways to measure, the one that agrees."""
    if not figure.ours:
        return
    ours = (figure.agreeing or figure.ours[0]).distribution
    spread = 2 * (SPREAD_OF_ONE_RUN if ours.sd is None else ours.sd)
    style: Any = _DASHED if ours.sd is None else "-"
    ends = [max(0.0, ours.mean - spread), min(1.0, ours.mean + spread)]
    axes.plot(ends, [place, place], color=PALETTE[0], lw=1.2, ls=style)
    marker = "o" if figure.agreeing else "X"
    axes.plot([ours.mean], [place], color=PALETTE[0], marker=marker, ms=4.5, ls="none", zorder=3)


def _key(axes: Axes, rows: Sequence[Figure]) -> None:
    """Only of what is there."""
    run = [figure for figure in rows if figure.ours]
    marks = {"ours": ("o", True), "ours, elsewhere": ("X", any(figure.agreeing is None for figure in run))}
    for label, (marker, shown) in marks.items():
        if shown:
            axes.plot([], [], color=PALETTE[0], ms=4.5, label=label, lw=1.2, marker=marker)
    if any(item.distribution.sd is None for figure in run for item in figure.ours):
        axes.plot([], [], color=PALETTE[0], lw=1.2, ls=_DASHED, label="one run: 0.02 on each side")
    place_legend(axes, 4)


def draw_learning(settings: Sequence[tuple[str, Setting]], *, key: str) -> tuple[str, str]:
    """(SVG, words) of small plots, one a setting: mean accuracy over epochs, and its range over seeds."""
    words = "Accuracy over epochs: the mean over seeds, and the range between the lowest and the highest run."
    rows = math.ceil(len(settings) / _CURVE_COLUMNS)
    size = (WIDTH, 0.45 + _CELL * rows)
    return _on_paper(paint(size, partial(_paint_learning, settings), alt=words, key=key)), words


def _paint_learning(settings: Sequence[tuple[str, Setting]], canvas: Canvas) -> None:
    width, height = canvas.get_size_inches()
    cell = (width - 0.1) / _CURVE_COLUMNS
    for index, (label, setting) in enumerate(settings):
        row, column = divmod(index, _CURVE_COLUMNS)
        left, top = 0.1 + column * cell, 0.3 + row * _CELL
        axes = add_axes(canvas, left + 0.26, height - top - 1.16, width - left - cell + 0.06, top + 0.16)
        _paint_setting(axes, setting)
        axes.set_title(shorten(label, 25), loc="left", fontsize=7.5, color=INK, pad=3)
        if index == 0:
            handles, labels = axes.get_legend_handles_labels()
            canvas.legend(
                handles, labels, loc="upper left", ncols=2, bbox_to_anchor=(0.05, 1 - 0.08 / height)
            )


def _paint_setting(axes: Axes, setting: Setting) -> None:
    for place, (metric, label) in enumerate(_CURVES.items()):
        curves = setting.values(metric)
        if not curves:
            continue
        # Runs are of equal length; what is missing of a broken one is a gap.
        table = np.array(list(zip_longest(*curves, fillvalue=np.nan))).T
        epochs = range(1, table.shape[1] + 1)
        colour = PALETTE[place]
        axes.fill_between(epochs, table.min(axis=0), table.max(axis=0), color=colour, alpha=0.25, lw=0)
        axes.plot(epochs, table.mean(axis=0), color=colour, lw=1.1, label=label)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1])
    limit_ticks(axes.xaxis, 4)
    axes.grid(axis="y")


def _on_paper(svg: str) -> str:
    """With a white ground: a picture in a Markdown page does not know whether the page is dark."""
    return svg.replace("</title>", '</title><rect width="100%" height="100%" fill="#ffffff"/>', 1) + "\n"
