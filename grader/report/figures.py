"""The figures of one submission, each a pure function from its data to a drawing."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from grader.evidence import Claim, Claims, Confusion, Curves, Panel, Series
from grader.report.canvas import (
    INK,
    MARKERS,
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
from grader.report.words import number, plain_number
from grader.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A student's page and the instructor's show the same figures: each is drawn once for both.
_remember = lru_cache(maxsize=32)
_ROLE_LOOK = {"train": (0, "o"), "validation": (1, "s"), "test": (2, "D")}
# One hue, light to dark: prints well and is safe for every kind of colour vision.
_SHADES = ("#f1f5fa", "#8fb4dd", "#1f5fa8", "#0a2f5c")
_BAND_DASHES = ((5, 2), (1, 1.5))  # training and validation of the reference: long and dotted
_WIDTH = 3.45  # inches: half of an A4 text block, and the width of a phone


@_remember
def draw_curves(curves: Curves, *, key: str) -> Drawing:
    """Lines over x, in front of the spread that the reference has."""
    rows = math.ceil((len(curves.series) + len(curves.bands)) / 2)
    size = (_WIDTH, 2.0 + 0.16 * rows)
    alt = say_curves(curves)
    svg = paint(size, partial(_paint_curves, curves, top=0.12 + 0.16 * rows), alt=alt, key=key)
    return Drawing(svg, alt, tabulate_curves(curves))


def _paint_curves(curves: Curves, figure: Figure, *, top: float) -> None:
    axes = add_axes(figure, 0.54, 0.4, 0.08, top)
    plot_lines(axes, curves)
    axes.set_xlabel(shorten(curves.x_label, 40))
    axes.set_ylabel(shorten(curves.y_label, 30))
    place_legend(axes, 2)


def plot_lines(axes: Axes, curves: Curves) -> None:
    """Lines in front of bands; markers are thinned to about ten a line."""
    for index, series in enumerate(curves.series):
        colour, marker = _look(curves.series, index)
        axes.plot(
            series.x,
            finite(series.y),
            color=colour,
            marker=marker,
            markevery=max(1, len(series.x) // 10),
            label=shorten(series.label, 26),
            zorder=3,
        )
    for index, band in enumerate(curves.bands):
        low, high = finite(band.low), finite(band.high)
        axes.fill_between(band.x, low, high, color=MUTED, alpha=0.18, lw=0, zorder=1)
        label = shorten(band.label, 26)
        dashes = _BAND_DASHES[index % len(_BAND_DASHES)]
        axes.plot(band.x, finite(band.mean), color=MUTED, lw=1.0, ls=(0, dashes), zorder=2, label=label)
    if all(x == int(x) for series in curves.series for x in series.x if math.isfinite(x)):
        limit_ticks(axes.xaxis, 6)
    if curves.log_x:
        axes.set_xscale("log")
    axes.grid(axis="y")
    frame_shares(axes, [value for series in curves.series for value in series.y])


def _look(series: Sequence[Series], index: int) -> tuple[str, str]:
    """Colour and marker: by role where roles are unique, else in turn."""
    roles = [item.role for item in series]
    if "other" not in roles and len(set(roles)) == len(roles):
        place, marker = _ROLE_LOOK[roles[index]]
        return PALETTE[place], marker
    return PALETTE[index % len(PALETTE)], MARKERS[index % len(MARKERS)]


def finite(values: Iterable[float]) -> list[float]:
    """Infinities as gaps: a line stops there and the axis stays readable."""
    return [value if math.isfinite(value) else math.nan for value in values]


def frame_shares(axes: Axes, values: Sequence[float]) -> None:
    """Accuracies get whole tenths as limits; other scales are left alone."""
    known = [value for value in values if math.isfinite(value)]
    if known and min(known) >= 0 and max(known) <= 1:
        low, high = axes.get_ylim()
        axes.set_ylim(max(0.0, math.floor(low * 10) / 10), min(1.0, math.ceil(high * 10) / 10))


def say_curves(curves: Curves) -> str:
    """The figure in words: where each line, and the middle of each shaded band, starts and ends."""
    lines = [_from_to(series.label, series.y) for series in curves.series]
    bands = [_from_to(band.label, band.mean) for band in curves.bands]
    sentences = [
        f"{plain(curves.title).rstrip('.')}: {plain(curves.y_label)} over {plain(curves.x_label)}.",
        _sentence("", lines),
        _sentence("In the middle of what is shaded, ", bands),
    ]
    return " ".join(filter(None, sentences))


def _from_to(label: str, values: Sequence[float]) -> str:
    if not values or not (math.isfinite(values[0]) and math.isfinite(values[-1])):
        return ""
    return f"{plain(label)} goes from {plain_number(values[0])} to {plain_number(values[-1])}"


def _sentence(start: str, parts: Iterable[str]) -> str:
    said = "; ".join(filter(None, parts))
    return f"{start}{said}." if said else ""


def tabulate_curves(curves: Curves) -> DataTable:
    """One row for each x, one column for each line."""
    points = [dict(zip(series.x, series.y, strict=False)) for series in curves.series]
    points += [dict(zip(band.x, band.mean, strict=False)) for band in curves.bands]
    names = [series.label for series in curves.series] + [f"{band.label}, mean" for band in curves.bands]
    xs = sorted({x for line in points for x in line})
    rows = tuple((plain_number(x), *(_cell(line.get(x)) for line in points)) for x in xs)
    return DataTable((curves.x_label, *names), rows)


def _cell(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return number(value, 4 if abs(value) < 10 else 1)


@_remember
def draw_confusion(confusion: Confusion, *, key: str) -> Drawing:
    """Counts with rows = true class; shade = share of the row, so that rare classes count alike."""
    counts = np.asarray(confusion.counts, dtype=float)
    alt = _say_confusion(confusion)
    names = [shorten(name, 11) for name in confusion.class_names[: len(counts)]]
    margin = 0.24 + 0.053 * max(map(len, names), default=1)  # inches for the names at the left and above
    size = (_WIDTH, _WIDTH)
    svg = paint(size, partial(_paint_confusion, names, counts, margin), alt=alt, key=key)
    rows = tuple(
        (name, *(number(count) for count in row))
        for name, row in zip(confusion.class_names, confusion.counts, strict=False)
    )
    return Drawing(svg, alt, DataTable(("true \\ predicted", *confusion.class_names), rows))


def _paint_confusion(names: Sequence[str], counts: np.ndarray, margin: float, figure: Figure) -> None:
    size = len(counts)
    axes = add_axes(figure, margin, 0.04, 0.04, margin)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    _shade_cells(axes, shares)
    axes.set(xlim=(0, size), ylim=(size, 0))
    axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=90, color=INK)
    axes.set_yticks(np.arange(len(names)) + 0.5, names, color=INK)
    axes.xaxis.set_ticks_position("top")
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)
    width, height = figure.get_size_inches()
    centre = axes.get_position()
    figure.text(
        (centre.x0 + centre.x1) / 2, 1 - 0.02 / height, "predicted class", ha="center", va="top", color=MUTED
    )
    figure.text(
        0.02 / width, (centre.y0 + centre.y1) / 2, "true class", va="center", rotation=90, color=MUTED
    )
    small = 6.2 if size <= 10 else 62 / size
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            tone = "#ffffff" if shares[row, column] > 0.25 else "#12233a"
            place = (column + 0.5, row + 0.53)
            axes.text(
                *place, f"{counts[row, column]:.0f}", color=tone, fontsize=small, ha="center", va="center"
            )


def _shade_cells(axes: Axes, shares: np.ndarray) -> None:
    """Nine tones; the squares of a tone are one path, which costs a PDF far less than as many squares."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    shades = LinearSegmentedColormap.from_list("shades", _SHADES)
    tones = np.rint(8 * np.clip(shares, 0, 1) ** 0.6) / 8
    for tone in np.unique(tones):
        squares = [
            Affine2D().translate(column, row).transform_path(Path.unit_rectangle())
            for row, column in np.argwhere(tones == tone)
        ]
        face = shades(float(tone))
        axes.add_patch(PathPatch(Path.make_compound_path(*squares), fc=face, ec="#ffffff", lw=0.5))


