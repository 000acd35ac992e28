"""The arguments of a call, before they are encoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.sandbox.box.values import BuiltModel


def replace_models(value: Any, locate: Callable[[BuiltModel], BuiltModel]) -> Any:
    """`value` with every model in it, however deep, replaced by what `locate` gives."""
    if isinstance(value, BuiltModel):
        return locate(value)
    if isinstance(value, list):
        return [replace_models(item, locate) for item in value]
    if isinstance(value, tuple):
        return tuple(replace_models(item, locate) for item in value)
    if isinstance(value, dict):
        return {key: replace_models(item, locate) for key, item in value.items()}
    return value


def describe_call(function: str, given: Mapping[str, Any]) -> str:
    """`convolve(array, array)`: the call without its values, which may be hidden."""
    words = [_word(value) for value in given["args"]]
    words += [f"{name}={_word(value)}" for name, value in given["kwargs"].items()]
    return f"{function}({', '.join(words)})"


def _word(value: object) -> str:
    if isinstance(value, BuiltModel):
        return "model"
    return {"ndarray": "array", "str": "text"}.get(type(value).__name__, type(value).__name__)
