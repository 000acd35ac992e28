"""Values to JSON nodes with arrays beside them, and back.

A node is null, a boolean, a number, a string, a list, or an object whose "t" says what it is:
    {"t":"tuple","v":[...]}            {"t":"dict","v":[[key,node],...]}      {"t":"float","v":"nan"}
    {"t":"array","i":n}                {"t":"numbers","i":n}  a list of numbers packed as an array
    {"t":"history","v":node}           {"t":"opaque","v":"type"}
    {"t":"model","function":"...","kwargs":node,"config":"...","compile":node}
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .values import BuiltModel, History, Opaque
from .wire import DTYPES, WireError

if TYPE_CHECKING:
    import numpy as np

Node = Any
ModelMaker = Callable[[BuiltModel], Any]

_DEPTH_CAP = 40
_PACK_FROM = 8  # shorter lists are as small in JSON
_NUMBERS_CAP = 2_000_000  # in packed lists of one frame: about 64 MB once they are Python floats
_INT_BITS = 4096
_INT64 = 1 << 63


def encode(value: object, arrays: list[np.ndarray], depth: int = 0) -> Node:
    """The node of a value; arrays that it holds are appended to `arrays`.

    What cannot travel becomes an opaque node with the name of its type.
    """
    if value is None or value is True or value is False:
        return value
    if depth > _DEPTH_CAP:
        return _opaque("a value nested too deeply")
    if isinstance(value, (BuiltModel, History, Opaque)):
        return _encode_special(value, arrays, depth)
    for encoder in (_encode_numpy, _encode_number, _encode_container, _encode_foreign):
        node = encoder(value, arrays, depth)
        if node is not None:
            return node
    return _opaque(type_name(value))


def type_name(value: object) -> str:
    """The name of a value's type, without trusting the value."""
    name = type.__dict__["__name__"].__get__(type(value))
    return str(name)[:80]


def storable(text: str) -> str:
    """With "?" for halves of surrogate pairs, which no file, database or terminal can hold."""
    return str.__str__(text).encode("utf-8", "replace").decode()


def _opaque(name: str) -> Node:
    return {"t": "opaque", "v": name}


def _encode_special(value: BuiltModel | History | Opaque, arrays: list[np.ndarray], depth: int) -> Node:
    if isinstance(value, Opaque):
        return _opaque(value.type_name)
    if isinstance(value, History):
        return {"t": "history", "v": encode(dict(value.history), arrays, depth + 1)}
    return {
        "t": "model",
        "function": value.function,
        "kwargs": encode(dict(value.kwargs), arrays, depth + 1),
        "config": value.config,
        "compile": encode(value.compile, arrays, depth + 1),
    }


def _encode_numpy(value: object, arrays: list[np.ndarray], depth: int) -> Node | None:
    """Arrays and numpy scalars. Only a process that imported numpy can hold one."""
    np = sys.modules.get("numpy")
    if np is None or not isinstance(value, (np.ndarray, np.generic)):
        return None
    if isinstance(value, np.ma.MaskedArray):
        return _opaque("MaskedArray")
    array = np.array(value, copy=True, subok=False)
    if array.dtype.kind == "V" and array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    elif array.dtype.kind in "fc" and array.dtype.itemsize > (8 if array.dtype.kind == "f" else 16):
        array = array.astype(np.float64 if array.dtype.kind == "f" else np.complex128)
    if array.dtype.newbyteorder("<").str not in DTYPES:
        return _opaque(f"{type_name(value)} of dtype {array.dtype.name}")
    return _array_node("array", array, arrays)


def _array_node(kind: str, array: np.ndarray, arrays: list[np.ndarray]) -> Node:
    arrays.append(array)
    return {"t": kind, "i": len(arrays) - 1}


def _encode_number(value: object, arrays: list[np.ndarray], depth: int) -> Node | None:
    if isinstance(value, int):
        whole = int(value)
        return whole if whole.bit_length() <= _INT_BITS else _opaque("int of more than 4096 bits")
    if isinstance(value, float):
        number = float(value)
        return number if math.isfinite(number) else {"t": "float", "v": repr(number)}
    if isinstance(value, str):
        return storable(value)
    return None


def _encode_container(value: object, arrays: list[np.ndarray], depth: int) -> Node | None:
    if isinstance(value, list):
        items = list(value)
        return _pack(items, arrays) or [encode(item, arrays, depth + 1) for item in items]
    if isinstance(value, tuple):
        return {"t": "tuple", "v": [encode(item, arrays, depth + 1) for item in tuple(value)]}
    if isinstance(value, dict):
        pairs = list(value.items())
        keys = [_key_text(key) for key, _ in pairs]
        if None in keys:
            return _opaque("dict with keys that are neither strings nor numbers")
        return {
            "t": "dict",
            "v": [[key, encode(pair[1], arrays, depth + 1)] for key, pair in zip(keys, pairs, strict=True)],
        }
    return None


