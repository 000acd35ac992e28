"""Reads a student's function, without running it, for calls that the task rules out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from grader.submission import Module, Place

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class SourceOfFunction(Protocol):
    """A function and the helpers of the submission that it calls, each with its module."""

    @property
    def functions(self) -> tuple[tuple[Module, FunctionNode], ...]: ...


@dataclass(frozen=True)
class Finding:
    """`what` is a dotted name such as scipy.signal.convolve2d."""

    what: str
    place: Place


LIBRARY_CONVOLUTIONS = (
    "numpy.convolve",
    "numpy.correlate",
    "numpy.fft",
    "scipy.signal",
    "scipy.ndimage",
    "scipy.fft",
    "scipy.fftpack",
    "tensorflow.nn",
    "tensorflow.raw_ops",
    "tensorflow.keras",
    "tensorflow.signal",
    "keras",
    "torch",
    "cv2",
    "skimage",
    "PIL.ImageFilter",
    "jax",
    "astropy.convolution",
)
"""A name is ruled out when it equals one of these or lies below it."""

CODE_AT_RUN_TIME = frozenset({"exec", "eval", "__import__", "compile", "importlib.import_module"})
"""What hides the names that are called."""


def find_library_convolutions(source: SourceOfFunction) -> tuple[Finding, ...]:
    """Every use of a ruled-out name in the function or its helpers, in reading order.

    Aliases are followed: `import scipy.signal as s`, `from scipy.signal import convolve2d as c`
    and `c = scipy.signal.convolve2d` at the top of a file.
    """
    found: dict[tuple[str, str], Finding] = {}
    for module, function in source.functions:
        imported = _aliases(ast.parse(module.source))
        aliases = {name: path for name, path in imported.items() if name not in module.functions}
        for node, name in _names_used(function, aliases):
            if _is_ruled_out(name) or name in CODE_AT_RUN_TIME:
                finding = Finding(name, module.place(node.lineno))
                found.setdefault((name, str(finding.place)), finding)
    return tuple(found.values())


def _is_ruled_out(name: str) -> bool:
    return any(name == banned or name.startswith(f"{banned}.") for banned in LIBRARY_CONVOLUTIONS)


def _aliases(tree: ast.Module) -> dict[str, str]:
    """What each imported or plainly assigned name of a file stands for, as a dotted name."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                known[item.asname or item.name.split(".")[0]] = (
                    item.name if item.asname else item.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for item in node.names:
                known.update(_from_import(node.module, item))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.Attribute, ast.Name)):
            name = _dotted(statement.value, known)
            for target in statement.targets:
                if isinstance(target, ast.Name) and name:
                    known[target.id] = name
    return known


_STAR_NAMES = (
    "convolve",
    "convolve2d",
    "correlate",
    "correlate2d",
    "fftconvolve",
    "oaconvolve",
    "filter2D",
    "conv2d",
)


def _from_import(module: str, item: ast.alias) -> dict[str, str]:
    """A star import of a ruled-out module stands for its convolutions."""
    if item.name != "*":
        return {item.asname or item.name: f"{module}.{item.name}"}
    return {name: f"{module}.{name}" for name in _STAR_NAMES} if _is_ruled_out(module) else {}


def _names_used(function: FunctionNode, aliases: dict[str, str]) -> Iterator[tuple[ast.expr, str]]:
    """Whole dotted names only: `np.convolve`, not `np` on its own."""
    inner = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    own = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)} | {function.name}
    for node in ast.walk(function):
        if isinstance(node, (ast.Attribute, ast.Name)) and id(node) not in inner:
            root = _root(node)
            if root is not None and root not in own:
                name = _dotted(node, aliases)
                if name:
                    yield node, name


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """`s.convolve2d` with s = scipy.signal as "scipy.signal.convolve2d"; "" for other expressions."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([aliases.get(node.id, node.id), *reversed(parts)])
