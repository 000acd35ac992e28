"""The plots of docs/benchmarks.md: the same figures give the same SVG, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt

Figures = Mapping[str, Any]
OURS, OTHERS, THIRD = "#1b6ca8", "#b0b0b0", "#d98324"
STYLE = {
    "svg.hashsalt": "epochmark",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.alpha": 0.3,
    "axes.axisbelow": True,
}


@contextmanager
def drawing(path: Path, columns: int = 1) -> Iterator[Any]:
    """Axes to draw on, saved to `path` afterwards: one, or a list of `columns`."""
    with matplotlib.rc_context(STYLE):
        figure, axes = plt.subplots(1, columns, figsize=(4.2 * columns, 2.8), layout="constrained")
        yield axes
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def draw_workload(figures: Figures, path: Path) -> None:
    seconds = figures["seconds"]
    ways = {
        "grader grade,\nisolated": "ours.wall",
        "warm forks": "warm_fork.wall",
        "pytest,\ntwo at a time": "by_hand_two.wall",
        "pytest,\nserial": "by_hand.wall",
    }
    with drawing(path) as axes:
        values = [seconds[key]["median"] for key in ways.values()]
        bars = axes.bar(list(ways), values, color=[OURS, *[OTHERS] * 3])
        axes.bar_label(bars, fmt="%.2f")
        axes.set_ylabel("wall seconds a submission")


def draw_growth(figures: Figures, path: Path) -> None:
    rows = figures["rows"]
    students = [row["students"] for row in rows]
    with drawing(path, columns=2) as (cost, memory):
        for kind, colour in (("wall", OURS), ("cpu", THIRD)):
            each = [row[f"{kind}_seconds"] / row["students"] for row in rows]
            cost.plot(students, each, "o-", color=colour, label=kind.upper() if kind == "cpu" else kind)
        cost.set(xscale="log", ylabel="seconds a submission", xlabel="submissions", ylim=(0, None))
        for role in sorted({role for row in rows for role in row["peak_mib"]}):
            memory.plot(students, [row["peak_mib"].get(role, 0) for row in rows], "o-", label=role)
        memory.set(xscale="log", ylabel="MiB, largest process", xlabel="submissions", ylim=(0, None))
        for axes in (cost, memory):
            axes.set_xticks(students, [f"{count:,}" for count in students])
            axes.minorticks_off()
            axes.legend(frameon=False)


def draw_models(figures: Figures, path: Path) -> None:
    rows = figures["rows"]
    with drawing(path) as axes:
        counts = [row["architectures"] for row in rows]
        axes.plot(counts, [row["cpu_seconds"] for row in rows], "o-", color=THIRD, label="CPU")
        axes.plot(counts, [row["wall_seconds"] for row in rows], "o-", color=OURS, label="wall")
        axes.set(
            xlabel=f"distinct models in a class of {rows[0]['students']}", ylabel="seconds", ylim=(0, None)
        )
        axes.set_xticks(counts)
        axes.legend(frameon=False)


def draw_class(figures: Figures, path: Path) -> None:
    training, each = figures["training"], figures["each"]
    with drawing(path) as axes:
        left = [0.0, 0.0]
        parts = (
            ("training of distinct models", training, 1, THIRD),
            ("all else", each, figures["students"], OURS),
        )
        for words, part, times, colour in parts:
            seconds = [part[f"{kind}_seconds"] * times for kind in ("cpu", "wall")]
            axes.barh(["CPU", "wall"], seconds, left=left, color=colour, label=words)
            left = [start + second for start, second in zip(left, seconds, strict=True)]
        axes.set_xlabel(f"seconds, {figures['students']} submissions, {figures['jobs']} jobs")
        axes.grid(axis="y", visible=False)
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)


def draw_training(figures: Figures, path: Path) -> None:
    rows = figures["rows"]
    with drawing(path) as axes:
        bars = axes.bar(
            [row["title"].replace(", ", "\n", 1).replace(", ", ",\n") for row in rows],
            [median(row["ratios"]) for row in rows],
            color=OURS,
        )
        axes.bar_label(bars, fmt="%.1f")
        axes.axhline(1, color="black", linewidth=0.8)
        axes.set_ylabel("times model.fit, per CPU second")
        axes.tick_params(axis="x", labelsize=7)


PLOTS: dict[str, Callable[[Figures, Path], None]] = {
    "workload": draw_workload,
    "growth": draw_growth,
    "models": draw_models,
    "class100": draw_class,
    "ten-runs": draw_training,
    "convolutions": draw_training,
}
