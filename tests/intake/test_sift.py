"""Sifting keeps what defines something, drops what would run, and moves no line."""

from __future__ import annotations

import ast
import textwrap

import pytest

from grader.intake.decode import SourceError
from grader.intake.sift import Sifted, sift


def sifted(text: str, *, notebook: bool = False) -> Sifted:
    return sift(textwrap.dedent(text), notebook=notebook)


KEPT = [
    '"""What this module does."""',
    "import numpy as np",
    "from keras import layers as L, regularizers",
    "from helpers import *",
    "def f(x, n=5): return x * n",
    "async def f(): pass",
    "class Net: width = 3",
    "import keras\nclass Net(keras.Model):\n    def call(self, x): return x",
    "n = 5_000",
    "a, (b, *c) = 1, (2, 3, 4)",
    "x = y = 0",
    "n: int = 3",
    "n = 5\nn += 1",
    "SIZES = [5000, 10_000]\nSIZES.append(20_000)\nSIZES[0] = 4_000",
    "L1 = [10 ** -k for k in range(5)] + [0]",
    "NAMES = {i: f'class {i}' for i in range(10) if i != 3}",
    "DEEP = tuple(sorted({3, 1, 2}))",
    "import numpy as np\nK1 = np.array([[-1, -1], [8, -1]]).reshape(2, 2).astype(np.float32) / np.pi",
    "import numpy as np\nrng = np.random.default_rng(0)",
    "from numpy import zeros\nz = zeros((3, 3))",
    "import tensorflow as tf\nreg = tf.keras.regularizers.l1(1e-4)",
    "from tensorflow import keras\nL = keras.layers\nConv = L.Conv2D\nhead = L.Dense(10)",
    "from functools import partial\nfrom keras.layers import Conv2D\nConv = partial(Conv2D, padding='same')",
    "from pathlib import Path\nHERE = Path(__file__).parent / 'data'",
    "double = lambda x, k=2: x * k",
    "flag = 3 > 2 and not False",
    "name = 'a' if __name__ else 'b'",
    "labels = 'cat dog'.split()",
    "from dataclasses import dataclass\n@dataclass\nclass Setting:\n    n: int = 5\nBASE = Setting(n=3)",
    "import functools\n@functools.lru_cache(maxsize=None)\ndef f(): pass",
    "def timed(f): return f\n@timed\ndef g(): pass",
    "try:\n    import seaborn\nexcept ImportError:\n    seaborn = None",
    "import sys\nif sys.version_info >= (3, 12):\n    from typing import override\nelse:\n    n = 1",
    "def f(x: 'anything', *args: int, key: str = 'a', **more: float) -> list[int]: pass",
    "from __future__ import annotations\ndef f(x: Unknown) -> Other: pass",
]

LEFT_OUT = [
    ("train()", "train()"),
    ("print('hello')", "print"),
    ("import numpy as np\nnp.random.seed(1)", "np.random.seed"),
    ("import os\nos.environ['A'] = '1'", "os.environ"),
    ("for i in range(3): pass", "for i in"),
    ("while True: pass", "while True"),
    ("with open('x') as f: y = f.read()", "with open"),
    ("assert 1 == 1", "assert"),
    ("def build(): pass\nmodel = build()", "model = build()"),
    ("import keras\n(a, b), c = keras.datasets.mnist.load_data()", "load_data"),
    ("import keras\nmodel = keras.Sequential([])", "model = keras.Sequential"),
    ("x = missing + 1", "x = missing"),
    ("text = open('x').read()", "text = open"),
    ("x = (y := 3)", "x = (y"),
    ("if train(): import os", "if train()"),
    ("try:\n    train()\nexcept ValueError:\n    pass", "try:"),
    ("class Net(make()): pass", "class Net"),
    ("raise SystemExit", "raise"),
    ("import sys\nsys.setrecursionlimit(10 ** 9)", "sys.setrecursionlimit"),
    ("match 3:\n    case 3: x = 1", "match 3"),
    ("import numpy as np\nnp.load = None", "np.load = None"),
    ("x: int = train()", "x: int"),
]


@pytest.mark.parametrize("text", KEPT)
def test_definitions_and_cheap_constants_stay_as_they_are(text: str) -> None:
    """Nothing of these is touched or reported."""
    result = sift(text)
    assert result.source == text
    assert result.left_out == ()


@pytest.mark.parametrize(("text", "what"), LEFT_OUT)
def test_what_would_run_is_left_out_and_reported(text: str, what: str) -> None:
    """Exactly one report, which shows the statement's first line."""
    result = sift(text)
    (left,) = result.left_out
    assert what in left.what
    assert left.why
    assert what not in result.source


def test_line_numbers_stay() -> None:
    """What follows a statement of several lines is still on its line."""
    result = sifted(
        """
        import os
        train(
            1,
            2,
        )
        def f():
            return 1
        """
    )
    assert result.source.split("\n")[6] == "def f():"
    assert result.left_out[0].line == 3


@pytest.mark.parametrize(
    "text",
    [
        "a = 1; train(); b = 2",
        "train(); a = 1; b = 2",
        "a = 1; b = 2; train();",
        "train(\n); a = 1; train(\n\n); b = 2",
        "a = 1; \\\ntrain(); b = 2",
        "a = 1; b = 2; \\\ntrain()",
        "a = 1; train()  # with a comment; b = 3\nb = 2",
        "train() ; \\\n a = 1; b = 2",
        "é = 'é'; train('é'); a = 1; b = 2",
        "for i in a: train();\na = 1; b = 2",
    ],
)
def test_several_statements_on_a_line(text: str) -> None:
    """Statements that share lines are told apart by column, in any encoding width."""
    result = sift(text)
    names: dict[str, object] = {}
    exec(result.source, names)
    assert (names["a"], names["b"]) == (1, 2)
    assert "train" not in result.source.partition("#")[0]
    assert result.source.count("\n") == text.count("\n")


