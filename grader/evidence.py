"""What a report may draw or tabulate: frozen types, all of which the student may read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Immutable, strict about unknown keys.

    Numbers that are not finite, as of a network that diverged, are strings in JSON and come back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Returned(Frozen):
    """What the student's function gave back, in words: `kind` is a type name such as ndarray."""

    type: Literal["returned"] = "returned"
    call: str
    kind: str
    shape: tuple[int, ...] | None = None
    dtype: str | None = None


class Panel(Frozen):
    """One picture: `values` is rows x columns of floats."""

    title: str
    values: tuple[tuple[float, ...], ...]


class Pictures(Frozen):
    """Panels side by side; each has its own grey scale."""

    type: Literal["pictures"] = "pictures"
    title: str
    caption: str
    panels: tuple[Panel, ...]


class LayerRow(Frozen):
    """One layer: `settings` are the values that matter, e.g. {"filters": "16", "strides": "2 x 2"}.

    `number` is its place, from 1; `name` is empty unless the author gave one.
    """

    number: int
    name: str
    class_name: str
    output_shape: str
    parameters: int
    settings: dict[str, str] = {}


class LayerPair(Frozen):
    """A layer of the submission beside the expected one; either may be absent.

    "follows" has the right settings and other parameters, because of a layer before it.
    """

    status: Literal["same", "changed", "follows", "missing", "extra"]
    yours: LayerRow | None = None
    expected: LayerRow | None = None
    differences: tuple[str, ...] = ()


class LayerTable(Frozen):
    """The layers of a network beside the expected ones; `total` counts parameters."""

    type: Literal["layers"] = "layers"
    title: str
    caption: str
    pairs: tuple[LayerPair, ...]
    total: int
    expected_total: int | None = None


class Series(Frozen):
    """A line: y over x, both of length k. `role` picks the style."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    role: Literal["train", "validation", "test", "other"] = "other"


class Band(Frozen):
    """The reference's spread at each x: mean, low and high, all of length k."""

    label: str
    x: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Curves(Frozen):
    """Lines over x in one plot; with `log_x`, x has a logarithmic scale."""

    type: Literal["curves"] = "curves"
    title: str
    caption: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    bands: tuple[Band, ...] = ()
    log_x: bool = False


class Confusion(Frozen):
    """Counts with rows = true class, columns = predicted class."""

    type: Literal["confusion"] = "confusion"
    title: str
    caption: str
    counts: tuple[tuple[int, ...], ...]
    class_names: tuple[str, ...]


class Claim(Frozen):
    """A figure the student reported against the distribution that the reference gives.

    `low` and `high` bound the prediction interval for one run; `distance` is in its standard
    deviations. All None when the claim is not checkable.
    """

    label: str
    claimed: float
    verdict: Literal["plausible", "implausible", "not checkable"]
    mean: float | None = None
    sd: float | None = None
    runs: int | None = None
    low: float | None = None
    high: float | None = None
    distance: float | None = None
    note: str = ""


class Claims(Frozen):
    """`conflicts` are contradictions among the student's own figures, a sentence each."""

    type: Literal["claims"] = "claims"
    title: str
    caption: str
    claims: tuple[Claim, ...]
    conflicts: tuple[str, ...] = ()


class Table(Frozen):
    """Rows of cells in words, each as long as `columns`."""

    type: Literal["table"] = "table"
    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Standing(Frozen):
    """What a network reached in an open task: mean test accuracy over `runs`. The class page ranks these."""

    type: Literal["standing"] = "standing"
    board: str
    test_accuracy: float
    parameters: int
    runs: int


Evidence = Annotated[
    Returned | Pictures | LayerTable | Curves | Confusion | Claims | Table | Standing,
    Field(discriminator="type"),
]
