"""From evidence to what a page shows: pieces that a template can print without thinking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from grader.evidence import (
    Claim,
    Claims,
    Confusion,
    Curves,
    Evidence,
    LayerTable,
    Panel,
    Pictures,
    Returned,
    Standing,
    Table,
)
from grader.report.canvas import DataTable, Drawing
from grader.report.figures import draw_claims, draw_confusion, draw_curves, draw_picture, tabulate_claims
from grader.report.layers import LayersView, view_layers
from grader.report.words import (
    CELL,
    align_decimals,
    as_sentence,
    cut,
    is_numeric,
    number,
    plain_number,
    true_times,
)
from grader.text import plain


@dataclass(frozen=True)
class FigureView:
    kind: ClassVar[str] = "figure"
    title: str
    caption: str
    drawing: Drawing


@dataclass(frozen=True)
class PanelView:
    title: str
    source: str
    alt: str
    size: str
    low: str
    high: str


@dataclass(frozen=True)
class PicturesView:
    kind: ClassVar[str] = "pictures"
    title: str
    caption: str
    panels: tuple[PanelView, ...]


@dataclass(frozen=True)
class TableView:
    """`numeric` says which columns hold numbers, so that their decimal points line up.

    `half` tables stand beside a figure where there is room.
    """

    kind: ClassVar[str] = "table"
    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    half: bool = False


@dataclass(frozen=True)
class MissingView:
    """A figure that could not be made, and what makes it."""

    kind: ClassVar[str] = "missing"
    text: str


@dataclass(frozen=True)
class NoteView:
    """Something said once and quietly, in place of a table."""

    kind: ClassVar[str] = "note"
    title: str
    text: str


Piece = FigureView | PicturesView | LayersView | TableView | MissingView | NoteView


def view_evidence(evidence: Sequence[Evidence], key: str) -> tuple[Piece, ...]:
    """All pieces of one check in order, but for what calls returned: see `view_returned`."""
    return tuple(piece for index, item in enumerate(evidence) for piece in _view(item, f"{key}-{index}"))


def view_returned(evidence: Sequence[Evidence]) -> tuple[tuple[str, str], ...]:
    """What each call gave back: the call, and its value in words."""
    return tuple(_returned(item) for item in evidence if isinstance(item, Returned))


def _view(item: Evidence, key: str) -> list[Piece]:
    match item:
        case Returned():
            return []
        case Pictures():
            return [view_pictures(item)]
        case LayerTable():
            return [view_layers(item)]
        case Curves():
            return [FigureView(item.title, item.caption, draw_curves(item, key=key))]
        case Confusion():
            return [FigureView(item.title, item.caption, draw_confusion(item, key=key))]
        case Claims():
            return _view_claims(item, key)
        case Table():
            return [view_table(item.title, item.caption, DataTable(item.columns, item.rows))]
        case Standing():
            return [NoteView(item.board, _say_standing(item))]


def _say_standing(item: Standing) -> str:
    times = "once" if item.runs == 1 else f"{item.runs} times, the mean counts"
    return (
        f"{number(item.test_accuracy, 3)} of the test images are right (trained {times}), with"
        f" {number(item.parameters)} parameters."
    )


def _returned(item: Returned) -> tuple[str, str]:
    shape = "" if item.shape is None else f" of shape {_shape(item.shape)}"
    dtype = "" if item.dtype is None else f", {item.dtype}"
    return true_times(item.call), f"{item.kind}{shape}{dtype}"


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape) if shape else "() (one number)"


def _view_claims(item: Claims, key: str) -> list[Piece]:
    """A table and a figure of what can be held against the reference, a note on the rest."""
    known = tuple(claim for claim in item.claims if claim.verdict != "not checkable")
    rest = [claim for claim in item.claims if claim.verdict == "not checkable"]
    pieces: list[Piece] = []
    if known:
        checkable = item.model_copy(update={"claims": known})
        pieces.append(view_table(item.title, item.caption, tabulate_claims(checkable)))
        drawing = draw_claims(checkable, key=key)
        if drawing is not None:
            note = "Each mark is a number you reported; the bar is where nearly every honest run ends."
            pieces.append(FigureView(item.title, note, drawing))
    if item.conflicts:
        said = "That costs you nothing by itself; look at it before your instructor does."
        pieces.append(NoteView("Figures that contradict each other", " ".join((*item.conflicts, said))))
    if rest:
        pieces.append(NoteView("Kept, not compared", _say_not_checkable(rest)))
    return pieces


def _say_not_checkable(claims: Sequence[Claim]) -> str:
    """Figures with the same reason share a sentence; that nothing was lost is said at the end."""
    reasons: dict[str, list[str]] = {}
    for claim in claims:
        reasons.setdefault(claim.note, []).append(f"{claim.label}: {plain_number(claim.claimed)}")
    said = [", ".join(figures) + "." + as_sentence(note) for note, figures in reasons.items()]
    return " ".join((*said, "That costs you nothing."))


def view_pictures(item: Pictures) -> PicturesView:
    """Each panel as a small grey picture with its range."""
    return PicturesView(item.title, item.caption, tuple(_panel(panel) for panel in item.panels))


def _panel(panel: Panel) -> PanelView:
    values = [value for row in panel.values for value in row]
    low, high = (plain_number(min(values)), plain_number(max(values))) if values else ("–", "–")
    size = f"{len(panel.values)} × {len(panel.values[0]) if panel.values else 0}"
    alt = f"{plain(panel.title)}: grey picture of {size} values from {low} to {high}"
    return PanelView(panel.title, draw_picture(panel), alt, size, low, high)


def view_table(title: str, caption: str, table: DataTable, *, half: bool = False) -> TableView:
    """Rows are padded or cut to the number of columns; the first column heads its row."""
    width = len(table.columns)
    rows = [tuple(cut(cell, CELL) for cell in (*row, *[""] * width)[:width]) for row in table.rows]
    columns = [[row[place] for row in rows] for place in range(width)]
    numeric = tuple(is_numeric(column) for column in columns)
    aligned = [
        align_decimals(column) if is_number else tuple(column)
        for column, is_number in zip(columns, numeric, strict=True)
    ]
    return TableView(title, caption, table.columns, tuple(zip(*aligned, strict=True)), numeric, half)
