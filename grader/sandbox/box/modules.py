"""The submission's modules, loaded from memory and importable by each other."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import linecache
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from .values import Plain, is_plain

_LARGEST_DEFAULT = 2**53
_LONGEST_DEFAULT = 100

# A submission's numpy.py must not stand in for numpy, neither for us nor for the student.
_LIBRARIES = frozenset(
    [
        "numpy",
        "tensorflow",
        "keras",
        "matplotlib",
        "scipy",
        "sklearn",
        "PIL",
        "pandas",
        "h5py",
        "epochmark_box",
    ]
)


@dataclass(frozen=True)
class Source:
    """One module: `path` is relative ("pkg/models.py"); `error` is its syntax error in words, or ""."""

    path: str
    text: str
    error: str = ""


class ModuleTable(importlib.abc.MetaPathFinder):
    """Finds the submission's modules by their dotted path, and by their last name when it is unique."""

    def __init__(self, sources: Sequence[Source], folder: str) -> None:
        self._folder = folder
        self._sources = {source.path: source for source in sources}
        self._names = {path: _canonical(path, index) for index, path in enumerate(self._sources)}
        self._paths = {name: path for path, name in self._names.items()}
        self._packages = _packages(self._paths)
        self._short = _short_names(self._paths)
        for source in sources:
            lines = source.text.splitlines(keepends=True)
            file = self.file_of(source.path)
            linecache.cache[file] = (len(source.text), None, lines, file)

    def file_of(self, path: str) -> str:
        """The file name that the module's code objects carry."""
        return os.path.join(self._folder, path)

    def path_of(self, file: str) -> str | None:
        """The module whose code carries this file name."""
        path = os.path.relpath(file, self._folder) if file.startswith(self._folder) else ""
        return path if path in self._sources else None

    def load(self, path: str) -> ModuleType:
        """Imports a module once. Raises whatever its code raises."""
        return importlib.import_module(self._names[path])

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in self._paths:
            module_path = self._paths[fullname]
            loader = _SourceLoader(self._sources[module_path], self.file_of(module_path))
            return importlib.machinery.ModuleSpec(
                fullname, loader, origin=loader.file, is_package=module_path.endswith("__init__.py")
            )
        if fullname in self._packages:
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = []
            return spec
        if fullname in self._short:
            return importlib.machinery.ModuleSpec(fullname, _AliasLoader(self._short[fullname]))
        return None


class _SourceLoader(importlib.abc.InspectLoader):
    def __init__(self, source: Source, file: str) -> None:
        self.file = file
        self._source = source

    def get_source(self, fullname: str) -> str:
        return self._source.text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source.text, self.file, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        if self._source.error:
            raise ImportError(f"{self._source.path} could not be read: {self._source.error}")
        module.__file__ = self.file
        exec(self.get_code(module.__name__), module.__dict__)


class _AliasLoader(importlib.abc.Loader):
    """`import models` and `import pkg.models` give the same module object."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return importlib.import_module(self._name)

    def exec_module(self, module: ModuleType) -> None:
        """It ran when it was created."""


def _canonical(path: str, index: int) -> str:
    parts = path.removesuffix(".py").split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    reserved = parts[0] in _LIBRARIES or parts[0] in sys.stdlib_module_names
    if reserved or not all(part.isidentifier() for part in parts):
        return f"_submission_{index}"
    return ".".join(parts)


def _packages(names: dict[str, str]) -> frozenset[str]:
    """Folders that hold modules but no __init__.py."""
    parents = {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 1)}
    return frozenset(parents - set(names))


def _short_names(names: dict[str, str]) -> dict[str, str]:
    short: dict[str, list[str]] = {}
    for name in names:
        if "." in name:
            short.setdefault(name.rpartition(".")[2], []).append(name)
    return {
        last: found[0]
        for last, found in short.items()
        if len(found) == 1 and last not in names and last not in _LIBRARIES | sys.stdlib_module_names
    }


def find_callable(table: ModuleTable, path: str, function: str) -> Callable[..., Any] | None:
    """A callable of that name in a module, loaded when needed; None when there is none."""
    found = getattr(table.load(path), function, None)
    return found if callable(found) else None


def plain_defaults(function: Callable[..., Any]) -> dict[str, Plain]:
    """The default values of a function that are finite numbers or short texts, by parameter.

    A call that leaves such an argument out cannot be told from one that gives it by name. What Python
    goes by is read, since a signature may be anything that its author made it.
    """
    if type(function) is not FunctionType:
        return {}
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    last_first = reversed(names[: code.co_argcount]), reversed(function.__defaults__ or ())
    given = {**dict(zip(*last_first, strict=False)), **(function.__kwdefaults__ or {})}
    by_name = names[code.co_posonlyargcount :]
    return {name: given[name] for name in by_name if name in given and _is_told(given[name])}


def _is_told(value: object) -> bool:
    if not is_plain(value):
        return False
    return len(value) <= _LONGEST_DEFAULT if isinstance(value, str) else abs(value) <= _LARGEST_DEFAULT
