"""Notebooks: modules that compile and point back to the cells, or words for what is wrong."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from grader.assignment_folder import clone_root
from grader.intake import FileSet, assemble
from grader.submission import Module, Submission
from tests.fuzz.spoil import as_json, edited, spoilt, values
from tests.fuzz.target import ACCEPTED, Target, require_encodable, require_harmless, require_message
from tests.intake.notebooks import notebook

NAME = "work.ipynb"


def contract(case: bytes) -> str:
    submission = assemble("student", FileSet({NAME: case}))
    check_submission(submission)
    if submission.problem:
        require_message(submission.problem)
        assert submission.modules == ()
        return "refused: " + re.sub(r"[^a-z ]", "", submission.problem)[:45]
    (module,) = submission.modules
    return ACCEPTED if not module.error else "accepted as a broken module"


def check_submission(submission: Submission) -> None:
    """What holds for everything that was taken in, from wherever."""
    require_harmless(submission.problem)
    assert (
        submission.problem
        or submission.modules
        or submission.answers is not None
        or submission.experiments is not None
    )
    assert len(submission.left_out) <= 501
    for left in submission.left_out:
        require_harmless(left.where + left.what + left.why)
        assert len(left.where + left.what + left.why) < 2_000
    assert len({module.path.lower() for module in submission.modules}) == len(submission.modules)
    for module in submission.modules:
        _check_module(module)


def _check_module(module: Module) -> None:
    """Its source is Python or empty, as long as its map of cells, and defines what it says."""
    require_harmless(module.error)
    require_encodable(module.source + "".join(module.functions) + "".join(module.left_out_names))
    for name, why in module.lost:
        require_harmless(name + why)
    tree = ast.parse(module.source)
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound |= {
        node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert set(module.functions) <= bound
    if module.cells:
        assert len(module.cells) == module.source.count("\n") + 1
        assert str(module.place(1)).startswith(module.file)


# --- cases ---------------------------------------------------------------------------------------


def genuine() -> list[bytes]:
    """The samples', without their pictures, and small ones."""
    paths = sorted((clone_root() / "tests" / "submissions").glob("*/*/*/*.ipynb"))
    raws = [path.read_bytes() for path in paths]
    return [raw for raw in raws if len(raw) < 60_000] + [as_json(document) for document in SMALL]


SOURCES = (
    "def f(x):\n    return x\n",
    "import numpy as np\nx = np.zeros(3)\n",
    "%matplotlib inline\n",
    "!pip install x\n",
    "%%time\ny = 1\n",
    "%%bash\nls\n",
    "class A:\n    b = 1\n",
    "for i in range(10**9):\n    pass\n",
    "def broken(:\n",
    "if __name__ == '__main__':\n    f(1)\n",
    "@dec\ndef g(a=open('x')):\n    '''doc'''\n",
    "try:\n    import x\nexcept E:\n    x = 1\n",
    "s = '''a\n%b\n'''\n",
    "from __future__ import annotations\n",
    "\\\n%x\n",
    "f(\n",
    "x: int = 1; y = f(x)\n",
    "lambda: (yield)\n",
    "a.b.c[0] = 1\n",
    "print('x' * 10**10)\n",
    "files = !ls\n",
    "help?\n",
    "def ключ(): pass\n",
    "\udc80 = 1\n",
    "\x00\n",
    "\x0c\n",
    "\r",
    "'\\N{x}'\n",
    "f'{x!r:{y}}'\n",
    "async def h(): await x\n",
    "match x:\n    case 1: pass\n",
    "x = " + "(" * 250 + ")" * 250 + "\n",
    "x = 1" + "+1" * 3000 + "\n",
    "x = " + "-" * 3000 + "1\n",
    "import a" + ".a" * 99 + "\n",
    "def f(): pass # \u202e\n",
    "x\u2028=1\n",
)
LINES = st.sampled_from(SOURCES)
SMALL = [
    json.loads(notebook("def f(x):\n    return x\n", "%matplotlib inline\nN = 3\n", "f(N)\n")),
    json.loads(notebook("import numpy\n\nclass A:\n    def g(self): ...\n", "%%time\nx = numpy.ones(3)\n")),
    {"nbformat": 3, "metadata": {},
     "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": ["x = 1\n"]}]}]},
    {"nbformat": 4, "metadata": {"kernelspec": {"name": "ir"}, "language_info": {"name": "python"}},
     "cells": [{"cell_type": "code", "source": "def f(): pass"}]},
]  # fmt: skip


@st.composite
def _cells(draw: DrawFn) -> Any:
    """A good notebook around code of any kind, some of it joined or cut at odd places."""
    cells = draw(
        st.lists(LINES | LINES.map(lambda text: text[:-2]) | st.text(max_size=12), min_size=1, max_size=5)
    )
    return {"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}


@st.composite
def _code(draw: DrawFn) -> Any:
    """One cell of pieces of code run together, with repetition."""
    text = b"".join(draw(st.lists(_PIECES, min_size=1, max_size=6)))
    return {
        "nbformat": 4,
        "metadata": {},
        "cells": [{"cell_type": "code", "source": text.decode("utf-8", "replace")}],
    }


CODE_TOKENS = (
    *(source.encode("utf-8", "replace") for source in SOURCES),
    b"    ",
    b"\n",
    b"(",
    b")",
    b"[",
    b"{",
    b"'",
    b'"""',
    b"%",
    b"!",
    b"?",
    b"=",
    b":",
    b"def ",
    b"class ",
    b"@",
    b"a.",
    b"\\",
    b"lambda:",
    b"not ",
    b"-",
    b"f'{",
    b",",
    b"if x:\n",
    b"x=1\n",
    b";",
    b"#",
    b"%%",
    b"*",
    b"else:\n",
    b"a[",
    b"a and ",
    b" ",
    b"a ",
    b"()",
    b"[0]",
    b"if 1:0\n",
    b"%x\n",
    b"x = !",
    b"1==",
    b"[0 for a in b]\n",
    b"\t",
    b"class a:0\n",
)
_PIECES = edited(st.sampled_from(CODE_TOKENS), CODE_TOKENS, one_in=2).map(lambda piece: piece[:20_000])

TOKENS = (
    b'"source"',
    b'"cells"',
    b"[",
    b"{",
    b'{"',
    b"]",
    b"}",
    b",",
    b'"',
    b"\\",
    b'"\\ud800"',
    b"null",
    b"1",
    b'"cell_type": "code"',
    b'"nbformat": 3',
    b"<<<<<<< ",
    b"<html>",
    b"\xff",
    b"\xef\xbb\xbf",
    b'{"":0},',
    b"1.5,",
    b'"\\n"',
    b'"%%x\\n",',
    b"9" * 5000,
    b"[],",
    b'"a.",',
    b"def f():\\n",
    b"(",
    b'"outputs": [',
    b'\\"',
)
_DOCUMENTS: SearchStrategy[Any] = spoilt(SMALL, values | LINES, most=2) | _cells() | _code()

TARGET = Target(
    name="notebooks",
    contract=contract,
    cases=edited(_DOCUMENTS.map(as_json), TOKENS, one_in=6),
    genuine=genuine,
    tokens=TOKENS + CODE_TOKENS[-32:],
)
