"""Which expressions may be evaluated when a student's file is loaded: those that cost next to nothing.

This is about time, not safety: the sandbox guards against malice. An expression is cheap when it is
made of literals, operators, names known so far and calls of constructors listed here.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass, field

_BUILTINS = frozenset(
    {
        "range", "list", "tuple", "dict", "set", "frozenset", "int", "float", "complex", "str", "bytes",
        "bool", "len", "abs", "min", "max", "sum", "round", "sorted", "reversed", "zip", "enumerate", "slice",
        "divmod", "pow", "object", "property", "staticmethod", "classmethod", "type", "chr", "ord",
    }
)  # fmt: skip
_NUMPY = frozenset(
    {
        "array", "asarray", "zeros", "ones", "full", "empty", "eye", "identity", "diag", "arange",
        "linspace", "logspace", "geomspace", "zeros_like", "ones_like", "float16", "float32", "float64",
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool_", "dtype", "sqrt",
        "log", "log2", "log10", "exp", "sum", "mean", "prod", "stack", "concatenate", "expand_dims", "flip",
        "rot90", "outer", "power", "random.default_rng", "random.RandomState", "random.SeedSequence",
    }
)  # fmt: skip
_CALLS = frozenset(
    {
        "pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath", "functools.partial",
        "functools.partialmethod",
        "random.Random", "re.compile", "logging.getLogger", "dataclasses.field", "enum.auto", "os.path.join",
        "os.path.dirname", "os.path.basename", "os.path.abspath", "os.getenv", "os.environ.get",
        "types.SimpleNamespace",
        "datetime.timedelta", "tensorflow.TensorShape", "operator.itemgetter", "operator.attrgetter",
        *(f"numpy.{name}" for name in _NUMPY),
    }
)  # fmt: skip
_CALL_PREFIXES = (
    "math.", "collections.", "fractions.", "decimal.", "itertools.", "typing.", "keras.regularizers.",
    "keras.initializers.", "keras.constraints.", "keras.optimizers.", "keras.losses.", "keras.metrics.",
    "keras.callbacks.", "keras.layers.",
)  # fmt: skip
_METHODS = frozenset(
    {
        "split", "strip", "join", "format", "replace", "lower", "upper", "title", "reshape", "astype", "copy",
        "items", "keys", "values", "get", "tolist", "transpose", "flatten", "ravel", "sum", "mean", "min",
        "max", "index", "count", "joinpath", "with_suffix", "splitlines", "startswith", "endswith", "encode",
    }
)  # fmt: skip
_MUTATING = frozenset({"append", "extend", "insert", "update", "add", "setdefault"})
_MODULE_NAMES = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__"}

_TRANSPARENT = (
    ast.Attribute, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Set,
    ast.Dict, ast.Starred, ast.Subscript, ast.Slice, ast.JoinedStr, ast.FormattedValue, ast.keyword,
)  # fmt: skip
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Scope:
    """The names that exist at a point of a module.

    `paths` maps names to what they were imported as ("np" to "numpy", "L" to "keras.layers");
    `own` are names that the student's kept statements bound; `records` are classes whose constructor
    only stores its arguments; `lost` would have been bound by a statement that was left out.
    """

    paths: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    anything: bool = False  # after `from x import *`

    def bind(self, name: str, path: str = "") -> None:
        """`name` now exists; `path` is the dotted name that it stands for, if any."""
        self.lost.discard(name)
        self.own.discard(name)
        self.records.discard(name)
        self.paths.pop(name, None)
        if path:
            self.paths[name] = path
        else:
            self.own.add(name)

    def lose(self, name: str) -> None:
        """`name` would have been bound by something left out: what depends on it must go too."""
        self.bind(name)
        self.own.discard(name)
        self.lost.add(name)

    def knows(self, name: str) -> bool:
        """True when using `name` cannot fail."""
        if name in self.lost:
            return False
        return self.anything or name in self.own or name in self.paths or name in _MODULE_NAMES

    def copy(self) -> Scope:
        """For a class body, a comprehension, or to try something out."""
        return Scope(dict(self.paths), set(self.own), set(self.records), set(self.lost), self.anything)

    def restore(self, earlier: Scope) -> None:
        """Become what `earlier`, a copy, has kept."""
        self.paths, self.own, self.records = earlier.paths, earlier.own, earlier.records
        self.lost, self.anything = earlier.lost, earlier.anything


def objection(node: ast.AST, scope: Scope) -> str:
    """Why `node` may not be evaluated on loading, as the start of a sentence; "" when it is cheap."""
    if isinstance(node, ast.Constant):
        return ""
    if isinstance(node, ast.Name):
        return _name_objection(node.id, scope)
    if isinstance(node, ast.Lambda):
        return _first(default_expressions(node.args), scope)
    if isinstance(node, _COMPREHENSIONS):
        return _comprehension_objection(node, scope)
    if isinstance(node, ast.Call):
        return _call_objection(node, scope)
    if isinstance(node, _TRANSPARENT):
        children = ast.iter_child_nodes(node)
        return _first([child for child in children if isinstance(child, (ast.expr, ast.keyword))], scope)
    return "it is more than a constant"


def call_argument_objection(node: ast.Call, scope: Scope) -> str:
    """Like `objection` for a call whose function is accepted already."""
    return _first([*node.args, *node.keywords], scope)


def mutates_own(node: ast.expr, scope: Scope) -> bool:
    """True for `SIZES.append(5)` and the like on a name that the student's own statements bound."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _MUTATING
        and root_name(node.func) in scope.own
        and not objection(node.func.value, scope)
        and not call_argument_objection(node, scope)
    )


