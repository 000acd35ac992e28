"""Judges short answers of several parts: some of several choices, sizes, and grids of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from grader.checks.answers import normal
from grader.checks.expect import Array
from grader.checks.mark import CheckFailed
from grader.intake import answer_text, parse_grid, parse_names, parse_numbers
from grader.text import quantity

ENTRY_COST = 1 / 8
"""Share of the points that one wrong entry of a grid costs."""

MOST_SLIPS = 1 / 4
"""Up to this share of the entries, a grid with wrong ones keeps a part of the points."""

_ENTRIES_NAMED = 6


@dataclass(frozen=True)
class Slip:
    """A way of getting it wrong: the `answer` that it gives, and `when`, a clause for the student such
    as "the padding is left out". `earned` is the share of the points kept all the same."""

    answer: ArrayLike
    when: str
    earned: float = 0.0


def expect_choices(
    answer: object,
    expected: Sequence[str],
    choices: Sequence[str],
    *,
    key: str,
    feedback: str,
    hints: Mapping[str, str],
) -> None:
    """Exactly `expected`, in any order. `hints` says of a wrong choice, in a sentence, what it is instead.

    Partial credit: the share of right choices, less the wrong ones.
    """
    names = chosen(answer, choices, key=key)
    wrong = [name for name in names if name not in expected]
    missing = [name for name in expected if name not in names]
    if not wrong and not missing:
        return
    words = [hints.get(name, f"{name} does not belong into the list.") for name in wrong]
    if missing:
        words.append("Something that belongs into your list is missing." if names else "")
    raise CheckFailed(
        f"{key} is not right yet. {' '.join(words)} {feedback}",
        detail=f"missing: {', '.join(missing) or 'none'}; wrong: {', '.join(wrong) or 'none'}",
        earned=max(0.0, (len(expected) - len(missing) - len(wrong)) / len(expected)),
    )


def chosen(answer: object, choices: Sequence[str], *, key: str) -> tuple[str, ...]:
    """The choices that an answer names, each once, in their own spelling. CheckFailed for other names."""
    names = parse_names(answer)
    if not names:
        raise CheckFailed(
            f'{key} = {answer!r} is no list. Write ["first", "second"], of: {", ".join(choices)}.'
        )
    known = {normal(choice): choice for choice in choices}
    unknown = [name for name in names if normal(name) not in known]
    if unknown:
        raise CheckFailed(
            f"{key}: {', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not among the choices:"
            f" {', '.join(choices)}."
        )
    return tuple(dict.fromkeys(known[normal(name)] for name in names))


def expect_size(
    answer: object, expected: Sequence[int], *, key: str, feedback: str, slips: Sequence[Slip] = ()
) -> None:
    """A size such as [7, 7] or "7 x 7"; a single number stands for a square."""
    given = size_answer(answer, len(expected), key=key)
    if given == tuple(expected):
        return
    known, earned = _recognised(np.array(given), slips)
    raise CheckFailed(
        f"{key} = {answer_text(answer)} is not right. {known}{feedback}",
        detail=f"expected {' x '.join(map(str, expected))}",
        earned=earned,
    )


def size_answer(answer: object, count: int, *, key: str) -> tuple[int, ...]:
    """The whole numbers that an answer states, one alone repeated. CheckFailed for anything else."""
    numbers = parse_numbers(answer)
    if numbers is not None and len(numbers) == 1:
        numbers *= count
    if numbers is None or len(numbers) != count or any(number != int(number) for number in numbers):
        form = ", ".join(["7"] * count)
        raise CheckFailed(f"{key} = {answer!r} is not {count} whole numbers. Write them as [{form}].")
    return tuple(int(number) for number in numbers)


def expect_grid(
    answer: object, expected: Array, *, key: str, feedback: str, slips: Sequence[Slip] = ()
) -> None:
    """All entries of `expected` (rows, columns). A few wrong ones keep a part of the points."""
    rows = grid_answer(answer, key=key)
    if len({len(row) for row in rows}) == 1:
        known, earned = _recognised(np.array(rows), slips)
        if known:
            raise CheckFailed(f"{key}: {known}{feedback}", earned=earned)
    given = _shaped(rows, expected.shape, key, feedback)
    wrong = np.argwhere(~np.isclose(given, expected, rtol=0, atol=1e-6))
    if not len(wrong):
        return
    total = expected.size
    places = "; ".join(f"row {row + 1}, column {column + 1}" for row, column in wrong[:_ENTRIES_NAMED])
    more = f", and {len(wrong) - _ENTRIES_NAMED} more" if len(wrong) > _ENTRIES_NAMED else ""
    raise CheckFailed(
        f"{key}: {total - len(wrong)} of {total} numbers are right. Work out again: {places}{more}."
        f" {feedback}",
        detail=f"expected {expected.tolist()}",
        earned=1 - ENTRY_COST * len(wrong) if len(wrong) <= MOST_SLIPS * total else 0.0,
    )


def grid_answer(answer: object, *, key: str) -> tuple[tuple[float, ...], ...]:
    """The rows of numbers that an answer states. CheckFailed when there is anything else in it."""
    rows = parse_grid(answer)
    if rows is None:
        raise CheckFailed(
            f"{key} is no grid of numbers. Write its rows in brackets, such as [[1, -2], [3, 4]], or as lines"
            ' of text between three quotes (""").'
        )
    return rows


def _shaped(rows: Sequence[Sequence[float]], shape: tuple[int, ...], key: str, feedback: str) -> Array:
    """The rows as an array of this shape; CheckFailed says which row is too long or too short."""
    if len(rows) != shape[0]:
        raise CheckFailed(f"{key} has {quantity(len(rows), 'row')}; the output has {shape[0]}. {feedback}")
    for number, row in enumerate(rows, start=1):
        if len(row) != shape[1]:
            raise CheckFailed(
                f"{key}: row {number} has {quantity(len(row), 'number')} instead of {shape[1]}. {feedback}"
            )
    return np.array(rows)


def _recognised(given: Array, slips: Sequence[Slip]) -> tuple[str, float]:
    """The slips that give exactly this answer, in one sentence, and what the dearest of them keeps.

    Small numbers come out in several ways: then all are named, since the answer alone cannot tell.
    """
    found = [slip for slip in slips if np.array_equal(given, np.asarray(slip.answer))]
    if not found:
        return "", 0.0
    ways = ", or when ".join(slip.when for slip in found)
    return f"It is what comes out when {ways}. ", min(slip.earned for slip in found)
