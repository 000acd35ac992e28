"""Comparisons that say, without the expected values, what is wrong with a returned value.

The order is always `(actual, expected)`. Whatever these functions put into `feedback` is built
from the student's own value and from kinds and shapes; expected values go to `detail`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.checks.mark import CheckFailed

Array = np.ndarray[Any, Any]
_NUMERIC = "biuf"


def as_array(actual: object, what: str = "The result") -> Array:
    """A number, array, or nested list or tuple of numbers as an array; CheckFailed for anything else."""
    if actual is None:
        raise CheckFailed(
            f"{what} is None. A function without a return statement gives None: end it with `return ...`."
        )
    if not isinstance(actual, (np.ndarray, np.generic, list, tuple, int, float)):
        raise CheckFailed(f"{what} is {_kind_of(actual)}; wanted is an array of numbers.")
    try:
        array = np.asarray(actual)
    except ValueError:
        raise CheckFailed(f"{what} is a list whose rows differ in length, so it is no array.") from None
    if array.dtype.kind not in _NUMERIC:
        raise CheckFailed(f"{what} holds {array.dtype} values; wanted are numbers.")
    return array


def expect_shape(actual: object, shape: Sequence[int], what: str = "The result") -> Array:
    """`actual` as an array of exactly this shape."""
    array = as_array(actual, what)
    if array.shape != tuple(shape):
        raise CheckFailed(
            f"{what} has the shape {shape_words(array.shape)}; it should be {shape_words(shape)}."
        )
    return array


def expect_finite(actual: object, what: str = "The result") -> Array:
    """`actual` as an array without NaN or infinity."""
    array = as_array(actual, what)
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise CheckFailed(
            f"{what} holds NaN or infinity ({bad} of {array.size} values). Look for a division by zero, for "
            "a number too large for a float, such as exp(1000), or for an array that was made with np.empty "
            "and not filled everywhere."
        )
    return array


def expect_close(
    actual: object, expected: object, *, rtol: float = 1e-6, atol: float = 1e-8, what: str = "The result"
) -> None:
    """Checks kind, shape, finiteness and then values, in that order."""
    wanted = np.asarray(expected)
    array = expect_finite(expect_shape(actual, wanted.shape, what), what)
    wrong = ~np.isclose(array, wanted, rtol=rtol, atol=atol)
    if wrong.any():
        raise CheckFailed(
            f"{what} has the right shape, but {_share(int(wrong.sum()), array.size)} wrong.",
            detail=_first_difference(array, wanted, wrong),
        )


def expect_equal(actual: object, expected: object, what: str = "The result") -> None:
    """Exact equality; an array scalar counts as its number, a list as a tuple."""
    if _plain(actual) != _plain(expected):
        raise CheckFailed(f"{what} is not right.", detail=f"actual {actual!r}, expected {expected!r}")


def expect_number(
    actual: object,
    low: float,
    high: float,
    what: str = "The result",
) -> float:
    """A finite number in [low, high]: bounds that the student may know, such as 0 and 1."""
    array = as_array(actual, what)
    if array.size != 1:
        raise CheckFailed(f"{what} has the shape {shape_words(array.shape)}; wanted is a single number.")
    value = float(array.reshape(()))
    if not np.isfinite(value):
        raise CheckFailed(f"{what} is {value}; wanted is a finite number.")
    if not low <= value <= high:
        raise CheckFailed(f"{what} is {value:g}; it must lie between {low:g} and {high:g}.")
    return value


def shape_words(shape: Sequence[int]) -> str:
    """(6, 7) as "6 x 7", () as "a single number"."""
    if not shape:
        return "a single number"
    return " x ".join(str(side) for side in shape) if len(shape) > 1 else f"({shape[0]},)"


def _kind_of(value: object) -> str:
    name = getattr(value, "type_name", None) or type(value).__name__
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return f"{article} {name}"


def _share(wrong: int, total: int) -> str:
    if wrong == total:
        return "every value is" if total > 1 else "its value is"
    return f"{wrong} of {total} values {'is' if wrong == 1 else 'are'}"


def _first_difference(array: Array, wanted: Array, wrong: Array) -> str:
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"at {place}: actual {array[place]!r}, expected {wanted[place]!r}"


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item) for item in value)
    return value
