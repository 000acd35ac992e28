"""Find what IPython adds to Python in a notebook cell: %magic, !shell and ?help lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.intake.decode import SourceError, parse_source

# Cell magics under which the cell still is Python that defines things.
_PYTHON_MAGICS = frozenset({"time", "capture", "prun", "memit", "mprun"})

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
# At the start of a statement: %magic, !shell, ?help, help?, files = !ls, took = %timeit -o f()
_LINE_MAGIC = re.compile(
    r"(?P<indent>\s*+)(?:[%!?]|[\w.*%]++\?{1,2}\s*+$|[A-Za-z_][\w,\s]*+=\s*+[%!]\s*+[^\s=])"
)
_OPENING = "([{"
_CLOSING = ")]}"


@dataclass(frozen=True)
class CellMagic:
    """A magic that takes the whole cell; `python` says that the rest is ordinary Python."""

    name: str
    python: bool


def cell_magic(text: str) -> CellMagic | None:
    """The cell's own magic (%%time, %%bash ...), which stands before anything else."""
    found = _CELL_MAGIC.match(text)
    return CellMagic(found[1], found[1] in _PYTHON_MAGICS) if found else None


def blank_magics(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text with line magics blanked, and their (line, content), lines 1-based.

    Text that is Python as it stands comes back unchanged. In a block a magic becomes `0`, so that the
    block does not end up empty.
    """
    try:
        parse_source(text)
    except SourceError:
        pass
    else:
        return text, []
    lines = text.split("\n")
    scanner = _Scanner()
    found: list[tuple[int, str]] = []
    continued = False
    for index, line in enumerate(lines):
        magic = _LINE_MAGIC.match(line) if scanner.at_statement or continued else None
        if continued or magic is not None:
            found.append((index + 1, line))
            indent = magic["indent"] if magic is not None and not continued else ""
            continued = line.endswith("\\")
            lines[index] = f"{indent}0" if indent else ""
        else:
            scanner.feed(line)
    return "\n".join(lines), found


class _Scanner:
    """Follows strings and brackets from line to line, as far as is needed to tell where statements begin."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""  # the triple quote that is open
        self._continued = False

    @property
    def at_statement(self) -> bool:
        """True when the next line begins a statement."""
        return self._depth == 0 and not self._quote and not self._continued

    def feed(self, line: str) -> None:
        """Read one line without its end."""
        position = 0
        while position < len(line):
            if self._quote:
                position = self._skip_string(line, position)
                continue
            char = line[position]
            if char == "#":
                break
            if char in "\"'":
                triple = line[position : position + 3]
                self._quote = triple if triple in ('"""', "'''") else char
                position += len(self._quote)
                continue
            if char in _OPENING:
                self._depth += 1
            elif char in _CLOSING:
                self._depth = max(0, self._depth - 1)
            position += 1
        self._continued = line.endswith("\\") and "#" not in line
        if len(self._quote) == 1 and not self._continued:
            self._quote = ""  # a string of one line ends with it, closed or not

    def _skip_string(self, line: str, position: int) -> int:
        """The position after the open string or the end of the line."""
        while position < len(line):
            if line[position] == "\\":
                position += 2
            elif line.startswith(self._quote, position):
                position += len(self._quote)
                self._quote = ""
                return position
            else:
                position += 1
        return position
