"""Where drawings are made: one style, SVG out, the same bytes for the same input.

Text stays text (`svg.fonttype` none), so that figures are small, searchable and set in the page's
own font. Three colours (INK, MUTED, GRID) are overridden by the stylesheet in dark mode.
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from grader.text import plain

if TYPE_CHECKING:  # matplotlib takes a second to import, and most commands and processes draw nothing
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

INK = "#1f2933"
MUTED = "#5f6b78"
GRID = "#dde2e8"
# Petroff's accessible sequence, without its lighter colours, which vanish on paper.
PALETTE = ("#3f90da", "#e76300", "#832db6", "#a96b59", "#bd1f01", "#717581", "#b08900", "#0f8b8d")
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<")
FONT_STACK = "DejaVu Sans Condensed, DejaVu Sans, sans-serif"

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.image_inline": True,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "font.family": ["DejaVu Sans"],  # matplotlib brings it along: margins are the same everywhere
    "font.size": 7.5,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 7.5,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.6,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0,
    "xtick.major.width": 0.6,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.4,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "legend.handlelength": 1.5,
    "legend.borderaxespad": 0.0,
    "legend.borderpad": 0.0,
}

_GROUP = re.compile(r"</?g\b[^>]*>")
# Surfaces without fill and line, and turns by nothing.
_INVISIBLE = re.compile(r'<path d="[^"]*" fill="none"/>| transform="rotate\(-?0 [^"]*\)"')

# matplotlib keeps its style in process-wide settings; reports may be rendered by several threads.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class DataTable:
    """The numbers behind a drawing, as text; the first column names its row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Drawing:
    """An `<svg>` element (with `<title>`), the same in words, and as numbers."""

    svg: str
    alt: str
    data: DataTable


def paint(size: tuple[float, float], painter: Callable[[Figure], None], *, alt: str, key: str) -> str:
    """The SVG that `painter` draws on a figure of `size` (inches).

    `key` must be unique on a page: it keeps the ids of two drawings apart.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with _ONE_AT_A_TIME, matplotlib.rc_context({**_STYLE, "svg.hashsalt": key}), warnings.catch_warnings():
        # The page's font has the glyph, or the browser finds one; matplotlib only measures.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=size)
        FigureCanvasSVG(figure)
        painter(figure)
        out = StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=nothing, transparent=True)
    return _tidy(out.getvalue(), size, alt)


def add_axes(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    """Axes with the given margins in inches."""
    width, height = figure.get_size_inches()
    inner = ((width - left - right) / width, (height - bottom - top) / height)
    return figure.add_axes((left / width, bottom / height, *inner))


def limit_ticks(axis: Axis, most: int, *, whole: bool = True) -> None:
    """At most so many intervals between ticks, which stand at round, or else at whole, numbers."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=most, integer=whole))


def place_legend(axes: Axes, columns: int) -> None:
    """The key in `columns` columns above the axes, flush left with the plot."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.03),
        ncols=columns,
        columnspacing=0.8,
        handletextpad=0.5,
        labelspacing=0.25,
    )


def shorten(text: str, length: int) -> str:
    """At most `length` characters, with an ellipsis where something was cut."""
    text = plain(text).replace("\n", " ")
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _tidy(svg: str, size: tuple[float, float], alt: str) -> str:
    """Fit for inline use: no document-wide rules, no repeated ids, a title, short numbers."""
    svg = svg[svg.index("<svg") :]
    body = svg[svg.index(">") + 1 :]
    body = re.sub(r"<defs>\s*<style.*?</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r"font: ([\d.]+)px [^;\"]+", r"font-size: \1", body)
    body = re.sub(r' style="([^"]*)"', _as_attributes, body)
    body = re.sub(r'\b(d|x|y|width|height|transform)="([^"]*)"', _shorter, body)
    body = _unwrapped(_INVISIBLE.sub("", body))
    body = re.sub(r">\s*\n\s*<", ">\n<", body)
    width, height = (f"{inches * 72:g}" for inches in size)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}" font-family="{FONT_STACK}" '
        f'stroke-linejoin="round" stroke-linecap="butt"><title>{escape(plain(alt))}</title>{body.strip()}'
    )


def _unwrapped(body: str) -> str:
    """Without groups that say nothing: two thirds of what matplotlib writes, and each takes as long to set as
    what is in it."""
    kept: list[bool] = []

    def keep(match: re.Match[str]) -> str:
        tag = match[0]
        if tag == "</g>":
            return tag if kept.pop() else ""
        if not tag.endswith("/>"):
            kept.append(tag != "<g>")
        return "" if tag in ("<g>", "<g/>") else tag

    return _GROUP.sub(keep, body)


def _as_attributes(match: re.Match[str]) -> str:
    """Declarations as attributes: WeasyPrint would parse each as a style of the page, which takes long."""
    pairs = (part.split(":", 1) for part in match[1].split(";") if ":" in part)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)


def _shorter(match: re.Match[str]) -> str:
    numbers = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", match[2])
    return f'{match[1]}="{" ".join(numbers.split())}"'
