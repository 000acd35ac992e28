"""Notebooks become text cell by cell; what is no Python costs only itself."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.files import IntakeProblem
from grader.intake.magics import blank_magics
from grader.intake.modules import read_modules
from grader.intake.notebook import read_notebook
from tests.intake.notebooks import notebook


def test_code_cells_are_joined_with_a_map_back() -> None:
    """Text cells and outputs are gone; each line knows its code cell and line there."""
    read = read_notebook(notebook("a = 1\nb = 2", "", "c = 3\n"), "work.ipynb")
    assert read.text == "a = 1\nb = 2\n\nc = 3\n"
    assert read.cells == ((1, 1), (1, 2), (2, 1), (3, 1), (3, 2))
    assert "secret" not in read.text


def test_cells_count_code_cells_only() -> None:
    """ "cell 2" is the second code cell, whatever text stands between."""
    modules = read_modules({"work.ipynb": notebook("import os", "n = 1\ntrain()")})
    (left,) = modules.left_out
    assert left.where == "work.ipynb, cell 2, line 2"


def test_reports_are_in_the_order_of_the_notebook() -> None:
    """Magics, broken cells and statements alike."""
    raw = notebook("train()\n%time\nn = 1\ntrain()", "def f(:", "train()")
    places = [left.where for left in read_modules({"a.ipynb": raw}).left_out]
    assert places == [
        f"a.ipynb, cell {place}"
        for place in ("1, line 1", "1, line 2", "1, line 4", "2, line 1", "3, line 1")
    ]


def test_magics_are_blanked_and_reported() -> None:
    """Shell, magic and help lines go; the code around them stays on its lines."""
    cell = "%matplotlib inline\n!pip install keras\nimport os\nfiles = !ls\nos?\n?os.path\n"
    cell += "if True:\n    !ls\n    n = 2"
    read = read_notebook(notebook(cell), "work.ipynb")
    assert read.text == "\n\nimport os\n\n\n\nif True:\n    0\n    n = 2"
    assert [left.line for left in read.left_out] == [1, 2, 4, 5, 6, 8]
    assert read.left_out[1].what == "!pip install keras"


@pytest.mark.parametrize(
    "text",
    [
        "x = (5\n% 3)",
        "s = '''\n!not a command\n%nor this\n'''",
        "x = 5 \\\n% 3",
        "a = [\n'%s'\n% 3,\n]",
        "# what is this?\nx = 1",
        "x = y != 3",
    ],
)
def test_python_that_looks_like_magic_is_left_alone(text: str) -> None:
    """Continued lines and strings may begin with % or !, also beside a real magic."""
    assert blank_magics(text) == (text, [])
    assert blank_magics(f"!ls\n{text}") == (f"\n{text}", [(1, "!ls")])


def test_magics_over_several_lines() -> None:
    """A backslash continues a shell command."""
    assert blank_magics("!pip install \\\n  keras\nn = 1")[0] == "\n\nn = 1"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("%%time\nn = 1", "\nn = 1"),
        ("\n%%capture out\nn = 1", "\n\nn = 1"),
        ("%%bash\nrm -rf /", "\n"),
        ("%%writefile solution.py\ndef f(): pass", "\n"),
        ("%%html\n<b>", "\n"),
    ],
)
def test_cell_magics(cell: str, text: str) -> None:
    """Timing keeps the cell, another language takes it away; both are reported."""
    read = read_notebook(notebook(cell), "work.ipynb")
    assert read.text == text
    assert read.left_out[0].what.startswith("%%")


def test_a_broken_cell_costs_only_itself() -> None:
    """The others are kept, the report names cell and line, and the names are known as left out."""
    read = read_modules({"work.ipynb": notebook("def f(): pass", "n = 1\ndef g(:\n  pass", "def h(): pass")})
    (module,) = read.modules
    assert module.functions == ("f", "h")
    assert module.left_out_names == ("g",)
    assert module.error == ""
    assert module.place(5).cell == 3
    (left,) = read.left_out
    assert left.where == "work.ipynb, cell 2, line 2"
    assert "syntax error (invalid syntax)" in left.why


def test_what_a_lost_cell_defines_is_known_with_its_place() -> None:
    """Of a broken cell and of one that goes to a shell, so that the student hears why it is missing."""
    raw = notebook("def f(): pass", "n = 1\ndef g(:\n  pass", "%%writefile work.py\ndef h(): pass")
    (module,) = read_modules({"work.ipynb": raw}).modules
    assert module.left_out_names == ("g", "h")
    lost = dict(module.lost)
    assert lost["g"].startswith("work.ipynb, cell 2, line 2: the cell has a syntax error")
    assert lost["h"].startswith("work.ipynb, cell 3, line 1: the cell is given to %%writefile")


def test_half_characters_are_a_broken_cell() -> None:
    """JSON can spell half of a character pair, which no Python source can hold."""
    raw = notebook("n = 1", "x = 'half'").replace(b"half", b"\\ud800")
    read = read_notebook(raw, "work.ipynb")
    assert read.text == "n = 1\n"
    assert read.left_out[0].cell == 2


def test_a_notebook_of_broken_cells_is_an_error() -> None:
    """Then the module says so, with the place."""
    (module,) = read_modules({"work.ipynb": notebook("def f(:")}).modules
    assert module.error.startswith("work.ipynb, cell 1, line 1: ")
    assert module.left_out_names == ("f",)


def test_a_notebook_that_only_writes_files_is_an_error() -> None:
    """Its functions are in a cell for %%writefile; the module says where, and why that does not count."""
    (module,) = read_modules({"work.ipynb": notebook("%%writefile work.py\ndef f(): pass")}).modules
    assert module.error.startswith("work.ipynb, cell 1, line 1: the cell is given to %%writefile")
    assert module.left_out_names == ("f",)


@pytest.mark.parametrize("cells", [["x = 1"] * 5_001, ["%x\n" * 50_001], ["%x\r" * 50_001]])
def test_more_code_than_a_course_has(cells: list[str]) -> None:
    """Each cell and line costs time and memory; students write hundreds."""
    with pytest.raises(IntakeProblem, match="more than 5,000 code cells or 50,000 lines"):
        read_notebook(notebook(*cells), "work.ipynb")


@pytest.mark.parametrize("minor", [0, 2, 4, 5, 99])
def test_minor_formats(minor: int) -> None:
    """Any minor version of format 4 is read."""
    assert read_notebook(notebook("n = 1", minor=minor), "work.ipynb").text == "n = 1"


def test_older_formats() -> None:
    """Format 3 keeps cells in worksheets, format 2 as well, under other keys."""
    cell = {
        "cell_type": "code",
        "input": ["n = 1\n", "m = 2"],
        "outputs": [{"output_type": "pyout"}],
        "language": "python",
    }
    heading = {"cell_type": "heading", "level": 1, "source": "Title"}
    three = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [heading, cell]}],
    }
    assert read_notebook(json.dumps(three).encode(), "old.ipynb").text == "n = 1\nm = 2"
    two = {"nbformat": 2, "metadata": {}, "worksheets": [{"cells": [cell | {"input": "n = 1"}]}]}
    assert read_notebook(json.dumps(two).encode(), "old.ipynb").text == "n = 1"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b"{", "breaks off at line 1, column 2"),
        (b"\xff\xfe", "not UTF-8"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b'{\n<<<<<<< HEAD\n"cells": []}', "merge conflicts"),
        (b"[]", "no nbformat"),
        (b"[" * 100_000, "cannot be read"),
        (b"[" + b"{}," * 2_000_000, "outputs of a size"),
        (b"def f():\n    return 1\n", "does not begin as one. If it is Python, name it .py"),
        (b"PK\x03\x04", "does not begin as one"),
        (b'{"nbformat": 5, "cells": []}', "format 5"),
        (b'{"nbformat": 4}', "cells cannot be read"),
        (b'{"nbformat": 4, "cells": [3]}', "cells cannot be read"),
        (b'{"nbformat": 3, "worksheets": 3}', "cells cannot be read"),
        (b'{"nbformat": 4, "cells": []}', "no code cells"),
        (
            notebook("library(x)", metadata={"kernelspec": {"name": "ir", "language": "R"}}),
            "a notebook for R",
        ),
        (notebook("x <- 1", metadata={"kernelspec": {"name": "ir"}}), "a notebook for ir"),
        (notebook("x = 1", metadata={"kernelspec": {"name": "julia-1.9"}}), "a notebook for julia-1.9"),
        (
            b'{"nbformat": 3, "worksheets": [{"cells": ['
            b'{"cell_type": "code", "language": "ruby", "input": "x"}]}]}',
            "a notebook for ruby",
        ),
    ],
)
def test_what_is_no_notebook(raw: bytes, message: str) -> None:
    """One sentence with the next step."""
    with pytest.raises(IntakeProblem, match=message) as caught:
        read_notebook(raw, "work.ipynb")
    assert "work.ipynb" in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("kernel", ["python3", "conda-env-tf-py", "my course", "Iridium", "basher"])
def test_kernels_of_any_name(kernel: str) -> None:
    """A kernel of the student's own is Python until it says something else."""
    raw = notebook("n = 1", metadata={"kernelspec": {"name": kernel}})
    assert read_notebook(raw, "work.ipynb").text == "n = 1"