def test_blocks_are_never_left_empty() -> None:
    """A kept block whose other statements go is still a block."""
    result = sifted(
        """
        try:
            import json
            train(
            )
        except ImportError: train()
        if True:
            train()
        else:
            n = 3
        class A:
            train()
        """
    )
    ast.parse(result.source)
    assert "train" not in result.source
    assert "n = 3" in result.source


def test_main_guard_goes_without_a_word() -> None:
    """It is right practice, so it is no report; its names are known as left out."""
    for test in ("__name__ == '__main__'", '"__main__" == __name__', "__name__ == '__main__' and True"):
        result = sift(f"import os\nif {test}:\n    model = train()\n")
        assert result.source.strip() == "import os"
        assert result.left_out == ()
        assert result.left_out_names == ("model",)


def test_showing_a_value_goes_without_a_word() -> None:
    """A notebook's `x.shape` at the end of a cell computes nothing and tells the instructor nothing."""
    result = sift("import math\nmath.pi\nmath\ndel math\n")
    assert result.left_out == ()
    assert result.source.rstrip() == "import math"


def test_what_depends_on_something_left_out_goes_too() -> None:
    """Otherwise loading would end in a NameError; the reason names the name."""
    result = sift("x = load()\ny = x / 255\nz = y\n")
    assert result.source.strip() == ""
    assert result.left_out_names == ("x", "y", "z")
    assert "uses y, which was left out" in result.left_out[2].why


def test_a_name_bound_again_is_known_again() -> None:
    """Only the latest binding decides."""
    result = sift("x = load()\nx = 3\ny = x\n")
    assert result.source.strip() == "x = 3\ny = x"


def test_a_function_survives_its_name_being_used_for_the_result() -> None:
    """`model = model()` is common; the function is still there."""
    result = sift("def model(): pass\nmodel = model()\n")
    assert result.functions == ("model",)
    assert result.left_out_names == ("model",)


def test_defaults_that_were_left_out_become_none() -> None:
    """A function is not lost because its default is the data set."""
    result = sift("x = load()\ndef train(model, n=3, data=x[\n0], *, more=load(), k=2): return n\n")
    names: dict[str, object] = {}
    exec(result.source, names)
    function = names["train"]
    assert function.__defaults__ == (3, None)  # type: ignore[attr-defined]
    assert function.__kwdefaults__ == {"more": None, "k": 2}  # type: ignore[attr-defined]
    assert [left.what for left in result.left_out[1:]] == ["def train(… data=…)", "def train(… more=…)"]


def test_decorators_that_cannot_be_evaluated_become_harmless() -> None:
    """The function stays, undecorated."""
    result = sift("memory = make()\n@memory.cache\n@(\nmemory\n)\ndef f(): return 1\n")
    names: dict[str, object] = {}
    exec(result.source, names)
    assert names["f"]() == 1  # type: ignore[operator]


def test_annotations_that_cannot_be_evaluated_become_none() -> None:
    """Unknown names in annotations cost nothing but the annotation."""
    result = sift("def f(x: Tensor, *y: Other) -> dict[str, History]: return 1\n")
    exec(result.source, {})
    assert len(result.left_out) == 3


def test_modules_of_the_notebook_machine_are_not_asked_for() -> None:
    """`from google.colab import drive` would fail on loading; tried in a block it is the student's care."""
    for text in (
        "from google.colab import drive",
        "import google.colab",
        "from google import colab",
        "import IPython",
    ):
        assert sift(text).source == ""
        assert len(sift(text).left_out) == 1
    for text in ("try:\n    import google.colab\nexcept ImportError:\n    pass", "import IPythonic, googled"):
        assert sift(text).source == text


def test_functions_are_those_that_can_be_called() -> None:
    """def, lambda, another name of a function, functools.partial; not imports, classes or constants."""
    result = sifted(
        """
        from functools import partial
        from scipy.signal import convolve
        def a(): pass
        b = lambda: 1
        c = a
        d = partial(a)
        n = 3
        class E: pass
        def gone(): pass
        gone = 3
        if True:
            def f(): pass
        """
    )
    assert result.functions == ("a", "b", "c", "d", "f")


def test_what_a_rejected_block_defined_is_not_a_function() -> None:
    """Definitions in a block that goes as a whole go with it."""
    result = sift("if train():\n    def f(): pass\nwith x:\n    def g(): pass\n")
    assert result.functions == ()
    assert result.left_out_names == ("f", "g")


def test_future_imports_anywhere_in_a_notebook() -> None:
    """Each cell may have its own; joined, only the first place is legal Python."""
    text = "import os\nfrom __future__ import annotations\nn = 1\n"
    compile(sift(text, notebook=True).source, "notebook", "exec")


def test_neighbours_share_a_group_and_kept_code_parts_them() -> None:
    """Reports join what stands together."""
    groups = [left.group for left in sift("a()\nb()\nimport os\nc()\n").left_out]
    assert groups[0] == groups[1] != groups[2]


def test_more_statements_than_a_course_has() -> None:
    """Outside functions: known names are copied for blocks, which many of both would make slow."""
    with pytest.raises(SourceError, match="line 10001: there are more than 10,000 statements outside"):
        sift("x = 1\n" * 10_001)
    assert sift("def f():\n" + "    x = 1\n" * 10_001).functions == ("f",)


def test_syntax_error_in_words() -> None:
    """Line and reason, as Python says it."""
    with pytest.raises(SourceError, match=r"^line 2: '\(' was never closed$"):
        sift("a = 1\nb = (\n")
