"""A layer table, one line a layer; only a layer that is not as asked gets a second line beneath it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from grader.evidence import LayerPair, LayerRow, LayerTable
from grader.report.words import count, number, true_times

Standing = Literal["same", "changed", "follows", "asked", "missing", "extra"]

_WORDS: dict[Standing, tuple[str, str]] = {
    "same": ("✓", "as asked"),
    "changed": ("≠", "yours"),
    "follows": ("↳", "follows"),
    "asked": ("", "asked for"),
    "missing": ("−", "missing"),
    "extra": ("+", "extra"),
}


@dataclass(frozen=True)
class SettingView:
    name: str
    value: str
    differs: bool


@dataclass(frozen=True)
class LayerLine:
    """One layer on one line. `place` is "layer 4", shown where feedback may say so.

    `remark` names differences that none of the shown cells can mark.
    """

    standing: Standing
    icon: str
    word: str
    class_name: str
    class_differs: bool
    place: str
    settings: tuple[SettingView, ...]
    shape: str
    shape_differs: bool
    parameters: str
    parameters_differ: bool
    remark: str = ""


@dataclass(frozen=True)
class LayersView:
    """`compared` is False when nothing has to be held against the task: then no line has a standing."""

    kind: ClassVar[str] = "layers"
    title: str
    caption: str
    lines: tuple[LayerLine, ...]
    total: str
    expected_total: str
    compared: bool


def view_layers(item: LayerTable) -> LayersView:
    """A layer table; cells that differ between submission and task are marked."""
    lines = tuple(line for pair in item.pairs for line in _lines(pair))
    against = any(pair.expected is not None for pair in item.pairs)
    totals_differ = item.expected_total is not None and item.expected_total != item.total
    return LayersView(
        title=item.title,
        caption=_say_standings(lines) if against else item.caption,
        lines=lines,
        total=number(item.total),
        expected_total=number(item.expected_total or 0) if totals_differ else "",
        compared=against and (totals_differ or any(line.standing != "same" for line in lines)),
    )


def _lines(pair: LayerPair) -> Iterable[LayerLine]:
    yours, expected = pair.yours, pair.expected
    if yours is None or expected is None:
        row = yours or expected
        if row is not None:
            alone: Standing = "missing" if yours is None else "extra"
            yield _line(row, row, "same" if pair.status == "same" else alone)
        return
    first, second = _line(yours, expected, "same"), _line(expected, yours, "asked")
    remark = _remark(pair, first, second)
    if _own_cells_differ(first, second) or remark:
        yield replace(first, standing="changed", icon=_WORDS["changed"][0], word=_WORDS["changed"][1],
                      place=_place(yours), remark=remark)  # fmt: skip
        yield second
    elif first.shape_differs or first.parameters_differ:
        yield replace(first, standing="follows", icon=_WORDS["follows"][0], word=_WORDS["follows"][1])
        yield replace(second, settings=())
    else:
        yield first


def _line(row: LayerRow, other: LayerRow, standing: Standing) -> LayerLine:
    icon, word = _WORDS[standing]
    return LayerLine(
        standing=standing,
        icon=icon,
        word=word,
        class_name=row.class_name,
        class_differs=other.class_name != row.class_name,
        place=_place(row) if standing == "extra" else "",
        settings=tuple(
            SettingView(name, true_times(value), other.settings.get(name) != value)
            for name, value in row.settings.items()
        ),
        shape=true_times(row.output_shape),
        shape_differs=other.output_shape != row.output_shape,
        parameters=number(row.parameters),
        parameters_differ=other.parameters != row.parameters,
    )


def _place(row: LayerRow) -> str:
    return f"layer {row.number}"


def _own_cells_differ(*lines: LayerLine) -> bool:
    """True when the layer itself is another one, not only what reaches it."""
    return any(line.class_differs or any(setting.differs for setting in line.settings) for line in lines)


def _remark(pair: LayerPair, first: LayerLine, second: LayerLine) -> str:
    """Differences in settings that the table does not list; those of inputs are seen in the sizes."""
    return "" if pair.status == "follows" or _own_cells_differ(first, second) else "; ".join(pair.differences)


def _say_standings(lines: tuple[LayerLine, ...]) -> str:
    """One sentence on the whole table."""
    found = Counter(line.standing for line in lines)
    if set(found) <= {"same"}:
        return f"All {found['same']} layers are as asked." if found["same"] > 1 else "The layer is as asked."
    asked = found["same"] + found["changed"] + found["follows"] + found["missing"]
    said = (
        count(found["same"], "is as asked", "are as asked"),
        count(found["changed"], "differs", "differ"),
        count(found["follows"], "sees another size because of that", "see other sizes because of that"),
        count(found["missing"], "is missing", "are missing"),
    )
    text = f"Of {count(asked, 'layer', 'layers')} asked for, {', '.join(part for part in said if part)}"
    extra = count(found["extra"], "of yours is not part of this network", "of yours are not part of it")
    return f"{text}; {extra}." if extra else f"{text}."
