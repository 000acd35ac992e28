"""Figures over many runs or many submissions: sweeps, times, training histories, a class."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from statistics import mean, median
from typing import TYPE_CHECKING

from grader.evidence import Curves, Series
from grader.report.canvas import (
    INK,
    MUTED,
    PALETTE,
    DataTable,
    Drawing,
    add_axes,
    limit_ticks,
    paint,
    place_legend,
    shorten,
)
from grader.report.cells import suppress
from grader.report.figures import draw_curves, finite, plot_lines, say_curves, tabulate_curves
from grader.report.words import number, plain_number
from grader.text import plain, quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH = 3.45
FEW = 30
"""Up to so many submissions each is a dot of its own."""
_ACCURACIES = {"accuracy": ("training", "train"), "val_accuracy": ("validation", "validation")}
_LOSSES = {"loss": ("training", "train"), "val_loss": ("validation", "validation")}


def draw_history(title: str, history: Mapping[str, Sequence[float]], *, key: str) -> Drawing | None:
    """Accuracy above loss over the same epochs, training beside validation; None without any epoch."""
    panels = [
        panel
        for label, names in (("accuracy", _ACCURACIES), ("loss", _LOSSES))
        if (panel := _history_panel(title, label, names, history)).series
    ]
    if len(panels) < 2:
        return draw_curves(panels[0], key=key) if panels else None
    alt = " ".join(say_curves(panel) for panel in panels)
    svg = paint((_WIDTH, 3.1), partial(_paint_history, panels), alt=alt, key=key)
    above, below = (tabulate_curves(panel) for panel in panels)
    columns = ("epoch", *(f"{series.label} {panel.y_label}" for panel in panels for series in panel.series))
    rows = tuple((*one, *two[1:]) for one, two in zip(above.rows, below.rows, strict=False))
    return Drawing(svg, alt, DataTable(columns, rows))


def _history_panel(
    title: str, label: str, names: Mapping[str, tuple[str, str]], history: Mapping[str, Sequence[float]]
) -> Curves:
    series = tuple(
        Series.model_validate(
            {
                "label": words,
                "role": role,
                "x": tuple(range(1, len(history[name]) + 1)),
                "y": tuple(history[name]),
            }
        )
        for name, (words, role) in names.items()
        if history.get(name)
    )
    return Curves(title=f"{title}, {label}", caption="", x_label="epoch", y_label=label, series=series)


def _paint_history(panels: Sequence[Curves], figure: Figure) -> None:
    for panel, bottom, top in zip(panels, (1.68, 0.4), (0.24, 1.56), strict=True):
        axes = add_axes(figure, 0.46, bottom, 0.08, top)
        plot_lines(axes, panel)
        axes.set_ylabel(panel.y_label)
        if panel is panels[0]:
            axes.tick_params(labelbottom=False)
            place_legend(axes, 2)
        else:
            axes.set_xlabel(panel.x_label)


def draw_sweep(
    title: str,
    x_label: str,
    y_label: str,
    x: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    spread: Mapping[str, Sequence[Sequence[float]]] | None = None,
    *,
    key: str,
) -> Drawing:
    """One value over a setting; settings that span decades (or hold 0) are spaced evenly.

    `spread` holds, for a line, all values at each x: a shade goes from the lowest to the highest.
    """
    series = tuple(Series(label=label, x=tuple(x), y=tuple(values)) for label, values in lines.items())
    curves = Curves(title=title, caption="", x_label=x_label, y_label=y_label, series=series)
    alt = say_curves(curves)
    svg = paint((_WIDTH, 2.2), partial(_paint_sweep, curves, spread or {}), alt=alt, key=key)
    return Drawing(svg, alt, tabulate_curves(curves))


def _paint_sweep(curves: Curves, spread: Mapping[str, Sequence[Sequence[float]]], figure: Figure) -> None:
    axes = add_axes(figure, 0.5, 0.42, 0.1, 0.26 if len(curves.series) > 1 else 0.1)
    x = curves.series[0].x if curves.series else ()
    positions = tuple(float(place) for place in range(len(x))) if _spans_decades(x) else x
    moved = curves.model_copy(
        update={"series": tuple(line.model_copy(update={"x": positions}) for line in curves.series)}
    )
    plot_lines(axes, moved)
    for colour, line in zip(PALETTE, moved.series, strict=False):
        if line.label in spread:
            low, high = ([end(values) for values in spread[line.label]] for end in (min, max))
            axes.fill_between(positions, finite(low), finite(high), color=colour, alpha=0.18, lw=0, zorder=1)
    axes.minorticks_off()
    axes.set_xticks(list(positions), [_short_tick(value) for value in x])
    axes.set_xlabel(shorten(curves.x_label, 48))
    axes.set_ylabel(shorten(curves.y_label, 30))
    if len(curves.series) > 1:
        place_legend(axes, 2)


def _spans_decades(x: Sequence[float]) -> bool:
    positive = [value for value in x if value > 0]
    return bool(positive) and max(positive) / min(positive) > 20


def _short_tick(value: float) -> str:
    if value >= 1000 and value % 500 == 0:
        return f"{value / 1000:g}k"
    return plain_number(value)


def draw_times(
    title: str, x_label: str, x: Sequence[float], seconds: Sequence[float], *, key: str
) -> Drawing:
    """Training time over a size, from zero, with the straight line through the origin that fits best."""
    slope = sum(a * b for a, b in zip(x, seconds, strict=True)) / (sum(a * a for a in x) or 1.0)
    alt = (
        f"{plain(title)} {plain_number(seconds[0])} s at {plain_number(x[0])} and "
        f"{plain_number(seconds[-1])} s at {plain_number(x[-1])}. The dashed line is proportional growth."
    )
    svg = paint((_WIDTH, 2.2), partial(_paint_times, x_label, x, seconds, slope), alt=alt, key=key)
    rows = tuple((plain_number(a), number(b, 1)) for a, b in zip(x, seconds, strict=True))
    return Drawing(svg, alt, DataTable((x_label, "seconds"), rows))


def _paint_times(
    x_label: str, x: Sequence[float], seconds: Sequence[float], slope: float, figure: Figure
) -> None:
    axes = add_axes(figure, 0.5, 0.42, 0.12, 0.26)
    end = max(x)
    axes.plot(x, finite(seconds), color=PALETTE[0], marker="o", label="measured", zorder=3)
    axes.plot([0, end], [0, slope * end], color=MUTED, lw=1.0, ls=(0, (4, 2)), label="proportional")
    axes.set_xticks(list(x), [_short_tick(value) for value in x])
    axes.set(xlim=(0, end * 1.05), xlabel=shorten(x_label, 48), ylabel="seconds")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    place_legend(axes, 2)


def draw_distribution(totals: Sequence[float], max_score: float, *, key: str, fewest: int = 0) -> Drawing:
    """The median as a line, before a dot for each of a few submissions or ten equal bins of many.

    With `fewest`, bins of fewer are not shown, and there are no dots.
    """
    edges = [max_score * step / 10 for step in range(11)]
    shown = suppress(_binned(totals, max_score), fewest)
    counts = [count or 0 for count in shown]
    names = [f"{plain_number(low)} to {plain_number(high)}" for low, high in pairwise(edges)]
    middle = median(totals) if totals else 0.0
    fullest = max(range(10), key=counts.__getitem__)
    alt = (
        f"Totals of {quantity(len(totals), 'submission')} out of {plain_number(max_score)}: the median is "
        f"{plain_number(middle)}; most, {counts[fullest]}, lie from {names[fullest]}."
    )
    if len(totals) <= FEW and not fewest:
        svg = _draw_dots(totals, max_score, middle, alt, key)
    else:
        svg = paint((_WIDTH, 2.2), partial(_paint_distribution, counts, edges, middle), alt=alt, key=key)
    told = ["not shown" if count is None else number(count) for count in shown]
    return Drawing(svg, alt, DataTable(("Points", "Submissions"), tuple(zip(names, told, strict=True))))


def _binned(totals: Sequence[float], max_score: float) -> list[int]:
    """Ten bins, each with its lower edge; full marks belong to the last."""
    counts = [0] * 10
    for total in totals:
        share = total / max_score if max_score else 0.0
        counts[min(9, max(0, math.floor(share * 10 + 1e-9)))] += 1
    return counts


def _draw_dots(totals: Sequence[float], max_score: float, middle: float, alt: str, key: str) -> str:
    piles = _pile_up(totals, max_score / 32 or 1.0)
    rows = max(8, *map(len, piles))
    size = (_WIDTH, 0.66 + rows * 0.09)
    return paint(size, partial(_paint_dots, piles, rows, max_score, middle), alt=alt, key=key)


def _pile_up(totals: Sequence[float], width: float) -> list[list[float]]:
    """Totals less than `width` above the lowest of their pile, one pile after the other."""
    piles: list[list[float]] = []
    for total in sorted(totals):
        if piles and total - piles[-1][0] < width:
            piles[-1].append(total)
        else:
            piles.append([total])
    return piles


def _paint_dots(
    piles: Sequence[Sequence[float]], rows: int, max_score: float, middle: float, figure: Figure
) -> None:
    axes = add_axes(figure, 0.16, 0.4, 0.16, 0.26)
    places = [(mean(pile), row + 0.5) for pile in piles for row in range(len(pile))]
    axes.axvline(middle, color=PALETTE[1], lw=1.2, ls=(0, (4, 2)), label=f"median {plain_number(middle)}")
    axes.plot(*zip(*places, strict=True), color=PALETTE[0], marker="o", ms=6, ls="none", mec="#ffffff",
              mew=0.4, label="one submission", clip_on=False, zorder=3)  # fmt: skip
    axes.set(xlim=(0, max_score or 1), xlabel="points", ylim=(0, rows), yticks=[])
    axes.spines["left"].set_visible(False)
    place_legend(axes, 2)


def _paint_distribution(counts: Sequence[int], edges: Sequence[float], middle: float, figure: Figure) -> None:
    axes = add_axes(figure, 0.36, 0.4, 0.1, 0.26)
    width = edges[1] - edges[0]
    centres = [edge + width / 2 for edge in edges[:-1]]
    axes.bar(centres, counts, width=width * 0.9, color=PALETTE[0])
    for centre, count in zip(centres, counts, strict=True):
        if count:
            axes.annotate(
                str(count), (centre, count), (0, 2), textcoords="offset points", ha="center", color=INK
            )
    axes.axvline(middle, color=PALETTE[1], lw=1.2, ls=(0, (4, 2)), label=f"median {plain_number(middle)}")
    axes.set_xticks(edges[::2], [plain_number(edge) for edge in edges[::2]])
    limit_ticks(axes.yaxis, 4)
    axes.set(xlim=(edges[0], edges[-1]), xlabel="points", ylim=(0, max(*counts, 1) * 1.18))
    axes.set_ylabel("submissions")
    axes.grid(axis="y")
    place_legend(axes, 1)


def draw_bars(title: str, unit: str, names: Sequence[str], values: Sequence[float], *, key: str) -> Drawing:
    """One bar a name, from zero."""
    told = [number(value, 1) for value in values]
    alt = f"{plain(title)} " + "; ".join(
        f"{plain(n)} {text} {unit}" for n, text in zip(names, told, strict=True)
    )
    svg = _bars(names, values, told, unit, max(*values, 0.0) * 1.12 or 1.0, alt=alt + ".", key=key)
    return Drawing(svg, alt + ".", DataTable(("Run", unit), tuple(zip(names, told, strict=True))))


def _bars(
    names: Sequence[str],
    values: Sequence[float],
    told: Sequence[str],
    unit: str,
    end: float,
    *,
    alt: str,
    key: str,
) -> str:
    size = (_WIDTH, 0.52 + 0.21 * max(len(names), 1))
    return paint(size, partial(_paint_bars, names, values, told, unit, end), alt=alt, key=key)


def _paint_bars(
    names: Sequence[str], values: Sequence[float], told: Sequence[str], unit: str, end: float, figure: Figure
) -> None:
    labels = [shorten(name, 36) for name in names]
    axes = add_axes(
        figure, 0.16 + 0.052 * max(map(len, labels), default=1), 0.36 if unit else 0.28, 0.4, 0.06
    )
    axes.barh(range(len(values)), values, height=0.62, color=PALETTE[0])
    for row, (value, text) in enumerate(zip(values, told, strict=True)):
        axes.annotate(text, (value, row), (3, 0), textcoords="offset points", va="center", color=INK)
    axes.set_yticks(range(len(labels)), labels, color=INK)
    axes.set(xlim=(0, end), ylim=(max(len(values), 1) - 0.5, -0.5))
    if unit:
        axes.set_xlabel(unit)
        limit_ticks(axes.xaxis, 4, whole=False)
    else:
        axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
