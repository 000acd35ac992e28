"""CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from grader.text import plain

Cell = str | float | None

# Where a cell may begin: at the start, and after whatever some country's spreadsheet takes for a separator,
# because it does not see the quotes of ours. What makes a formula there, also in full width: = + - @.
# Blanks and quotes before it are taken off on the way in. Tabs and line breaks are gone already.
_FORMULA = re.compile(r'(^|[,;|])(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])')


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """RFC 4180 with a heading: numbers as numbers, None as an empty cell, text that stays text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """One line, and an apostrophe before whatever would begin a formula."""
    return _FORMULA.sub(r"\1'", " ".join(plain(text).split()))


def _cell(value: Cell) -> str | float:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else value
