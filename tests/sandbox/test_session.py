"""What a session gives back for ordinary code, in the plain mode and in a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from grader.errors import GraderError
from grader.results import Verdict
from grader.sandbox import BuiltModel, Limits, Opaque, Sandbox, Session, SubmissionFault, start_plain
from grader.submission import Module
from tests.sandbox.conftest import module_of

SOLUTION = """
import warnings
import numpy as np
from helpers import add

def convolve(image, kernel):
    return add(image, kernel)

def echo(*args, **kwargs):
    return args, kwargs

def kinds():
    return [np.float32(1.5), (1, 2), {"a": [1.0] * 20}, float("nan"), float("-inf"), 2**70, {1, 2}, "\\ud800"]

def todo():
    raise NotImplementedError

def divide(x):
    return 1 / x

def wants_data():
    return X_train.shape

def loud():
    print("hello")
    warnings.warn("careful")
    return 1

def plots():
    import matplotlib.pyplot as plt
    plt.plot([1, 2])
    plt.savefig("figure.png")
    plt.show()
    return True

def reads():
    with open("pictures/cat.txt") as file, open(__file__.replace("solution.py", "pictures/cat.txt")) as same:
        return file.read() + same.read()

def writes():
    np.save("mine.npy", np.arange(3))
    return np.load("mine.npy")

def uses_threads():
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(np.sum, [np.ones(10)] * 8))

def random_number():
    import random
    return random.random(), np.random.rand()

def asks():
    return input("How many? ")

def nap(seconds):
    import time
    time.sleep(seconds)

def work(seconds):
    import time
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

convolve_again = convolve
"""
HELPERS = "def add(a, b):\n    return a + b\n"
BROKEN = Module("broken.py", "broken.py", "", (), (), (), "invalid syntax (line 3)")
LIMITS = Limits(call_seconds=5, total_seconds=30)


@pytest.fixture(params=["plain", "t1", "t2"])
def place(request: pytest.FixtureRequest) -> Sandbox:
    """The same promises hold with and without protection."""
    if request.param == "plain":
        return start_plain()
    found: Sandbox = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def session(place: Sandbox) -> Iterator[Session]:
    modules = [module_of(HELPERS, "helpers.py"), BROKEN, module_of(SOLUTION, left_out=("X_train",))]
    with place.open(modules, {"pictures/cat.txt": b"meow"}, LIMITS) as opened:
        yield opened


def fault_of(session: Session, function: str, *args: object, **kwargs: object) -> SubmissionFault:
    with pytest.raises(SubmissionFault) as caught:
        session.call(function, args, kwargs)  # type: ignore[arg-type]
    return caught.value


def test_values_go_in_and_out(session: Session) -> None:
    """Arrays of any shape and dtype, nested containers and scalars come back as they went in."""
    arrays = [np.arange(6, dtype=dtype).reshape(2, 3) for dtype in ("u1", "i8", "f2", "f4", "c8")]
    arrays += [np.array(3.5), np.empty((0, 3)), np.array([True, False]), np.arange(24.0).reshape(4, 6).T[::2]]
    args, kwargs = session.call("echo", [*arrays, None, True, "text", [1, (2.5, {"k": "v"})]], {"n": 3}).value
    for sent, back in zip(arrays, args, strict=False):
        assert back.dtype == sent.dtype
        np.testing.assert_array_equal(back, sent)
        assert back.flags.writeable
    assert args[len(arrays) :] == (None, True, "text", [1, (2.5, {"k": "v"})])
    assert kwargs == {"n": 3}


def test_kinds_of_results(session: Session) -> None:
    """numpy scalars come as 0-d arrays, infinities as they are, and the rest by name."""
    scalar, pair, mapping, nan, infinite, large, group, text = session.call("kinds").value
    assert scalar.shape == ()
    assert scalar.dtype == np.float32
    assert (pair, mapping, infinite, large) == ((1, 2), {"a": [1.0] * 20}, float("-inf"), 2**70)
    assert nan != nan
    assert group == Opaque("set")
    assert text == "?"


def test_modules_import_each_other(session: Session) -> None:
    """solution.py imports helpers.py by name, beside a module that does not parse."""
    assert session.call("convolve", [1, 2]).value == 3


def test_packages_and_short_names() -> None:
    """A module in a folder is found by its path and by its last name, and runs once."""
    counter = module_of("calls = []\ndef note(): return len(calls)\n", "pkg/counter.py")
    main = module_of(
        "from pkg import counter\nimport counter as short\n"
        "def same(): return counter is short, counter.__name__\n",
        "pkg/main file.py",
    )
    with start_plain().open([counter, main], {}, LIMITS) as session:
        assert session.call("same").value == (True, "pkg.counter")


def test_a_planted_library_is_not_used() -> None:
    """numpy.py in a submission does not stand in for numpy."""
    planted = module_of("def ones(n): return 'evil'\n", "numpy.py")
    main = module_of("import numpy\ndef f(): return numpy.ones(2)\n")
    with start_plain().open([planted, main], {}, LIMITS) as session:
        np.testing.assert_array_equal(session.call("f").value, np.ones(2))


def test_a_name_bound_otherwise_is_found(session: Session) -> None:
    """`convolve_again = convolve` counts as a function."""
    assert session.call("convolve_again", [1, 2]).value == 3


def test_missing_function(session: Session) -> None:
    """Says where it was looked for, and which file does not parse."""
    fault = fault_of(session, "deconvolve")
    assert fault.verdict is Verdict.NOT_IMPLEMENTED
    assert "deconvolve was not found" in fault.message
    assert "broken.py could not be read: invalid syntax (line 3)" in fault.message


def test_not_implemented(session: Session) -> None:
    """NotImplementedError is unfinished work, not a failure."""
    assert fault_of(session, "todo").verdict is Verdict.NOT_IMPLEMENTED


def test_exception_with_its_line(session: Session) -> None:
    """The type, the message and the innermost line of the student's own code."""
    fault = fault_of(session, "divide", 0)
    assert fault.verdict is Verdict.RAISED
    assert "ZeroDivisionError: division by zero" in fault.message
    assert str(fault.place) == f"solution.py, line {SOLUTION[: SOLUTION.index('1 / x')].count(chr(10)) + 1}"
    assert "return 1 / x" in fault.detail


