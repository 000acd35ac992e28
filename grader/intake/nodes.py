"""Questions about single syntax nodes that sifting asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.intake.cheap import Scope, dotted_path, objection, root_name


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """Names that the statement binds in its own scope, not those inside functions it defines."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias) and node.name != "*":
            yield node.asname or node.name.partition(".")[0]
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def target_names(target: ast.expr) -> Iterator[str]:
    return (
        node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def target_objection(target: ast.expr, scope: Scope) -> str:
    """Names may always be bound; items and attributes only of what the student's own code made."""
    if isinstance(target, ast.Name):
        return ""
    if isinstance(target, (ast.Tuple, ast.List)):
        return next((why for element in target.elts if (why := target_objection(element, scope))), "")
    if isinstance(target, ast.Starred):
        return target_objection(target.value, scope)
    if root_name(target) not in scope.own:
        return f"it changes {ast.unparse(target)[:60]}, which is not yours"
    return objection(target, scope)


def defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """(parameter, default) of a function."""
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    yield from zip((argument.arg for argument in with_default), arguments.defaults, strict=True)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield argument.arg, default


def eager_annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    arguments = node.args
    everyone = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    yield from (argument.annotation for argument in everyone if argument and argument.annotation)
    if node.returns is not None:
        yield node.returns


def is_record(node: ast.ClassDef, scope: Scope) -> bool:
    """True for dataclasses and named tuples without code of their own that runs on construction."""
    decorators = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    paths = {dotted_path(part, scope) for part in [*decorators, *node.bases]}
    runs = {"__init__", "__new__", "__post_init__"}
    defined = {statement.name for statement in node.body if isinstance(statement, ast.FunctionDef)}
    return bool(paths & {"dataclasses.dataclass", "typing.NamedTuple"}) and not runs & defined


def is_main_guard(test: ast.expr) -> bool:
    """`__name__ == "__main__"`, either way round, alone or with more conditions."""
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Eq)
        and {ast.unparse(node.left), ast.unparse(node.comparators[0])} == {"__name__", "'__main__'"}
        for node in ast.walk(test)
    )
