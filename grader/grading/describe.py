"""Values in words: what a call was given and what came back, without their contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.sandbox import BuiltModel, History, Opaque, Value


def describe_value(value: Value) -> tuple[str, tuple[int, ...] | None, str | None]:
    """(type name, shape, dtype); shape and dtype are None for what has none."""
    if isinstance(value, np.ndarray):
        return ("array" if value.ndim else "number"), value.shape, str(value.dtype)
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__} of {len(value)}", None, None
    if isinstance(value, dict):
        return f"dict with {len(value)} keys", None, None
    if isinstance(value, History):
        return "training history", None, None
    if isinstance(value, Opaque):
        return value.type_name, None, None
    return ("None" if value is None else type(value).__name__), None, None


def describe_call(function: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> str:
    """E.g. `convolve(int64 6 x 7, int64 3 x 3)`."""
    words = [_in_short(value) for value in args]
    words += [f"{name}={_in_short(value)}" for name, value in kwargs.items()]
    return f"{function}({', '.join(words)})"


def _in_short(value: Value) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {' x '.join(map(str, value.shape)) or 'number'}"
    if isinstance(value, BuiltModel):
        return f"{value.function}()" if value.function else "a small model"
    if isinstance(value, (list, tuple, dict)):
        return f"{type(value).__name__} of {len(value)}"
    return repr(value)
