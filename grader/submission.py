"""A submission as the grader holds it: bytes and text, nothing executed."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.results import LeftOut


@dataclass(frozen=True)
class Place:
    """Where a line of a module came from: `solution.py, line 12` or `work.ipynb, cell 3, line 2`."""

    file: str
    line: int
    cell: int | None = None

    def __str__(self) -> str:
        cell = f", cell {self.cell}" if self.cell is not None else ""
        return f"{self.file}{cell}, line {self.line}"


@dataclass(frozen=True)
class Module:
    """One Python source of a submission, sifted: what would run at import and is not cheap is gone.

    `path` is relative with forward slashes ("pkg/models.py"); a notebook `work.ipynb` becomes the
    module `work.py` and keeps `file="work.ipynb"`. Left-out statements are blanked, so line
    numbers of a .py equal the student's. `cells` maps notebook lines: one (cell, line) per line.
    `functions` are the names defined at top level. `error` is a SyntaxError in words, else "". `lost`
    are pairs: a name that a cell which could not be used seems to define, and why with its place.
    """

    path: str
    file: str
    source: str
    functions: tuple[str, ...]
    left_out_names: tuple[str, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    error: str = ""
    lost: tuple[tuple[str, str], ...] = ()

    def place(self, line: int) -> Place:
        """Line of `source` (1-based) to the place that the student knows."""
        if self.cells and 1 <= line <= len(self.cells):
            cell, cell_line = self.cells[line - 1]
            return Place(self.file, cell_line, cell)
        return Place(self.file, line)


@dataclass(frozen=True)
class Submission:
    """`digest` is SHA-256 (hex) over names and bytes of `files`. `data` holds small non-code files
    that lie beside the code (pictures, text), given to the worker read-only."""

    student_id: str
    digest: str
    files: tuple[str, ...]
    modules: tuple[Module, ...]
    data: dict[str, bytes] = field(default_factory=dict)
    answers: bytes | None = None
    experiments: bytes | None = None
    left_out: tuple[LeftOut, ...] = ()
    problem: str = ""

    def defining(self, function: str) -> Module | None:
        """The last module that defines `function` at top level, or None."""
        found = [module for module in self.modules if function in module.functions]
        return found[-1] if found else None
