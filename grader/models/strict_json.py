"""JSON as RFC 8259 has it and no more: bounded, finite, without duplicate keys."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

from grader.models.errors import SpecError


def load_strict(text: str, *, what: str, max_bytes: int, max_depth: int) -> Any:
    """`text` as Python values. Raises SpecError for anything oversized, ambiguous or not finite."""
    if len(text) > max_bytes or len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise SpecError(f"{what} is larger than {max_bytes:,} bytes, so it is not read.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short_integer,
        )
    except RecursionError:
        raise SpecError(f"{what} is nested more than {max_depth} levels deep.") from None
    except ValueError as error:
        raise SpecError(f"{what} is not valid JSON: {error}.") from None
    _limit_depth(value, what, max_depth)
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f'the key "{twice[:40]}" occurs twice in one object')
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def _short_integer(text: str) -> int:
    if len(text) > 20:
        raise ValueError(f"the number {text[:20]}... is too large")
    return int(text)


def _limit_depth(value: Any, what: str, max_depth: int) -> None:
    """Level by level rather than by recursion, so that depth costs no stack."""
    level = [value]
    for _ in range(max_depth):
        level = [inner for outer in level for inner in _content(outer)]
        if not level:
            return
    if any(isinstance(item, dict | list) for item in level):
        raise SpecError(f"{what} is nested more than {max_depth} levels deep.")


def _content(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
