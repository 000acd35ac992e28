"""Sifting any program, and any text."""

from __future__ import annotations

import ast
import contextlib
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.decode import SourceError
from grader.intake.sift import sift

_SIMPLE = [
    "n = 5", "boom()", "boom(\n 1,\n 2)", "x = boom()", "x = 'é'", "import os", "import math as m",
    "'''a\nb'''", "pass", "n", "x: int = 3", "y = [i for i in range(3)]", "z = x", "del n", "assert boom()",
    "t = 1,\\\n 2", "n += 1", "(x)", "w = (boom(\n))", "s = 'a;b#c'",
]  # fmt: skip
_HEADERS = [
    "if True:", "if boom():", "if __name__ == '__main__':", "for i in boom():", "while boom():",
    "with boom():", "def f(a=boom()):", "class A:", "class B(boom()):", "@boom\ndef g(x: boom() = 3):",
    "@boom(\n1)\nclass C:", "def h():",
]  # fmt: skip


@st.composite
def programs(draw: st.DrawFn, depth: int = 2) -> str:
    """Valid Python made of simple and compound statements, semicolons, comments and blank lines."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.integers(0, 5 if depth else 2))
        if kind <= 2:
            parts = draw(st.lists(st.sampled_from(_SIMPLE), min_size=1, max_size=3))
            tail = draw(st.sampled_from(["", ";", "  # comment; boom()", " ;  "]))
            lines.append("; ".join(parts) + tail)
        elif kind == 3:
            header = draw(st.sampled_from(_HEADERS))
            lines += [*header.split("\n"), textwrap.indent(draw(programs(depth=depth - 1)), "    ")]
        elif kind == 4:
            lines += ["try:", textwrap.indent(draw(programs(depth=depth - 1)), "\t")]
            caught = draw(st.sampled_from(["ValueError", "boom()", "(KeyError, OSError) as e"]))
            lines += [f"except {caught}: boom()"]
        else:
            lines += [draw(st.sampled_from(["", "# a comment", "    ", "\f"]))]
    return "\n".join(lines) if any(line.strip() for line in lines) else "pass"


@settings(max_examples=250, deadline=None)
@given(programs())
def test_any_program_keeps_its_lines_and_runs_nothing(text: str) -> None:
    """For any program: as many lines, valid Python, kept definitions on their lines, nothing called."""
    try:
        ast.parse(text)
    except SyntaxError:
        return
    result = sift(text)
    assert result.source.count("\n") == text.count("\n")
    statements = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    originals = {(node.lineno, ast.dump(node)) for node in statements}
    for node in ast.parse(result.source).body:
        if isinstance(node, (ast.Import, ast.Assign)):
            assert (node.lineno, ast.dump(node)) in originals

    def boom(*_: object) -> object:
        raise AssertionError("something ran")

    compiled = compile(result.source, "sifted", "exec")
    try:
        exec(compiled, {"boom": boom, "__name__": "__main__"})
    except AssertionError:
        raise
    except Exception as error:
        pytest.fail(f"loading failed: {error!r}")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_sifted_or_explained(text: str) -> None:
    """Nothing but SourceError comes out."""
    with contextlib.suppress(SourceError):
        assert sift(text).source.count("\n") == text.count("\n")
