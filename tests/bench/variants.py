"""One submission written as another student might have: the same behaviour in other words."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping
from dataclasses import dataclass

WORDS = ("my", "the", "cur", "tmp", "one", "this", "our", "a", "res", "w8")
REMARKS = (
    "as in the handout",
    "checked by hand on a small case",
    "see the lecture on convolutions",
    "tried other values too",
    "same as before",
)
Functions = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Filters:
    """Another architecture: in the function `builder`, other numbers of filters for those given."""

    builder: str
    changed: Mapping[int, int]


def rewrite(source: str, rng: random.Random, other: Filters | None = None) -> str:
    """The module with local names, remarks and the order of its functions changed; where `other` names
    one of its functions, with that architecture.

    Raises SyntaxError for what is not Python.
    """
    module = ast.parse(source)
    for function in (node for node in module.body if isinstance(node, Functions)):
        _rename_locals(function, rng)
        if other is not None and function.name == other.builder:
            _Refilter(other.changed).visit(function)
    parts = [ast.unparse(node) for node in _reordered(module.body, rng)]
    return "\n\n".join(f"# {rng.choice(REMARKS)} ({rng.randrange(1000)})\n{part}" for part in parts) + "\n"


def _reordered(body: list[ast.stmt], rng: random.Random) -> list[ast.stmt]:
    """Neighbouring functions without decorators or defaults in any order: nothing between them runs."""
    ordered: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and not _computed_defaults(node):
            run.append(node)
            continue
        ordered += [*rng.sample(run, len(run)), node]
        run = []
    return [*ordered, *rng.sample(run, len(run))]


def _computed_defaults(function: ast.FunctionDef) -> bool:
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return any(isinstance(node, ast.Name | ast.Call) for default in defaults for node in ast.walk(default))


def _rename_locals(function: Functions, rng: random.Random) -> None:
    """Names that the function itself assigns; those of parameters belong to its callers."""
    nodes = list(ast.walk(function))
    if any(isinstance(node, ast.Global | ast.Nonlocal) for node in nodes):
        return
    kept = {node.arg for node in nodes if isinstance(node, ast.arg)}
    kept |= {node.name for node in nodes if isinstance(node, Functions | ast.ExceptHandler) and node.name}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = sorted({name.id for name in names if isinstance(name.ctx, ast.Store)} - kept)
    renamed = {name: f"{rng.choice(WORDS)}_{name}" for name in own if not name.startswith("_")}
    for name in names:
        name.id = renamed.get(name.id, name.id)


class _Refilter(ast.NodeTransformer):
    """Changes what Conv2D is first given, and the numbers that a loop over filters runs through."""

    def __init__(self, changed: Mapping[int, int]) -> None:
        self._changed = changed

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "Conv2D":
            self._change(node.args[:1])
        return self.generic_visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        if isinstance(node.iter, ast.Tuple):
            self._change(node.iter.elts)
        return self.generic_visit(node)

    def _change(self, numbers: list[ast.expr]) -> None:
        for number in numbers:
            if isinstance(number, ast.Constant) and isinstance(number.value, int):
                number.value = self._changed.get(number.value, number.value)
