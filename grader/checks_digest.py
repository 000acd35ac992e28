"""What each check depends on, as digests: where one check changes, only that one is run again. Pure.

Python counts by its syntax tree, so comments, blank lines and layout do not matter: nothing that runs sees
them, and no class is graded again for a typing error in a comment. Docstrings count: code can read them.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import PurePosixPath

_CHECK_FILES = ("test_*.py", "*_test.py")  # as pytest has them
_MAKE_NAMES = frozenset({"globals", "exec", "setattr"})
_MAKE_TESTS = ("pytest_collect", "pytest_pycollect")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class CheckDigests:
    """SHA-256 (hex) over all that decides a check's outcome besides the submission and the seed.

    `by_name` has the checks in the order in which they run. `everything` is over all checks, `whole` over
    the wording of reports too: where it is the same, nothing has changed. `complete` is False when the
    names cannot be told from the text, as for tests in classes or made by loops; every change is then one
    of everything.
    """

    by_name: Mapping[str, str]
    everything: str
    whole: str
    complete: bool = True

    def of(self, name: str) -> str:
        """A check that is not found in the text depends on everything."""
        return self.by_name.get(name, self.everything)


def digest_checks(files: Mapping[str, bytes], shared: str, wording: str = "") -> CheckDigests:
    """`files` are those of the folder of checks, by path from there with forward slashes. `shared` stands
    for what every check depends on besides, `wording` for texts that reports show and no check sees.

    A test function of a check file belongs to its check alone, unless other code names it. The rest of its
    file belongs to all checks of that file, and what lies in no check file to all checks.
    """
    parsed = {path: _read(path, content) for path, content in sorted(files.items(), key=_place)}
    imported = frozenset[str]().union(*(file.imports for file in parsed.values()))
    common = [shared]
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for path, file in parsed.items():
        if not file.checks or PurePosixPath(path).stem in imported:
            common += [path, file.text]
        for name, text in file.checks.items():
            # The path counts: a module's own random numbers hang on it.
            parts[name] += [path, file.rest, text]
    everything = digest_of([*common, *(part for path, file in parsed.items() for part in (path, file.text))])
    complete = all(file.clear for file in parsed.values())
    return CheckDigests(
        {name: digest_of([name, *common, *mine]) if complete else everything for name, mine in parts.items()},
        everything,
        digest_of([everything, wording]),
        complete,
    )


def digest_of(parts: Iterable[str]) -> str:
    """SHA-256 (hex); where one part ends and the next begins counts too."""
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()


def normalised(path: str, content: bytes) -> str:
    """A file as it counts: Python that can be parsed by its syntax tree, all else byte by byte."""
    tree = _parse(path, content)
    return hashlib.sha256(content).hexdigest() if tree is None else ast.dump(tree)


@dataclass(frozen=True)
class _File:
    """`text` is all of a file; `rest` is what remains without those functions of `checks` that no other code
    names. `clear` is False where there may be checks that are not in `checks`."""

    text: str
    rest: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    clear: bool = True


def _place(item: tuple[str, bytes]) -> tuple[str, ...]:
    return PurePosixPath(item[0]).parts


def _parse(path: str, content: bytes) -> ast.Module | None:
    if not path.endswith(".py"):
        return None
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return None


def _read(path: str, content: bytes) -> _File:
    is_check_file = any(fnmatch(PurePosixPath(path).name, pattern) for pattern in _CHECK_FILES)
    tree = _parse(path, content)
    if tree is None:
        return _File(normalised(path, content), clear=not is_check_file)
    plain = _File(ast.dump(tree), imports=_imports(tree), clear=not _makes_tests(tree))
    return _divide(plain, tree.body) if is_check_file else plain


def _divide(file: _File, body: Sequence[ast.stmt]) -> _File:
    """A check file with its checks told apart from the rest."""
    tests = [node for node in body if isinstance(node, Function) and node.name.startswith("test")]
    checks = {node.name: node for node in tests}
    named = Counter(name for node in body for name in _names(node))
    lone = [node for name, node in checks.items() if named[name] == (name in _names(node))]
    return replace(
        file,
        rest=digest_of(ast.dump(node) for node in body if node not in lone),
        checks={name: ast.dump(node) for name, node in checks.items()},
        clear=file.clear
        and len(checks) == len(tests)
        and not any(_may_hold_tests(node) for node in body if not isinstance(node, Function)),
    )


def _imports(tree: ast.Module) -> frozenset[str]:
    """The last words of the modules that are imported, in any of the ways to do so."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name.rpartition(".")[2] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.rpartition(".")[2])
    return frozenset(found)


def _names(node: ast.AST) -> set[str]:
    """Everything that may name something else: words of the code, and whole strings."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.Attribute):
            found.add(inner.attr)
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            found.add(inner.value)
    return found


def _makes_tests(tree: ast.Module) -> bool:
    """True for code that may make functions by name, or tell pytest what a test is."""
    hooks = any(isinstance(node, Function) and node.name.startswith(_MAKE_TESTS) for node in tree.body)
    return hooks or bool(_names(tree) & _MAKE_NAMES)


def _may_hold_tests(statement: ast.stmt) -> bool:
    """True for a statement that may bring in tests other than by a function of its own."""
    for node in ast.walk(statement):
        match node:
            case ast.ClassDef(name=name) if name.startswith("Test"):
                return True
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test"):
                return not isinstance(statement, ast.ClassDef)
            case ast.Name(id=name, ctx=ast.Store()) if name.startswith("test"):
                return True
            case ast.ImportFrom(names=aliases):
                if any((alias.asname or alias.name).startswith(("test", "*")) for alias in aliases):
                    return True
    return False