def _say_confusion(confusion: Confusion) -> str:
    counts = np.asarray(confusion.counts, dtype=float)
    right, total = np.trace(counts), counts.sum()
    said = f"{plain(confusion.title)}: {number(right)} of {number(total)} on the diagonal are right."
    off = counts - np.diag(np.diag(counts))
    if off.size and off.max() > 0:
        row, column = np.unravel_index(int(off.argmax()), off.shape)
        names = [plain(name) for name in confusion.class_names]
        said += f" Most often confused: {names[row]} taken for {names[column]}, {number(off.max())} times."
    return said


@_remember
def draw_claims(claims: Claims, *, key: str) -> Drawing | None:
    """Each claim against the range that one run of the reference gives; None when none is checkable."""
    known = [claim for claim in claims.claims if claim.low is not None and claim.high is not None]
    if not known:
        return None
    shares = all(
        0 <= value <= 1 for claim in known for value in (claim.claimed, claim.low or 0, claim.high or 0)
    )
    height = 0.72 + 0.24 * len(known)
    alt = f"{plain(claims.title)}: " + "; ".join(_say_claim(claim) for claim in known) + "."
    svg = paint((_WIDTH, height), partial(_paint_claims, known, shares), alt=alt, key=key)
    return Drawing(svg, alt, tabulate_claims(claims))


