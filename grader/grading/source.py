"""The source of a student's function with the helpers that it calls, as syntax trees."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.submission import Module, Place, Submission

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class FunctionSource:
    """`functions` are the function and every helper of the submission that it reaches by name, each
    with its module; `imports` are the import statements of those modules."""

    name: str
    functions: tuple[tuple[Module, FunctionNode], ...]
    imports: tuple[ast.Import | ast.ImportFrom, ...]

    def place(self, module: Module, node: ast.AST) -> Place:
        """Where a node stands, as the student knows it."""
        return module.place(getattr(node, "lineno", 1))


def reachable_source(submission: Submission, name: str) -> FunctionSource | None:
    """None when no module defines `name`. Helpers are found by name, across modules."""
    if submission.defining(name) is None:
        return None
    trees = {module.path: ast.parse(module.source) for module in submission.modules if not module.error}
    found: dict[str, tuple[Module, FunctionNode]] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        module = submission.defining(current)
        if current in found or module is None or module.path not in trees:
            continue
        node = _definition(trees[module.path], current)
        if node is None:
            continue
        found[current] = (module, node)
        waiting += [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
        waiting += [inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)]
    paths = {module.path for module, _ in found.values()}
    imports = tuple(
        node
        for path in sorted(paths)
        for node in ast.walk(trees[path])
        if isinstance(node, (ast.Import, ast.ImportFrom))
    )
    return FunctionSource(name, tuple(found.values()), imports)


def _definition(tree: ast.Module, name: str) -> FunctionNode | None:
    """The last definition at top level, as Python would have it."""
    nodes = [node for node in tree.body if isinstance(node, FunctionNode) and node.name == name]
    return nodes[-1] if nodes else None
