"""Answers of several parts, however they are written: lists, sizes such as "7 x 7", grids of numbers."""

from __future__ import annotations

import re

from grader.intake.answers import parse_number

_LIST_LIMIT = 1_000
_BETWEEN = re.compile(r"\s*[,;]\s*|\s*[x×*]\s*|\s+by\s+|\s+", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"[,;\n]|\band\b", re.IGNORECASE)
_BRACKETS = "[](){} \t\r\n"


def parse_names(value: object) -> tuple[str, ...] | None:
    """["a", "b"], "a, b" or "a and b" as names without blanks around; None for anything else."""
    if isinstance(value, str):
        items: list[object] = list(_BETWEEN_NAMES.split(value.strip(_BRACKETS)))
    elif isinstance(value, list):
        items = value
    else:
        return None
    if len(items) > _LIST_LIMIT or not all(isinstance(item, str) for item in items):
        return None
    # Twice, because blanks of other kinds, such as a no-break space, may stand within or without.
    return tuple(name for item in items if (name := str(item).strip().strip(f"{_BRACKETS}'\"").strip()))


def parse_numbers(value: object) -> tuple[float, ...] | None:
    """[7, 7], "7 x 7", "7×7", "(7, 7)" or "7 by 7" as numbers; a single number as one. None otherwise."""
    if isinstance(value, str):
        parts: list[object] = [part for part in _BETWEEN.split(value.strip(_BRACKETS)) if part]
    elif isinstance(value, list):
        parts = value
    else:
        parts = [value]
    if not parts or len(parts) > _LIST_LIMIT:
        return None
    numbers = [parse_number(part) for part in parts]
    return tuple(number for number in numbers if number is not None) if None not in numbers else None


def parse_grid(value: object) -> tuple[tuple[float, ...], ...] | None:
    """Rows of numbers: [[1, 2], [3, 4]], ["1 2", "3 4"], or text with a row on each line or in brackets.

    Rows may differ in length. None when something is no number, or there is none at all.
    """
    if isinstance(value, str):
        lines = re.split(r"\n|;|\]\s*,?|\)\s*,?", value)
        rows: list[object] = [line for line in lines if line.strip(f"{_BRACKETS},")]
        rows = [str(line).strip(f"{_BRACKETS},") for line in rows]
    elif isinstance(value, list):
        rows = value
    else:
        return None
    if not rows or len(rows) > _LIST_LIMIT:
        return None
    parsed = [parse_numbers(row) for row in rows]
    return tuple(row for row in parsed if row is not None) if None not in parsed else None


def answer_text(value: object) -> str:
    """An answer as a person reads it: rows of a grid on lines of their own, other lists with commas.

    Grids are filled with spaces as wide as a digit, so that columns stand straight in any type.
    """
    if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        cells = [[str(cell).replace("-", "−") for cell in row] for row in value]
        width = max((len(cell) for row in cells for cell in row), default=0)
        return "\n".join("  ".join(cell.rjust(width, "\u2007") for cell in row) for row in cells)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
