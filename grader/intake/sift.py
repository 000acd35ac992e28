"""Keep of a module what defines something, and leave out what would run when it is loaded.

Kept: imports, functions, classes, docstrings, cheap constants (see `grader.intake.cheap`), and `if` and
`try` blocks as far as they hold these. Everything else is left out and reported, except what is good
practice (`if __name__ == "__main__":`) or shows a value without computing one.

Definitions are kept whole, but their decorators, defaults and annotations are evaluated on loading: one
of those that is not cheap gives way to a harmless one. A decorator that the student wrote counts as
cheap, because without it the function would be another.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grader.intake.cheap import (
    Scope,
    call_argument_objection,
    dotted_path,
    mutates_own,
    objection,
    root_name,
)
from grader.intake.decode import SourceError, parse_source
from grader.intake.edits import SourceText
from grader.intake.nodes import (
    bound_names,
    defaults,
    eager_annotations,
    is_main_guard,
    is_record,
    target_names,
    target_objection,
)

_STATEMENTS = 10_000  # outside functions; the names that are known are copied for many of them
_RUNS = "it would run when the file is loaded; the grader calls your functions itself"
_KEPT_ONLY = "only definitions and cheap constants are kept"
_IDENTITY = "lambda same: same"
# Missing everywhere but in the notebook's own machine, where nobody needs them to define a function.
_NOTEBOOK_ONLY = ("google.colab", "IPython", "ipywidgets")

_ELSEWHERE = "the grader runs no notebook, so this module is not there"

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class LeftStatement:
    """Something left out: its first `line` (1-based), `what` it looks like and `why`.

    Neighbours with nothing kept between them have the same `group`.
    """

    line: int
    what: str
    why: str
    group: int


@dataclass(frozen=True)
class Sifted:
    """`source` has as many lines as the text it was sifted from."""

    source: str
    functions: tuple[str, ...]
    left_out_names: tuple[str, ...]
    left_out: tuple[LeftStatement, ...]


def sift(text: str, *, notebook: bool = False, is_there: Callable[[str], bool] = lambda name: True) -> Sifted:
    """Sift one module. In a notebook, `from __future__` may stand anywhere.

    `is_there` tells whether a top-level module can be imported where the code will run; an import
    of another one goes, so that it costs only what uses it. Raises SourceError when `text` is no Python.
    """
    tree = parse_source(text)
    sifter = _Sifter(SourceText(text), notebook, is_there)
    try:
        for statement in tree.body:
            sifter.visit(statement, sifter.scope, nested=False)
    except RecursionError as error:
        raise SourceError("the code is nested too deeply to be read") from error
    source = sifter.text.result()
    parse_source(source)
    return Sifted(source, tuple(sifter.functions), tuple(dict.fromkeys(sifter.lost)), tuple(sifter.left_out))


@dataclass
class _Sifter:
    """Walks a module once. `visit` answers whether the statement defines something that is kept."""

    text: SourceText
    notebook: bool
    is_there: Callable[[str], bool]
    scope: Scope = field(default_factory=Scope)
    functions: dict[str, None] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    left_out: list[LeftStatement] = field(default_factory=list)
    group: int = 0
    lazy_annotations: bool = False
    visited: int = 0

    def visit(self, statement: ast.stmt, scope: Scope, *, nested: bool) -> bool:
        self.visited += 1
        if self.visited > _STATEMENTS:
            raise SourceError(
                f"there are more than {_STATEMENTS:,} statements outside functions", statement.lineno
            )
        handlers: dict[type[ast.stmt], Callable[..., bool]] = {
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Expr: self._expression,
            ast.If: self._if,
            ast.Try: self._try,
        }
        handler = handlers.get(type(statement))
        if handler is not None:
            kept = handler(statement, scope, nested)
        elif isinstance(statement, (ast.Pass, ast.Global)):
            kept = False
        else:
            silent = isinstance(statement, ast.Delete)
            kept = self._drop(statement, scope, nested, "" if silent else _RUNS)
        if kept:
            self.group += 1
        return kept

    def _absence(self, modules: Sequence[str]) -> str:
        """Why an import of these would fail, or "". Inside try and if, absence is the author's to handle."""
        if any(_is_notebook_only(module) for module in modules):
            return _ELSEWHERE
        absent = [top for module in modules if not self.is_there(top := module.partition(".")[0])]
        return f"{absent[0]} is not installed where the work is graded" if absent else ""

    def _drop(self, statement: ast.stmt, scope: Scope, nested: bool, why: str) -> bool:
        """Take the statement out; it is reported unless `why` is empty. Always False: nothing is kept."""
        for name in bound_names(statement):
            scope.lose(name)
            if scope is self.scope:
                self.lost.append(name)
        if why:
            what = self.text.first_line(statement)
            self.left_out.append(LeftStatement(statement.lineno, what, why, self.group))
        self.text.blank(statement, nested)
        return False

    def _replace(self, node: ast.expr, new: str, what: str, why: str) -> None:
        """Put `new` in the place of an expression and report it, in a group of its own."""
        self.group += 1
        self.left_out.append(LeftStatement(node.lineno, what, why, self.group))
        self.text.replace(node, new)

    def _import(self, node: ast.Import, scope: Scope, nested: bool) -> bool:
        # In a block the student may be trying whether the module is there.
        if why := "" if nested else self._absence([alias.name for alias in node.names]):
            return self._drop(node, scope, nested, why)
        for alias in node.names:
            top = alias.name.partition(".")[0]
            scope.bind(alias.asname or top, alias.name if alias.asname else top)
        return True

    def _import_from(self, node: ast.ImportFrom, scope: Scope, nested: bool) -> bool:
        if node.module == "__future__":
            self.lazy_annotations |= any(alias.name == "annotations" for alias in node.names)
            if self.notebook and self.group > 0:
                # Each cell may have its own; joined, only the first place is legal.
                self.text.blank(node, nested)
                return False
        absolute = [f"{node.module}.{alias.name}" for alias in node.names[:1] if node.level == 0]
        if why := "" if nested else self._absence(absolute):
            return self._drop(node, scope, nested, why)
        for alias in node.names:
            if alias.name == "*":
                scope.anything = True
            else:
                scope.bind(alias.asname or alias.name, f"{'.' * node.level}{node.module or ''}.{alias.name}")
        return True

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, nested: bool) -> bool:
        self._sift_decorators(node, scope)
        for parameter, default in defaults(node.args):
            if why := objection(default, scope):
                what = f"def {node.name}(… {parameter}=…)"
                self._replace(default, "None", what, f"the default became None: {why}")
        if not self.lazy_annotations:
            for annotation in eager_annotations(node):
                if why := objection(annotation, scope):
                    what = f"def {node.name}(…)"
                    self._replace(annotation, "None", what, f"an annotation became None: {why}")
        scope.bind(node.name)
        if scope is self.scope:
            self.functions[node.name] = None
        return True

    def _class(self, node: ast.ClassDef, scope: Scope, nested: bool) -> bool:
        for part in [*node.bases, *node.keywords]:
            if why := objection(part, scope):
                return self._drop(node, scope, nested, f"{why}; {_KEPT_ONLY}")
        self._sift_decorators(node, scope)
        body = scope.copy()
        for statement in node.body:
            self.visit(statement, body, nested=True)
        scope.bind(node.name)
        if is_record(node, scope):
            scope.records.add(node.name)
        return True

    def _sift_decorators(self, node: Definition, scope: Scope) -> None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                why = objection(decorator.func, scope) or call_argument_objection(decorator, scope)
            else:
                why = objection(decorator, scope)
            if why:
                what = f"a decorator of {node.name}"
                self._replace(decorator, _IDENTITY, what, f"{why}; {_KEPT_ONLY}")

    def _assign(self, node: ast.Assign, scope: Scope, nested: bool) -> bool:
        why = objection(node.value, scope) or next(
            (why for target in node.targets if (why := target_objection(target, scope))), ""
        )
        if why:
            return self._drop(node, scope, nested, f"{why}; {_KEPT_ONLY}")
        is_function = self._is_function(node.value, scope)
        path = dotted_path(node.value, scope)
        for target in node.targets:
            for name in target_names(target):
                scope.bind(name, path if isinstance(target, ast.Name) else "")
                if scope is self.scope:
                    self.functions.pop(name, None)
                    if is_function and isinstance(target, ast.Name):
                        self.functions[name] = None
        return True

    def _is_function(self, value: ast.expr, scope: Scope) -> bool:
        """True for a lambda, another name of a function, and functools.partial."""
        if isinstance(value, ast.Call):
            return dotted_path(value.func, scope) == "functools.partial"
        return isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in self.functions)

    def _annotated(self, node: ast.AnnAssign, scope: Scope, nested: bool) -> bool:
        why = target_objection(node.target, scope)
        if node.value is not None:
            why = why or objection(node.value, scope)
        if not self.lazy_annotations:
            why = why or objection(node.annotation, scope)
        if why:
            return self._drop(node, scope, nested, f"{why}; {_KEPT_ONLY}")
        if node.value is not None:
            for name in target_names(node.target):
                scope.bind(name)
        return True

    def _augmented(self, node: ast.AugAssign, scope: Scope, nested: bool) -> bool:
        root = root_name(node.target)
        why = objection(node.value, scope) or objection(node.target, scope)
        if not why and root not in scope.own:
            why = f"it changes {root or 'something'}, which is not yours"
        return not why or self._drop(node, scope, nested, f"{why}; {_KEPT_ONLY}")

    def _expression(self, node: ast.Expr, scope: Scope, nested: bool) -> bool:
        if isinstance(node.value, ast.Constant):
            return False
        if mutates_own(node.value, scope):
            return True
        shows_only = not any(
            isinstance(part, (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr))
            for part in ast.walk(node)
        )
        return self._drop(node, scope, nested, "" if shows_only else _RUNS)

    def _if(self, node: ast.If, scope: Scope, nested: bool) -> bool:
        if is_main_guard(node.test):
            return self._drop(node, scope, nested, "")
        if why := objection(node.test, scope):
            return self._drop(node, scope, nested, f"{why}; {_KEPT_ONLY}")
        return self._blocks(node, [node.body, node.orelse], scope, nested)

    def _try(self, node: ast.Try, scope: Scope, nested: bool) -> bool:
        for handler in node.handlers:
            if handler.type is not None and (why := objection(handler.type, scope)):
                return self._drop(node, scope, nested, f"{why}; {_KEPT_ONLY}")
        handlers = [handler.body for handler in node.handlers]
        return self._blocks(node, [node.body, *handlers, node.orelse, node.finalbody], scope, nested)

    def _blocks(
        self, node: ast.If | ast.Try, blocks: Sequence[Sequence[ast.stmt]], scope: Scope, nested: bool
    ) -> bool:
        """Sift the blocks of a compound statement; when none of them defines anything it goes whole."""
        edits, reports, lost = self.text.edit_count, len(self.left_out), len(self.lost)
        functions, before = dict(self.functions), scope.copy()
        kept = [self.visit(statement, scope, nested=True) for block in blocks for statement in block]
        if any(kept):
            return True
        self.text.undo(edits)
        del self.left_out[reports:]
        del self.lost[lost:]
        self.functions = functions
        scope.restore(before)
        return self._drop(node, scope, nested, _RUNS)


def _is_notebook_only(module: str) -> bool:
    return f"{module}.".startswith(tuple(f"{name}." for name in _NOTEBOOK_ONLY))