def _paint_claims(claims: Sequence[Claim], shares: bool, figure: Figure) -> None:
    longest = max(len(shorten(claim.label, 26)) for claim in claims)
    axes = add_axes(figure, 0.16 + 0.057 * longest, 0.42, 0.1, 0.22)
    for row, claim in enumerate(claims):
        low, mean, high, claimed = _on_scale(claim, shares)
        axes.plot([low, high], [row, row], color=MUTED, alpha=0.35, lw=6, solid_capstyle="butt", zorder=1)
        axes.plot([mean], [row], color=MUTED, marker="|", ms=8, mew=1.2, ls="none", zorder=2)
        good = claim.verdict == "plausible"
        colour, marker = (PALETTE[0], "o") if good else (PALETTE[1], "X")
        axes.plot([claimed], [row], color=colour, marker=marker, ms=5, ls="none", zorder=3)
    axes.set_yticks(range(len(claims)), [shorten(claim.label, 26) for claim in claims], color=INK)
    axes.set_ylim(len(claims) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel("accuracy" if shares else "distance from the mean in standard deviations")
    _claims_key(axes)


def _claims_key(axes: Axes) -> None:
    handles = [
        axes.plot([], [], color=PALETTE[0], marker="o", ms=5, ls="none", label="plausible")[0],
        axes.plot([], [], color=PALETTE[1], marker="X", ms=5, ls="none", label="implausible")[0],
        axes.plot([], [], color=MUTED, alpha=0.35, lw=6, solid_capstyle="butt", label="expected range")[0],
    ]
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1.0), ncols=3, columnspacing=1.0,
                handlelength=1.4, handletextpad=0.5)  # fmt: skip


def _on_scale(claim: Claim, shares: bool) -> tuple[float, float, float, float]:
    """Low, mean, high and claimed: as they are, or in standard deviations from the mean."""
    low, high = claim.low or 0.0, claim.high or 0.0
    mean = claim.mean if claim.mean is not None else (low + high) / 2
    values = (low, mean, high, claim.claimed)
    if shares:
        return values
    sd = claim.sd or (high - low) / 4 or 1.0
    scaled = [(value - mean) / sd for value in values]
    return scaled[0], scaled[1], scaled[2], scaled[3]


def _say_claim(claim: Claim) -> str:
    low, high = plain_number(claim.low or 0), plain_number(claim.high or 0)
    return f"{plain(claim.label)} {plain_number(claim.claimed)}, expected {low} to {high}, {claim.verdict}"


def tabulate_claims(claims: Claims) -> DataTable:
    """What was claimed, the range that was expected, and what follows; fractions get three decimals."""
    rows = tuple(
        (
            claim.label,
            _tell(claim.claimed),
            _tell(claim.low),
            _tell(claim.high),
            claim.verdict + (f": {claim.note}" if claim.note else ""),
        )
        for claim in claims.claims
    )
    return DataTable(("Claim", "Yours", "Expected from", "to", "Verdict"), rows)


def _tell(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return plain_number(value) if value == int(value) or abs(value) >= 10 else number(value, 3)


@_remember
def draw_picture(panel: Panel) -> str:
    """A data URI of a grey PNG, the smallest value black and the largest white."""
    values = np.asarray(panel.values, dtype=float)
    values = np.nan_to_num(values.reshape(values.shape[0], -1) if values.size else np.zeros((1, 1)))
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) / (high - low) if high > low else np.full(values.shape, 0.5)
    out = BytesIO()
    Image.fromarray(np.round(scaled * 255).astype(np.uint8), mode="L").save(out, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
