"""The kinds of values that tables.toml grants to a key, and the tables themselves."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from grader.models.errors import SpecError


class Mismatch(Exception):
    """A value that its field does not allow; the text says what would be allowed."""


@dataclass(frozen=True)
class Field:
    """One key of a table: `kind` names a rule, `arguments` bound it.

    `default` is what an absent key means; it is None as well when `required`.
    """

    kind: str
    arguments: tuple[str, ...]
    default: Any
    required: bool

    def normalise(self, value: Any) -> Any:
        """The canonical value. Raises Mismatch with what is allowed instead."""
        return KINDS[self.kind](value, self.arguments, self.default)


def parse_field(text: str) -> Field:
    rule, _, default = text.partition(" = ")
    kind, *arguments = rule.split()
    # Forgotten keys need not be there; all others without a default must be.
    required = not default and kind not in ("seed", "forget")
    return Field(kind, tuple(arguments), json.loads(default) if default else None, required)


def check_settings(config: Any, table: Mapping[str, Field], where: str) -> dict[str, Any]:
    """Canonical settings of one object, complete with defaults, without forgotten keys."""
    if not isinstance(config, dict):
        raise SpecError(f"{where}: its config is {shown(config)}; it must be an object.")
    for key in config:
        if key not in table:
            raise SpecError(f'{where}: the setting "{key[:60]}" is not known to the grader.')
    settings = {}
    for key, field in table.items():
        if field.kind in ("seed", "forget") and key not in config:
            continue
        settings[key] = _setting(config, key, field, where)
        if field.kind in ("seed", "forget"):
            del settings[key]
    return settings


def _setting(config: dict[str, Any], key: str, field: Field, where: str) -> Any:
    if key not in config:
        if field.required:
            raise SpecError(f'{where}: the setting "{key}" is missing.')
        return field.default
    try:
        return field.normalise(config[key])
    except Mismatch as wanted:
        raise SpecError(f"{where}: {key} is {shown(config[key])}; {wanted}.") from None


def shown(value: Any) -> str:
    """A refused value, short enough for a message."""
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def significant(value: float) -> float:
    """Six digits: Keras passes numbers through float32, which turns 1e-4 into 9.999999747e-05."""
    return float(f"{value:.6g}")


# --- kinds ---------------------------------------------------------------------------------------


def _integer(value: Any, arguments: tuple[str, ...], _: Any = None) -> int:
    low, high = int(arguments[0]), int(arguments[1])
    if type(value) is not int or not low <= value <= high:
        raise Mismatch(f"it must be a whole number from {low:,} to {high:,}")
    return value


def _float(value: Any, arguments: tuple[str, ...], _: Any = None) -> float:
    low, high = float(arguments[0]), float(arguments[1])
    if type(value) not in (int, float) or not low <= value <= high:
        raise Mismatch(f"it must be a number from {low:g} to {high:g}")
    return significant(value)


def _bool(value: Any, *_: Any) -> bool:
    if type(value) is not bool:
        raise Mismatch("it must be true or false")
    return value


def _list(value: Any, low: int, high: int) -> list[Any]:
    if not isinstance(value, list) or not low <= len(value) <= high:
        count = f"{low}" if low == high else f"{low} to {high}"
        raise Mismatch(f"it must be a list of {count} values")
    return value


def _pair(value: Any, arguments: tuple[str, ...], _: Any = None) -> list[int]:
    values = [value, value] if type(value) is int else _list(value, 2, 2)
    return [_integer(item, arguments) for item in values]


def _edges(value: Any, arguments: tuple[str, ...], _: Any = None) -> list[list[int]]:
    return [_pair(item, arguments) for item in _list(value, 2, 2)]


def _integers(value: Any, arguments: tuple[str, ...], _: Any = None) -> list[int]:
    shortest, longest, *bounds = arguments
    return [_integer(item, tuple(bounds)) for item in _list(value, int(shortest), int(longest))]


def _floats(value: Any, arguments: tuple[str, ...], _: Any = None) -> list[float]:
    shortest, longest, *bounds = arguments
    return [_float(item, tuple(bounds)) for item in _list(value, int(shortest), int(longest))]


def _integer_or_list(value: Any, arguments: tuple[str, ...], _: Any = None) -> int | list[int]:
    return _integers(value, ("1", "4", *arguments)) if isinstance(value, list) else _integer(value, arguments)


def _factor(value: Any, arguments: tuple[str, ...], _: Any = None) -> list[float]:
    """A range of random changes; Keras takes a single number f for [-f, f]."""
    if isinstance(value, list):
        return _floats(value, ("2", "2", *arguments))
    largest = _float(value, ("0", arguments[1]))
    return [-largest, largest]


def _last_axis(value: Any, *_: Any) -> int:
    """The last axis, which of images and of flat features is the one of the channels."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if type(value) is not int or value not in (-1, 3):
        raise Mismatch("only the last axis (-1) is supported")
    return -1


def _choice(value: Any, arguments: tuple[str, ...], _: Any = None) -> str:
    if not isinstance(value, str) or value.lower() not in arguments:
        raise Mismatch(f"it must be one of: {', '.join(arguments)}")
    return value.lower()


