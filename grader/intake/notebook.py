"""Turn a Jupyter notebook into one Python text, cell by cell.

Stored outputs, attachments and metadata are thrown away unread. Cells are numbered as a reader counts
them who looks for code: "cell 3" is the third code cell from the top. Execution numbers such as In[7]
are not used, because they change with every run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.intake.decode import SourceError, names_in_broken, normalise_lines, parse_source
from grader.intake.files import MIB, IntakeProblem, printable
from grader.intake.magics import blank_magics, cell_magic

# A string, or what is left where it is not closed: one that could fail would be tried at every quote in it.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<end>"|\\?\Z)', re.DOTALL)
_CUT = b"A string that is too long to be read"  # no Python, so a cell that is one is a broken cell
_STRING_LIMIT = 100_000  # bytes; Jupyter writes code line by line, pictures and logs in one string
_SLIM_LIMIT = 10 * MIB  # without those strings; one unusual letter makes a text four times as large
# Kernels that are named after their language, for notebooks that name no language.
_OTHER_KERNELS = ("ir", "julia", "octave", "matlab", "scala", "javascript", "bash", "sas", "stata", "xcpp")
# Bound what parsing may allocate: brackets and commas of ordinary notebooks stay far below.
_BRACKETS = 200_000
_COMMAS = 1_000_000
_CELLS = 5_000
_LINES = 50_000
_AGAIN = "Open it in Jupyter, save it again and hand it in anew."


@dataclass(frozen=True)
class LeftLine:
    """A line or cell that was left out: code cell (1-based), line in it (1-based), what and why."""

    cell: int
    line: int
    what: str
    why: str


@dataclass(frozen=True)
class NotebookText:
    """Code cells joined in order. `cells` gives for each line of `text` its (cell, line).

    `lost` are what cells that were left out whole seem to define, by name; their lines are blank.
    """

    text: str
    cells: tuple[tuple[int, int], ...]
    left_out: tuple[LeftLine, ...]
    lost: Mapping[str, LeftLine]


def read_notebook(raw: bytes, label: str) -> NotebookText:
    """The code of an .ipynb file of format 2 (the year 2012) to 4.

    A cell with a syntax error costs only itself. Raises IntakeProblem, naming `label`, when there is no
    Python to be had at all.
    """
    notebook = _parse_json(raw, label)
    sources = [normalise_lines(source) for source in _code_cells(notebook, label)]
    if len(sources) > _CELLS or sum(source.count("\n") for source in sources) > _LINES:
        raise IntakeProblem(
            f"{label} has more than {_CELLS:,} code cells or {_LINES:,} lines of code. Hand in a shorter one."
        )
    if not any(source.strip() for source in sources):
        raise IntakeProblem(f"{label} has no code cells. Hand in the notebook that holds your functions.")
    texts: list[str] = []
    cells: list[tuple[int, int]] = []
    left_out: list[LeftLine] = []
    lost: dict[str, LeftLine] = {}
    for number, whole in enumerate(sources, start=1):
        text, left = _read_cell(whole, number)
        left_out += left
        if whole.strip() and not text.strip():
            lost |= dict.fromkeys(names_in_broken(whole), left[0])
        try:
            parse_source(text)
        except SourceError as error:
            left_out.append(_broken_cell(text, number, error))
            lost |= dict.fromkeys(names_in_broken(text), left_out[-1])
            text = "\n" * text.count("\n")
        texts.append(text)
        cells += [(number, line + 1) for line in range(text.count("\n") + 1)]
    return NotebookText("\n".join(texts), tuple(cells), tuple(left_out), lost)


def _read_cell(text: str, number: int) -> tuple[str, list[LeftLine]]:
    """The cell without its magics, line for line, and what they were."""
    left: list[LeftLine] = []
    magic = cell_magic(text)
    if magic is not None:
        line = text[: text.index("%%")].count("\n")
        lines = text.split("\n")
        if not magic.python:
            why = f"the cell is given to %%{magic.name}, which the grader does not run"
            return "\n" * text.count("\n"), [LeftLine(number, line + 1, _short(lines[line]), why)]
        left.append(LeftLine(number, line + 1, _short(lines[line]), "the rest of the cell is kept"))
        lines[line] = ""
        text = "\n".join(lines)
    text, magics = blank_magics(text)
    why = "commands of the notebook and of the shell are not run"
    return text, left + [LeftLine(number, line, _short(what), why) for line, what in magics]


def _broken_cell(text: str, number: int, error: SourceError) -> LeftLine:
    line = error.line or 1
    lines = text.split("\n")
    what = lines[line - 1] if line <= len(lines) else ""
    why = f"the cell has a syntax error ({error.message}), so nothing in it could be used"
    return LeftLine(number, line, _short(what) or "the cell", why)


def _parse_json(raw: bytes, label: str) -> dict[str, Any]:
    slim = _STRING.sub(_shorten, raw)
    if len(slim) > _SLIM_LIMIT or _too_many(slim):
        raise IntakeProblem(
            f"{label} has outputs of a size that cannot be read. Clear all outputs and hand it in anew."
        )
    try:
        text = slim.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IntakeProblem(f"{label} is no notebook: it is not UTF-8 text. {_AGAIN}") from error
    if not text.strip():
        raise IntakeProblem(f"{label} is empty. {_AGAIN}")
    if text.lstrip().startswith("<") and not text.lstrip().startswith("<<<<<<<"):
        raise IntakeProblem(
            f"{label} is a web page, not a notebook. Download the .ipynb file itself and hand it in."
        )
    if re.search(r"^(<<<<<<<|>>>>>>>) ", text, re.MULTILINE):
        raise IntakeProblem(
            f"{label} has unresolved merge conflicts (<<<<<<<). Resolve them and hand it in anew."
        )
    if not text.lstrip().startswith(("{", "[")):
        raise IntakeProblem(
            f"{label} is no notebook: it does not begin as one. If it is Python, name it .py; else open it in"
            " Jupyter and save it again."
        )
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise IntakeProblem(
            f"{label} is no notebook: its JSON breaks off at {where} ({error.msg}). {_AGAIN}"
        ) from error
    except (RecursionError, ValueError) as error:
        raise IntakeProblem(f"{label} is no notebook: its JSON cannot be read. {_AGAIN}") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise IntakeProblem(f"{label} is no notebook: it has no nbformat. {_AGAIN}")
    return notebook


def _shorten(string: re.Match[bytes]) -> bytes:
    short = string.end() - string.start() <= _STRING_LIMIT
    return string[0] if short else b'"' + _CUT + string["end"]


def _too_many(raw: bytes) -> bool:
    """Whether parsing would make too many objects. What stands in strings, such as a long log, makes none."""

    def many(part: bytes) -> bool:
        return part.count(b"{") + part.count(b"[") > _BRACKETS or part.count(b",") > _COMMAS

    return many(raw) and many(_STRING.sub(b"", raw))


def _code_cells(notebook: dict[str, Any], label: str) -> Sequence[str]:
    """Sources of the code cells; IntakeProblem for other languages and formats."""
    _expect_python(_language(notebook), label)
    major = notebook["nbformat"]
    if not 2 <= major <= 4:
        raise IntakeProblem(f"{label} has notebook format {major}; formats 2 to 4 are read. {_AGAIN}")
    try:
        if major == 4:
            return [_source(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
        sheets = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
        older = [cell for cell in sheets if cell["cell_type"] == "code"]
        _expect_python(next((str(cell["language"]) for cell in older if cell.get("language")), ""), label)
        return [_source(cell["input"]) for cell in older]
    except (KeyError, TypeError, AttributeError) as error:
        raise IntakeProblem(f"{label} is no valid notebook: its cells cannot be read. {_AGAIN}") from error


def _expect_python(language: str, label: str) -> None:
    if language and not language.lower().startswith(("python", "ipython")):
        raise IntakeProblem(
            f"{label} is a notebook for {printable(language[:40])}, not for Python. Hand in Python."
        )


def _source(source: object) -> str:
    """A cell's text, which is a string or a list of lines; TypeError for anything else."""
    if isinstance(source, list):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise TypeError(type(source).__name__)


def _language(notebook: dict[str, Any]) -> str:
    """What the notebook says it is written in, "" when it does not say.

    A kernel may have any name ("my-env"), so its name counts only where it is another language's.
    """
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for section, key in (("language_info", "name"), ("kernelspec", "language"), ("kernelspec", "name")):
        part = metadata.get(section)
        name = part.get(key) if isinstance(part, dict) else None
        if (
            isinstance(name, str)
            and name
            and (key != "name" or section != "kernelspec" or _names_other(name))
        ):
            return name
    return ""


def _names_other(kernel: str) -> bool:
    return re.split(r"[-_.\s\d]", kernel.lower(), maxsplit=1)[0] in _OTHER_KERNELS


def _short(line: str) -> str:
    stripped = printable(line.strip())
    return stripped if len(stripped) <= 80 else stripped[:79] + "…"