def default_expressions(arguments: ast.arguments) -> list[ast.expr]:
    """The defaults of a function's parameters, which are evaluated when it is defined."""
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def dotted_path(node: ast.expr, scope: Scope) -> str:
    """`L.Dense` as "keras.layers.Dense" where L stands for keras.layers; "" when it is no such path."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in scope.paths:
        return ""
    path = ".".join([scope.paths[node.id], *reversed(attributes)])
    return path.removeprefix("tensorflow.") if path.startswith("tensorflow.keras.") else path


def root_name(node: ast.expr) -> str:
    """`a` of `a.b[0].c`; "" when it does not begin with a name."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _first(nodes: Sequence[ast.expr | ast.keyword], scope: Scope) -> str:
    return next((why for node in nodes if (why := objection(node, scope))), "")


def _name_objection(name: str, scope: Scope) -> str:
    if scope.knows(name):
        return ""
    return f"it uses {name}, which {'was left out' if name in scope.lost else 'is not defined above it'}"


def _comprehension_objection(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope
) -> str:
    inner = scope.copy()
    for generator in node.generators:
        if generator.is_async or (why := objection(generator.iter, inner)):
            return why if not generator.is_async else "it is more than a constant"
        for part in ast.walk(generator.target):
            if isinstance(part, ast.Name):
                inner.bind(part.id)
        if why := _first(generator.ifs, inner):
            return why
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    return _first(results, inner)


def _call_objection(node: ast.Call, scope: Scope) -> str:
    why = call_argument_objection(node, scope)
    if why:
        return why
    function = node.func
    if isinstance(function, ast.Name) and function.id not in scope.paths:
        if why := _name_objection(function.id, scope):
            return why
        cheap = function.id in scope.records or (function.id in _BUILTINS and function.id not in scope.own)
        return "" if cheap else f"it calls {function.id}"
    path = dotted_path(function, scope)
    if path in _CALLS or path.startswith(_CALL_PREFIXES):
        return ""
    if isinstance(function, ast.Attribute) and not path:
        if why := objection(function.value, scope):
            return why
        if function.attr in _METHODS:
            return ""
    return f"it calls {path or ast.unparse(function)[:60]}"