def test_outputs_of_fifty_megabytes() -> None:
    """Pictures and logs in stored outputs cost nothing but their reading, brackets in a log included.

    Nor does a letter in them that Python keeps in four bytes, and with it every other one of the text.
    """
    content = json.loads(notebook("n = 1"))
    content["cells"][1]["outputs"] = [
        {"output_type": "display_data", "data": {"image/png": "iVBOR" + "A" * 25_000_000}, "metadata": {}},
        {
            "output_type": "stream",
            "name": "stdout",
            "text": "💥 [====>...] {loss: 1, accuracy: 0}\n" * 800_000,
        },
    ]
    raw = json.dumps(content, ensure_ascii=False).encode()
    assert len(raw) > 50_000_000
    tracemalloc.start()
    assert read_notebook(raw, "work.ipynb").text == "n = 1"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_cell_in_one_endless_string_costs_only_itself() -> None:
    """It says so in the place of the cell; a notebook torn off in a picture is still torn off there."""
    content = json.loads(notebook("n = 1", "m = 2"))
    content["cells"][2]["source"] = "x = 1\n" * 30_000
    read = read_notebook(json.dumps(content).encode(), "work.ipynb")
    assert read.text == "n = 1\n"
    assert [left.what for left in read.left_out] == ["A string that is too long to be read"]
    torn = notebook("n = 1").replace(b"secret output", b"A" * 200_000)[:150_000]
    with pytest.raises(IntakeProblem, match=r"its JSON breaks off at line 1, column .*Unterminated string"):
        read_notebook(torn, "work.ipynb")


