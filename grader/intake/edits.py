"""Cut statements and expressions out of Python text without moving any line."""

from __future__ import annotations

import ast


class SourceText:
    """A text, the edits to make to it, and where syntax nodes lie in it.

    Syntax trees count columns in UTF-8 bytes, so the text is held as such.
    """

    def __init__(self, text: str) -> None:
        self._raw = text.encode()
        self._starts = [0]
        for line in self._raw.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._edits: list[tuple[int, int, bytes]] = []

    @property
    def edit_count(self) -> int:
        """A mark to which `undo` can return."""
        return len(self._edits)

    def undo(self, edit_count: int) -> None:
        """Forget the edits made since there were `edit_count`."""
        del self._edits[edit_count:]

    def blank(self, statement: ast.stmt, nested: bool) -> None:
        """Take `statement` out.

        Where the line or block needs a statement in its place it becomes `0`, over several lines
        `(0` ... `)`. `nested` says that it stands in a block.
        """
        start, end = self._statement_start(statement), self._end(statement)
        lines = self._raw.count(b"\n", start, end)
        if nested or self._shares_line(start, end):
            self._edits.append((start, end, b"(0" + b"\n" * lines + b")" if lines else b"0"))
        else:
            self._edits.append((start, end, b"\n" * lines))

    def replace(self, node: ast.expr, text: str) -> None:
        """Put the one-line `text` in the place of an expression that is allowed to span lines."""
        start, end = self._start(node), self._end(node)
        self._edits.append(
            (start, end, b"(" + text.encode() + b"\n" * self._raw.count(b"\n", start, end) + b")")
        )

    def result(self) -> str:
        """The text with all edits made; it has as many lines as before."""
        pieces: list[bytes] = []
        position = 0
        for start, end, new in sorted(self._edits):
            pieces += [self._raw[position:start], new]
            position = end
        return b"".join([*pieces, self._raw[position:]]).decode()

    def first_line(self, node: ast.stmt, limit: int = 80) -> str:
        """The first line of a statement, shortened, to show to people."""
        start, end = self._statement_start(node), self._end(node)
        line = self._raw[start:end].split(b"\n", 1)[0].decode().strip()
        return line if len(line) <= limit else line[: limit - 1] + "…"

    def _start(self, node: ast.stmt | ast.expr) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.stmt | ast.expr) -> int:
        if node.end_lineno is None or node.end_col_offset is None:
            raise ValueError("the node does not come from a parsed text")
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def _statement_start(self, statement: ast.stmt) -> int:
        """A decorated definition begins at the @, which has no node of its own."""
        decorators = getattr(statement, "decorator_list", None)
        return self._raw.rindex(b"@", 0, self._start(decorators[0])) if decorators else self._start(statement)

    def _shares_line(self, start: int, end: int) -> bool:
        line_start = self._raw.rfind(b"\n", 0, start) + 1
        line_end = self._raw.find(b"\n", end)
        after = self._raw[end : line_end if line_end >= 0 else None].strip()
        before = self._raw[line_start:start].strip()
        continued = self._raw.endswith(b"\\\n", 0, line_start)
        return bool(before) or continued or (bool(after) and not after.startswith(b"#"))
