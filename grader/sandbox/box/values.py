"""The kinds of value that cross the border besides plain Python values and numpy arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class BuiltModel:
    """Stands for a Keras model in the arguments of a call; the worker makes the model.

    Either the student's builder `function` is called with `kwargs`, or the model is built from
    `config` (the JSON text of a Keras configuration) and compiled with `compile`, the mapping that
    Keras' `get_compile_config()` gives. A `config` must come from the grader, never from a student.
    """

    function: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    config: str = ""
    compile: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class History:
    """What a Keras History held: one list of numbers per metric."""

    history: dict[str, list[float]]


@dataclass(frozen=True)
class Opaque:
    """A value that does not cross the border; only the name of its type does."""

    type_name: str


Plain = bool | int | float | str


def is_plain(value: object) -> TypeGuard[Plain]:
    """No subclass: one may be equal to what it is not."""
    return type(value) in (bool, int, float, str)


Scalar = Plain | None
Value: TypeAlias = (
    "Scalar | np.ndarray | list[Value] | tuple[Value, ...] | dict[str, Value] | BuiltModel | History | Opaque"
)