def test_a_hundred_megabytes_of_short_strings() -> None:
    """They are refused before a text is made of them."""
    raw = b'{"nbformat": 4, "cells": [' + b'"%s",' % (b"A" * 90_000) * 200 + b"0]}"
    with pytest.raises(IntakeProblem, match="Clear all outputs"):
        read_notebook(raw, "work.ipynb")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("def f(): pass"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


_CELL = st.fixed_dictionaries(
    {}, optional={"cell_type": st.just("code") | _JSON, "source": _JSON, "input": _JSON}
)
_SHEET = st.fixed_dictionaries({"cells": st.lists(_CELL)})
_NOTEBOOK = st.fixed_dictionaries(
    {"nbformat": st.integers(-1, 6) | _JSON},
    optional={
        "cells": _JSON | st.lists(_CELL),
        "metadata": _JSON,
        "worksheets": _JSON | st.lists(_SHEET),
    },
)


@settings(deadline=None)
@given(_NOTEBOOK)
def test_any_json_is_read_or_explained(content: dict[str, Any]) -> None:
    """Nothing but IntakeProblem comes out, whatever the shape."""
    with contextlib.suppress(IntakeProblem):
        assert read_notebook(json.dumps(content).encode(), "work.ipynb").cells


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_explained(raw: bytes) -> None:
    """Nothing but IntakeProblem comes out."""
    with pytest.raises(IntakeProblem):
        read_notebook(raw, "work.ipynb")


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_any_cells_keep_their_lines(cells: list[str]) -> None:
    """The map has an entry for each line of the text, in cell order."""
    try:
        read = read_notebook(notebook(*cells), "work.ipynb")
    except IntakeProblem:
        return
    assert len(read.cells) == read.text.count("\n") + 1
    assert list(read.cells) == sorted(read.cells)