def _fixed(value: Any, _: tuple[str, ...], default: Any) -> Any:
    if json.dumps(value) != json.dumps(default):
        raise Mismatch(f"only {json.dumps(default)} is supported")
    return default


def _seed(value: Any, *_: Any) -> None:
    if value is not None and type(value) is not int:
        raise Mismatch("it must be a whole number or null")


def _forget(value: Any, *_: Any) -> None:
    if value is not None and not isinstance(value, str | dict):
        raise Mismatch("it must be a name")


def _activation(value: Any, *_: Any) -> str:
    known: dict[str, str] = tables()["activations"]
    if not isinstance(value, str) or value not in known:
        raise Mismatch(f"activations known to the grader are: {', '.join(sorted(known))}")
    return known[value]


def _optional(value: Any, arguments: tuple[str, ...], default: Any) -> Any:
    return None if value is None else KINDS[arguments[0]](value, arguments[1:], default)


def _object(value: Any, arguments: tuple[str, ...], _: Any = None) -> dict[str, Any] | None:
    """A Keras object such as a regulariser: as Keras writes it, or in the canonical form."""
    (group,) = arguments
    if value is None:
        return None
    checked = check_object(value, group)
    return _merged_penalty(checked) if group == "regularizers" else checked


def _merged_penalty(penalty: dict[str, Any]) -> dict[str, Any] | None:
    """L1, L2 and L1L2 say the same thing in different classes; a weight of zero says nothing."""
    l1, l2 = penalty.get("l1", 0.0), penalty.get("l2", 0.0)
    return {"class": "L1L2", "l1": l1, "l2": l2} if l1 or l2 else None


def _rate(value: Any, *_: Any) -> float | dict[str, Any]:
    return check_object(value, "schedules") if isinstance(value, dict) else _float(value, ("0", "1e4"))


KINDS: Mapping[str, Callable[[Any, tuple[str, ...], Any], Any]] = {
    "int": _integer,
    "float": _float,
    "bool": _bool,
    "pair": _pair,
    "edges": _edges,
    "integers": _integers,
    "floats": _floats,
    "integer_or_list": _integer_or_list,
    "factor": _factor,
    "last_axis": _last_axis,
    "choice": _choice,
    "fixed": _fixed,
    "seed": _seed,
    "forget": _forget,
    "activation": _activation,
    "optional": _optional,
    "object": _object,
    "rate": _rate,
}

KERAS_MODULES = {
    "initializers": "keras.initializers",
    "regularizers": "keras.regularizers",
    "constraints": "keras.constraints",
    "optimizers": "keras.optimizers",
    "schedules": "keras.optimizers.schedules",
    "losses": "keras.losses",
}


def check_object(value: Any, group: str) -> dict[str, Any]:
    """{"class": name, **settings that differ from the defaults}. Raises Mismatch."""
    class_name, config = _unwrap(value, group)
    known = object_tables(group)
    if class_name not in known:
        names = ", ".join(known)
        raise Mismatch(f"{group} known to the grader are: {names}")
    try:
        settings = check_settings(config, known[class_name], class_name)
    except SpecError as error:
        raise Mismatch(str(error).rstrip(".")) from None
    return {"class": class_name, **changed(settings, known[class_name])}


def _unwrap(value: Any, group: str) -> tuple[str, Any]:
    """Class and config of a serialised Keras object or of its canonical form."""
    if not isinstance(value, dict):
        raise Mismatch("it must be an object of Keras")
    if isinstance(value.get("class"), str):
        return value["class"], {key: item for key, item in value.items() if key != "class"}
    expected = {"module", "class_name", "config", "registered_name"}
    if (
        not expected - {"registered_name"} <= set(value) <= expected
        or value.get("registered_name") is not None
    ):
        raise Mismatch("custom objects cannot be rebuilt outside the sandbox")
    if value["module"] != KERAS_MODULES[group] or not isinstance(value["class_name"], str):
        raise Mismatch(f"it must come from {KERAS_MODULES[group]}")
    return value["class_name"], value["config"]


def changed(settings: Mapping[str, Any], table: Mapping[str, Field]) -> dict[str, Any]:
    """The settings that differ from the defaults, or that have none."""
    return {
        key: value
        for key, value in settings.items()
        if table[key].required or json.dumps(value) != json.dumps(table[key].default)
    }


# --- tables --------------------------------------------------------------------------------------


@cache
def tables() -> dict[str, Any]:
    """tables.toml as it stands."""
    return tomllib.loads(files("grader.models").joinpath("tables.toml").read_text(encoding="utf-8"))


@cache
def object_tables(group: str) -> dict[str, dict[str, Field]]:
    """Class name -> key -> Field, for "layers", "initializers", "optimizers", ..."""
    shared = tables()["optimizer_keys"] if group == "optimizers" else {}
    return {
        class_name: {key: parse_field(text) for key, text in {**shared, **keys}.items()}
        for class_name, keys in tables()[group].items()
    }


def limit(name: str) -> int:
    """One of the [limits] of tables.toml."""
    return int(tables()["limits"][name])
