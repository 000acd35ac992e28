"""A table in a file of a platform's own, whose cells are changed in place; all else stays to the byte.

The platform compares what it gets back with what it gave, and its files differ from school to school: comma,
semicolon or tab, UTF-8 or UTF-16, with a byte order mark or without.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.errors import UsageError

SIZE_LIMIT = 50_000_000
"""Bytes of a table; one of 100,000 people has a fifth of that."""
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Row:
    """`cells` as they stand in the file, quotes and all; `end` is the line break, "" at the end of the
    file."""

    cells: tuple[str, ...]
    end: str

    def value(self, column: int) -> str:
        """What the cell says; "" where the row is shorter."""
        return _unquoted(self.cells[column]) if column < len(self.cells) else ""

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(_unquoted(cell) for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A whole file. Row 0 is its heading."""

    rows: tuple[Row, ...]
    delimiter: str
    bom: bytes
    encoding: str

    def with_values(self, changes: Mapping[tuple[int, int], str]) -> Sheet:
        """Other values in some cells, by row and column."""
        rows = list(self.rows)
        for (at, column), value in changes.items():
            rows[at] = _changed(rows[at], column, value, self.delimiter)
        return replace(self, rows=tuple(rows))

    def render(self) -> bytes:
        """The file again: equal to what was parsed where nothing was changed."""
        text = "".join(self.delimiter.join(row.cells) + row.end for row in self.rows)
        return self.bom + text.encode(self.encoding)


def parse_sheet(raw: bytes, name: str) -> Sheet:
    """RFC 4180, with the delimiter that the heading has most of. Raises UsageError for what is no such table;
    `name` is the file's."""
    bom, encoding = next(((bom, kind) for bom, kind in _BOMS if raw.startswith(bom)), (b"", "utf-8"))
    try:
        text = raw[len(bom) :].decode(encoding)
    except UnicodeDecodeError:
        raise UsageError(
            f"{name} is no text in UTF-8 or UTF-16.",
            hint="Give the file as the platform wrote it, not one that a spreadsheet saved.",
        ) from None
    if not text.strip() or "\0" in text:
        raise UsageError(f"{name} is no table of text.", hint="Give the file as the platform wrote it.")
    heading = text.splitlines()[0]
    delimiter = max(_DELIMITERS, key=heading.count)
    return Sheet(_rows(text, delimiter), delimiter, bom, encoding)


def _rows(text: str, delimiter: str) -> tuple[Row, ...]:
    # A quoted cell runs to the quote that is not doubled, over line breaks; an open quote runs to the end.
    cell = re.compile(
        rf'(?P<cell>(?:"(?:[^"]|"")*(?:"|\Z))?[^{delimiter}\r\n]*)(?P<end>{delimiter}|\r\n|\r|\n|\Z)'
    )
    rows: list[Row] = []
    cells: list[str] = []
    for found in cell.finditer(text):
        if found.start() == len(text) and not cells:
            break  # after the last line break
        cells.append(found["cell"])
        if found["end"] != delimiter:
            rows.append(Row(tuple(cells), found["end"]))
            cells = []
    return tuple(rows)


def _unquoted(cell: str) -> str:
    if not cell.startswith('"'):
        return cell
    inner, _, rest = cell[1:].replace('""', "\0").partition('"')
    return (inner + rest).replace("\0", '"')


def _changed(row: Row, column: int, value: str, delimiter: str) -> Row:
    """In quotes where the old one was, or where it has to be."""
    cells = list(row.cells) + [""] * (column + 1 - len(row.cells))
    quoted = cells[column].startswith('"') or any(mark in value for mark in (delimiter, '"', "\r", "\n"))
    cells[column] = '"{}"'.format(value.replace('"', '""')) if quoted else value
    return replace(row, cells=tuple(cells))
