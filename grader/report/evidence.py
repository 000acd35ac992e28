"""From evidence to what a page shows: pieces that a template can print without thinking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from grader.report.canvas import DataTable, Drawing
from grader.report.figures import draw_claims, draw_confusion, draw_curves, draw_picture, tabulate_claims
from grader.report.words import align_decimals, clean, is_numeric, number, plain_number
from grader.results import (
    Claims,
    Confusion,
    Curves,
    Evidence,
    LayerPair,
    LayerRow,
    LayerTable,
    Panel,
    Pictures,
    Returned,
    Table,
)


@dataclass(frozen=True)
class ReturnedView:
    """What the calls gave back, one line each."""

    kind: ClassVar[str] = "returned"
    lines: tuple[tuple[str, str], ...]


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
class SettingView:
    name: str
    value: str
    differs: bool


@dataclass(frozen=True)
class LayerView:
    """One side of a row: what differs from the other side is marked."""

    class_name: str
    name: str
    settings: tuple[SettingView, ...]
    shape: str
    shape_differs: bool
    parameters: str
    parameters_differ: bool
    class_differs: bool


@dataclass(frozen=True)
class LayerPairView:
    status: str
    icon: str
    yours: LayerView | None
    expected: LayerView | None
    differences: tuple[str, ...]


@dataclass(frozen=True)
class LayersView:
    """`compared` is False when there is nothing to compare with: then only one side is shown."""

    kind: ClassVar[str] = "layers"
    title: str
    caption: str
    pairs: tuple[LayerPairView, ...]
    total: str
    expected_total: str
    totals_differ: bool
    compared: bool


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


Piece = ReturnedView | FigureView | PicturesView | LayersView | TableView | MissingView


def view_evidence(evidence: Sequence[Evidence], key: str) -> tuple[Piece, ...]:
    """All pieces of one check in order; what calls returned comes first, as one list."""
    returned = [item for item in evidence if isinstance(item, Returned)]
    pieces: list[Piece] = [ReturnedView(tuple(_returned(item) for item in returned))] if returned else []
    for index, item in enumerate(evidence):
        pieces.extend(_view(item, f"{key}-{index}"))
    return tuple(pieces)


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


def _returned(item: Returned) -> tuple[str, str]:
    shape = "" if item.shape is None else f" of shape {_shape(item.shape)}"
    dtype = "" if item.dtype is None else f", {item.dtype}"
    return item.call, f"{item.kind}{shape}{dtype}"


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape) if shape else "() (one number)"


def _view_claims(item: Claims, key: str) -> list[Piece]:
    drawing = draw_claims(item, key=key)
    table = view_table(item.title, item.caption, tabulate_claims(item))
    if drawing is None:
        return [table]
    note = "Each mark is a number you reported; the bar is where nearly every honest run ends."
    return [table, FigureView(item.title, note, drawing)]


def view_pictures(item: Pictures) -> PicturesView:
    """Each panel as a small grey picture with its range."""
    return PicturesView(item.title, item.caption, tuple(_panel(panel) for panel in item.panels))


def _panel(panel: Panel) -> PanelView:
    values = [value for row in panel.values for value in row]
    low, high = (plain_number(min(values)), plain_number(max(values))) if values else ("–", "–")
    size = f"{len(panel.values)} × {len(panel.values[0]) if panel.values else 0}"
    alt = f"{clean(panel.title)}: grey picture of {size} values from {low} to {high}"
    return PanelView(panel.title, draw_picture(panel), alt, size, low, high)


_PAIR_ICONS = {"same": "✓", "changed": "≠", "missing": "−", "extra": "+"}


def view_layers(item: LayerTable) -> LayersView:
    """A layer table; cells that differ between the two sides are marked."""
    expected = "" if item.expected_total is None else number(item.expected_total)
    return LayersView(
        title=item.title,
        caption=item.caption,
        pairs=tuple(_pair(pair) for pair in item.pairs),
        total=number(item.total),
        expected_total=expected,
        totals_differ=item.expected_total is not None and item.expected_total != item.total,
        compared=any(pair.expected is not None for pair in item.pairs),
    )


def _pair(pair: LayerPair) -> LayerPairView:
    return LayerPairView(
        status=pair.status,
        icon=_PAIR_ICONS[pair.status],
        yours=_layer(pair.yours, pair.expected),
        expected=_layer(pair.expected, pair.yours),
        differences=pair.differences,
    )


def _layer(row: LayerRow | None, other: LayerRow | None) -> LayerView | None:
    if row is None:
        return None
    settings = tuple(
        SettingView(name, value, other is not None and other.settings.get(name) != value)
        for name, value in row.settings.items()
    )
    return LayerView(
        class_name=row.class_name,
        name=row.name,
        settings=settings,
        shape=row.output_shape,
        shape_differs=other is not None and other.output_shape != row.output_shape,
        parameters=number(row.parameters),
        parameters_differ=other is not None and other.parameters != row.parameters,
        class_differs=other is not None and other.class_name != row.class_name,
    )


def view_table(title: str, caption: str, table: DataTable, *, half: bool = False) -> TableView:
    """Rows are padded or cut to the number of columns; the first column heads its row."""
    width = len(table.columns)
    rows = [(*row, *[""] * width)[:width] for row in table.rows]
    columns = [[row[place] for row in rows] for place in range(width)]
    numeric = tuple(is_numeric(column) for column in columns)
    aligned = [
        align_decimals(column) if is_number else tuple(column)
        for column, is_number in zip(columns, numeric, strict=True)
    ]
    return TableView(title, caption, table.columns, tuple(zip(*aligned, strict=True)), numeric, half)
