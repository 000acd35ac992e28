"""Parts of a page in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The cells are Markdown already."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """As it is typed; also within a table."""
    return f"`{cell(text)}`"


def cell(text: str) -> str:
    """On one line, without what would end the cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
