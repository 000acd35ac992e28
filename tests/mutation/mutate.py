"""All mutants of a module: one change each to an operator, a bound, a constant, an argument or a line. Pure.

Annotations and docstrings are left alone, and so is what no graded function reaches.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
}
_WORDS = {"relu": "tanh", "tanh": "relu", "softmax": "sigmoid", "same": "valid", "valid": "same"}


@dataclass(frozen=True)
class Mutant:
    """One change at a place of `module`; `source` is the module after it."""

    module: str
    line: int
    column: int
    change: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.module}:{self.line}:{self.column}: {self.change}"


Edit = Callable[[ast.AST], None]


def mutants(module: str, source: str, reached: frozenset[str]) -> Iterator[Mutant]:
    """Each once. `reached` are the functions and constants of the module that matter."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for place, node in enumerate(ast.walk(tree)):
        for change, edit in _edits(node):
            changed = copy.deepcopy(tree)
            edit(next(twin for index, twin in enumerate(ast.walk(changed)) if index == place))
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen and _owner(tree, node) in reached:
                seen.add(text)
                line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
                yield Mutant(module, line, column, change, text)


def reach(tree: ast.Module, wanted: frozenset[str]) -> frozenset[str]:
    """The top-level names that `wanted` ones use, directly or not, and themselves."""
    uses = {
        name: {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        for statement in tree.body
        for name in _names(statement)
    }
    found, waiting = set(), list(wanted & uses.keys())
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += uses[name] & uses.keys()
    return frozenset(found)


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return []


def _owner(tree: ast.Module, node: ast.AST) -> str:
    """The top-level name that the node belongs to; none for imports, annotations and docstrings."""
    for statement in tree.body:
        if any(inner is node for inner in _code(statement)):
            return next(iter(_names(statement)), "")
    return ""


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """The node and everything in it but annotations and docstrings."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        children = value if isinstance(value, list) else [value]
        if name == "body" and isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            children = children[1:]
        for child in children:
            if isinstance(child, ast.AST):
                yield from _code(child)


def _edits(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Every single change to this node, in words and as what makes it."""
    if isinstance(node, ast.Constant):
        for value in _other_values(node.value):
            yield f"{node.value!r} -> {value!r}", _set("value", value)
    if isinstance(node, ast.BinOp) and (other := _OPERATORS.get(type(node.op))):
        yield f"{type(node.op).__name__} -> {other.__name__}", _set("op", other())
    if isinstance(node, ast.Compare) and (compared := _COMPARISONS.get(type(node.ops[0]))):
        yield f"{type(node.ops[0]).__name__} -> {compared.__name__}", _set("ops", [compared(), *node.ops[1:]])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus dropped", _set("op", ast.UAdd())
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper"):
            if getattr(node, bound) is not None:
                yield f"{bound} bound dropped", _set(bound, None)
    if isinstance(node, ast.Call):
        for index, word in enumerate(node.keywords):
            yield f"argument {word.arg} dropped", _drop("keywords", index)
    if isinstance(node, ast.List) and len(node.elts) > 1:
        for index, item in enumerate(node.elts):
            yield f"item {index} dropped: {ast.unparse(item)[:40]}", _drop("elts", index)
    body = getattr(node, "body", None)
    if isinstance(node, ast.FunctionDef | ast.For | ast.If | ast.With) and body:
        for index, line in enumerate(body):
            if not isinstance(line, ast.FunctionDef) and not _is_docstring(line):
                yield f"line {index} dropped: {ast.unparse(line)[:60].splitlines()[0]}", _pass(index)
    if isinstance(node, ast.If | ast.IfExp):
        yield "condition turned round", _turn_round


def _other_values(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value * 2 or 1.0, value / 2] if value else [1.0]
    if isinstance(value, str):
        return [_WORDS.get(value, f"{value}_")]
    return []


def _set(name: str, value: object) -> Edit:
    return lambda node: setattr(node, name, value)


def _drop(name: str, index: int) -> Edit:
    return lambda node: getattr(node, name).pop(index)


def _pass(index: int) -> Edit:
    def edit(node: ast.AST) -> None:
        node.body[index] = ast.Pass()  # type: ignore[attr-defined]  # only nodes with a body get here

    return edit


def _turn_round(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.IfExp)
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _is_docstring(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
