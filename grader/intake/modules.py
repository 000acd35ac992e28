"""Python files and notebooks of a submission as sifted modules."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import PurePosixPath

from grader.intake.decode import SourceError, decode_source, names_in_broken
from grader.intake.files import CODE_SUFFIXES, IntakeProblem, printable
from grader.intake.notebook import LeftLine, NotebookText, read_notebook
from grader.intake.sift import LeftStatement, sift
from grader.results import LeftOut
from grader.submission import Module

Importable = Callable[[str], bool]
Placed = tuple[tuple[int, int], LeftOut]  # (cell, line) to sort by

_SEVERAL = "they load or compute something; only definitions and cheap constants are kept"


@dataclass(frozen=True)
class Modules:
    """Modules with those nearest to the top last, since the last definition of a function counts.

    `problems` are files that are code by name and could not be read at all.
    """

    modules: tuple[Module, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[str, ...]


def read_modules(files: Mapping[str, bytes]) -> Modules:
    """All .py and .ipynb among `files`. A faulty one costs only itself."""
    own = {part.removesuffix(".py").removesuffix(".ipynb") for name in files for part in name.split("/")}

    def is_there(name: str) -> bool:
        return name in own or is_installed(name)

    modules: list[Module] = []
    left_out: list[LeftOut] = []
    problems: list[str] = []
    for name in sorted(files, key=_farthest_first):
        if PurePosixPath(name).suffix.lower() not in CODE_SUFFIXES:
            continue
        try:
            module, left = _read_module(name, files[name], is_there)
        except IntakeProblem as error:
            problems.append(str(error))
            left_out.append(LeftOut(where=printable(name), what="file", why=str(error)))
            continue
        taken = {other.path.lower() for other in modules}
        modules.append(_with_free_path(module, taken))
        left_out += left
    left_out += _defined_twice(modules)
    return Modules(tuple(modules), tuple(left_out), tuple(problems))


@cache
def is_installed(name: str) -> bool:
    """Whether a top-level module is there; the sandbox sees the same packages as the grader.

    Finding a top-level module runs none of its code.
    """
    return importlib.util.find_spec(name) is not None


def _farthest_first(name: str) -> tuple[int, str]:
    return (-name.count("/"), name)


def _read_module(name: str, raw: bytes, is_there: Importable) -> tuple[Module, list[LeftOut]]:
    if name.lower().endswith(".ipynb"):
        return _read_notebook_module(name, raw, is_there)
    text = ""
    try:
        text = decode_source(raw)
        sifted = sift(text, is_there=is_there)
    except SourceError as error:
        module = Module(name, name, "", (), names_in_broken(text), error=str(error))
        return module, [_unusable(name, error)]
    module = Module(name, name, sifted.source, sifted.functions, sifted.left_out_names)
    return module, [left for _, left in _left_statements(module, sifted.left_out)]


def _read_notebook_module(name: str, raw: bytes, is_there: Importable) -> tuple[Module, list[LeftOut]]:
    """A notebook of which nothing but broken cells is left is a broken module."""
    notebook = read_notebook(raw, printable(name))
    path = str(PurePosixPath(name).with_suffix(".py"))
    lines = _left_lines(name, notebook)
    try:
        sifted = sift(notebook.text, notebook=True, is_there=is_there)
    except SourceError as error:
        module = Module(path, name, "", (), tuple(notebook.lost), error=str(error))
        return module, [*(left for _, left in lines), _unusable(name, error)]
    missing = tuple(dict.fromkeys([*sifted.left_out_names, *notebook.lost]))
    lost = tuple((key, f"{_where(name, left)}: {left.why}") for key, left in notebook.lost.items())
    module = Module(path, name, sifted.source, sifted.functions, missing, notebook.cells, lost=lost)
    everything = sorted([*lines, *_left_statements(module, sifted.left_out)], key=lambda item: item[0])
    left_out = [left for _, left in everything]
    if notebook.lost and not sifted.source.strip():
        first = next(iter(notebook.lost.values()))
        module = replace(module, source="", cells=(), error=f"{_where(name, first)}: {first.why}")
    return module, left_out


def _unusable(name: str, error: SourceError) -> LeftOut:
    where = printable(name) if error.line is None else f"{printable(name)}, line {error.line}"
    return LeftOut(where=where, what="the whole file", why=f"it is not valid Python: {error.message}")


def _left_lines(name: str, notebook: NotebookText) -> list[Placed]:
    return [
        (
            (left.cell, left.line),
            LeftOut(where=_where(name, left), what=left.what, why=left.why),
        )
        for left in notebook.left_out
    ]


def _where(name: str, left: LeftLine) -> str:
    return f"{printable(name)}, cell {left.cell}, line {left.line}"


def _left_statements(module: Module, statements: Iterable[LeftStatement]) -> list[Placed]:
    """One entry for neighbours in a file or cell: reports stay readable for scripts of 500 lines."""

    def neighbours(left: LeftStatement) -> tuple[int, int | None]:
        return (left.group, module.place(left.line).cell)

    entries = []
    for _, group in groupby(statements, neighbours):
        first, *more = group
        also = f" … and {len(more)} more statement{'s' if len(more) > 1 else ''}" if more else ""
        why = first.why if all(left.why == first.why for left in more) else _SEVERAL
        place = module.place(first.line)
        left = LeftOut(where=printable(str(place)), what=printable(first.what) + also, why=why)
        entries.append(((place.cell or 0, place.line), left))
    return entries


def _with_free_path(module: Module, taken: set[str]) -> Module:
    """work.py and work.ipynb may lie side by side; no two modules may have one path."""
    if module.path.lower() not in taken:
        return module
    stem = module.path.removesuffix(".py")
    number = next(n for n in range(2, len(taken) + 3) if f"{stem}_{n}.py".lower() not in taken)
    return replace(module, path=f"{stem}_{number}.py")


def _defined_twice(modules: Iterable[Module]) -> list[LeftOut]:
    """Functions of a file that another file defines again; which one counts must not be a surprise."""
    counts: dict[str, Module] = {}
    left_out = []
    for module in modules:
        for function in module.functions:
            if function.startswith(("_", "test")) or function == "main":
                continue
            if function in counts:
                why = f"{printable(module.file)} defines {function} too, and that one is graded"
                left_out.append(
                    LeftOut(where=printable(counts[function].file), what=f"def {function}", why=why)
                )
            counts[function] = module
    return left_out