def test_places_of_a_notebook() -> None:
    """A line of the joined module is told as cell and line."""
    cells = ((1, 1), (3, 1), (3, 2))
    source = "import math\ndef f(x):\n    return 1 / x\n"
    notebook = Module("work.py", "work.ipynb", source, ("f",), (), cells)
    with start_plain().open([notebook], {}, LIMITS) as session:
        assert str(fault_of(session, "f", 0).place) == "work.ipynb, cell 3, line 2"


def test_name_that_was_left_out(session: Session) -> None:
    """A NameError for a statement that intake left out says so, and what to do."""
    fault = fault_of(session, "wants_data")
    assert "X_train" in fault.message
    assert "not run when your code is graded" in fault.message


def test_wrong_signature(session: Session) -> None:
    """Tells the call and the signature; a TypeError inside the function is an ordinary exception."""
    fault = fault_of(session, "convolve", np.ones((2, 2)))
    assert fault.verdict is Verdict.RAISED
    assert "convolve(array)" in fault.message
    assert "convolve(image, kernel)" in fault.message
    assert "cannot be called" not in fault_of(session, "divide", "x").message


def test_ordinary_habits(session: Session) -> None:
    """Printing, warnings, plots, data files, files in the current folder, threads: nothing is lost."""
    assert session.call("loud").output == "hello\n"
    assert session.call("plots", seconds=60).value is True
    assert session.call("reads").value == "meowmeow"
    assert session.call("writes").value.tolist() == [0, 1, 2]
    assert session.call("uses_threads").value == 80


def test_input_is_explained(session: Session) -> None:
    """Nobody answers input()."""
    assert "Nobody answers" in fault_of(session, "asks").message


def test_random_numbers_differ_between_sessions(place: Sandbox) -> None:
    """Forks do not share their random state."""
    drawn = []
    for _ in range(2):
        modules = [module_of(HELPERS, "helpers.py"), module_of(SOLUTION)]
        with place.open(modules, {}, LIMITS) as session:
            drawn.append(session.call("random_number").value)
    assert drawn[0] != drawn[1]
    assert drawn[0][1] != drawn[1][1]


def test_clocks_are_read_outside(session: Session) -> None:
    """Sleep takes wall time and no CPU time; work takes both."""
    slept = session.call("nap", [0.2])
    assert slept.wall_seconds >= 0.2
    assert slept.cpu_seconds < 0.1
    assert session.call("work", [0.2]).cpu_seconds == pytest.approx(0.2, abs=0.1)


def test_total_time_is_bounded(place: Sandbox) -> None:
    """Many short calls cannot take longer than the total."""
    limits = Limits(call_seconds=1, total_seconds=0.5)
    with place.open([module_of(HELPERS, "helpers.py"), module_of(SOLUTION)], {}, limits) as session:
        for _ in range(2):
            session.call("nap", [0.2])
        fault = fault_of(session, "nap", 0.2)
        assert fault.verdict is Verdict.TIMEOUT
        assert "in all" in fault.message


def test_a_closed_session_is_the_graders_mistake(session: Session) -> None:
    """It is not the student's fault."""
    session.close()
    with pytest.raises(GraderError):
        session.call("todo")


def test_import_that_fails() -> None:
    """An exception at import is told with its file; a library that is not there is named."""
    modules = [module_of("import nosuchlibrary\ndef f(): return 1\n")]
    with start_plain().open(modules, {}, LIMITS) as session:
        message = fault_of(session, "f").message
    assert "solution.py raised ModuleNotFoundError" in message
    assert "That library is not there" in message


def test_missing_builder_of_an_argument(session: Session) -> None:
    """A model argument whose builder is missing is unfinished work."""
    fault = fault_of(session, "echo", BuiltModel("build_strided"))
    assert fault.verdict is Verdict.NOT_IMPLEMENTED