def _key_text(key: object) -> str | None:
    """Numbers as keys, as in {5000: row}, become text; None for whatever else is no string."""
    if type(key).__module__ == "numpy" and hasattr(key, "item"):
        key = key.item()
    if isinstance(key, str):
        return storable(key)
    return repr(key) if type(key) in (int, float) else None


def _pack(items: list[Any], arrays: list[np.ndarray]) -> Node | None:
    """A long list of plain floats, or of plain ints, as one array."""
    if not _PACK_FROM <= len(items) <= _NUMBERS_CAP:
        return None
    kinds = set(map(type, items))
    if kinds != {float} and (kinds != {int} or not all(-_INT64 <= item < _INT64 for item in items)):
        return None
    import numpy as np

    return _array_node("numbers", np.array(items, dtype=np.float64 if kinds == {float} else np.int64), arrays)


def _encode_foreign(value: object, arrays: list[np.ndarray], depth: int) -> Node | None:
    """Keras histories and tensors, recognised by where their class was defined."""
    package = str(type(value).__module__).partition(".")[0]
    if package == "keras" and type_name(value) == "History":
        history = {str(key): [float(item) for item in items] for key, items in value.history.items()}  # type: ignore[attr-defined]
        return _encode_special(History(history), arrays, depth)
    if package in ("tensorflow", "keras") and hasattr(value, "shape") and hasattr(value, "numpy"):
        import numpy as np

        return _encode_numpy(np.asarray(value), arrays, depth)
    return None


def decode(node: Node, arrays: Sequence[np.ndarray], make_model: ModelMaker | None = None) -> Any:
    """The value of a node. Raises WireError for a node that `encode` cannot have made.

    `make_model` turns a BuiltModel into what the caller gets; without it such a node is refused.
    """
    return _Decoder(arrays, make_model).value(node, 0)


class _Decoder:
    """Takes each array at most once, so that a small frame cannot stand for a large value."""

    def __init__(self, arrays: Sequence[np.ndarray], make_model: ModelMaker | None) -> None:
        self._arrays: list[np.ndarray | None] = list(arrays)
        self._make_model = make_model
        self._numbers_left = _NUMBERS_CAP

    def value(self, node: Node, depth: int) -> Any:
        if isinstance(node, str):
            return storable(node)
        if isinstance(node, int) and node.bit_length() > _INT_BITS:
            raise WireError("an integer is too large")
        if node is None or isinstance(node, (bool, int, float)):
            return node
        if depth > _DEPTH_CAP + 1:
            raise WireError("a value is nested too deeply")
        if isinstance(node, list):
            return [self.value(item, depth + 1) for item in node]
        if isinstance(node, dict):
            return self._tagged(node, depth)
        raise WireError("a value is of no known kind")

    def _tagged(self, node: dict[str, Any], depth: int) -> Any:
        kind, content = node.get("t"), node.get("v")
        if kind == "array":
            return self._take_array(node)
        if kind == "numbers":
            return self._numbers(self._take_array(node))
        if kind == "tuple" and isinstance(content, list):
            return tuple(self.value(item, depth + 1) for item in content)
        if kind == "dict" and isinstance(content, list):
            return self._dict(content, depth)
        if kind == "float" and content in ("nan", "inf", "-inf"):
            return float(content)
        if kind == "opaque" and isinstance(content, str):
            return Opaque(storable(content[:120]))
        if kind == "history":
            return History(_checked_history(self.value(content, depth + 1)))
        if kind == "model" and self._make_model is not None:
            return self._model(node, self._make_model, depth)
        raise WireError("a value is of no known kind")

    def _take_array(self, node: dict[str, Any]) -> np.ndarray:
        index = node.get("i")
        if type(index) is not int or not 0 <= index < len(self._arrays):
            raise WireError("a value names an array that is not there")
        array, self._arrays[index] = self._arrays[index], None
        if array is None:
            raise WireError("a value names an array twice")
        return array

    def _numbers(self, array: np.ndarray) -> list[Any]:
        self._numbers_left -= array.size
        if array.ndim != 1 or array.dtype.str not in ("<i8", "<f8") or self._numbers_left < 0:
            raise WireError("a list of numbers is described wrongly, or too long")
        numbers: list[Any] = array.tolist()
        return numbers

    def _dict(self, pairs: list[Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for pair in pairs:
            if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
                raise WireError("a dict is described wrongly")
            found[storable(pair[0])] = self.value(pair[1], depth + 1)
        return found

    def _model(self, node: dict[str, Any], make_model: ModelMaker, depth: int) -> Any:
        kwargs = self.value(node.get("kwargs"), depth + 1)
        compiled = self.value(node.get("compile"), depth + 1)
        return make_model(BuiltModel(str(node.get("function")), kwargs, str(node.get("config")), compiled))


def _checked_history(value: object) -> dict[str, list[float]]:
    if not isinstance(value, dict) or not all(
        isinstance(numbers, list) and all(type(number) in (int, float) for number in numbers)
        for numbers in value.values()
    ):
        raise WireError("a history is not lists of numbers")
    try:
        return {name: [float(number) for number in numbers] for name, numbers in value.items()}
    except OverflowError:
        raise WireError("a history holds a number that is too large") from None
