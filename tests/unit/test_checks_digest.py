"""Digests of checks: a change reaches the checks that it can change, and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment_folder import AssignmentFolder, clone_root, load_assignment
from grader.checks_digest import CheckDigests, digest_checks
from grader.commands.digest import checks_digests
from grader.commands.new import make_assignment

HEAD = """
from grader.checks import check

LIMIT = {limit}


def _twice(x):
    return {helper}
"""
CHECK = """
@check(task="1", points={points}, title="{title}", feedback="{feedback}")
@pytest.mark.parametrize("size", {cases})
def test_{name}(submission, rng, size):
    # {comment}
    assert submission.f(size) == {expected}
"""
NAMES = ("a", "b", "c", "d")
DEFAULTS = {
    "points": "3",
    "title": "T",
    "feedback": "F",
    "cases": "[1, 2]",
    "expected": "_twice(size)",
    "comment": "why",
}


def write(changed: str = "", limit: int = 3, helper: str = "2 * x", **changes: str) -> bytes:
    """A file of four checks, in one of which something is different."""
    checks = [CHECK.format(name=n, **DEFAULTS | (changes if n == changed else {})) for n in NAMES]
    return "\n".join([HEAD.format(limit=limit, helper=helper), *checks]).encode()


def differing(one: CheckDigests, other: CheckDigests) -> set[str]:
    return {name for name in one.by_name.keys() | other.by_name.keys() if one.of(name) != other.of(name)}


BEFORE = digest_checks({"test_x.py": write(), "test_y.py": b"def test_y(rng):\n    pass\n"}, "s")


def after(content: bytes) -> CheckDigests:
    return digest_checks({"test_x.py": content, "test_y.py": b"def test_y(rng):\n    pass\n"}, "s")


@given(
    st.sampled_from(NAMES),
    st.sampled_from([key for key in DEFAULTS if key != "comment"]),
    st.sampled_from(["4", "8.5", "[3]"]),
)
def test_a_changed_check_changes_its_own_digest_only(name: str, key: str, value: str) -> None:
    """Whatever it is of a check that changes: its points, title, feedback, cases or body."""
    changed = after(write(name, **{key: value}))
    assert differing(BEFORE, changed) == {f"test_{name}"}
    assert changed.whole != BEFORE.whole
    assert list(changed.by_name) == ["test_a", "test_b", "test_c", "test_d", "test_y"]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])), st.integers(1, 5))
def test_comments_and_blank_lines_change_nothing(comment: str, blank: int) -> None:
    """Nor does the layout: the whole class keeps its results."""
    content = write("b", comment=comment).replace(b"\n\n", b"\n" * (blank + 1))
    content += f"\n# {comment}\n".encode()
    assert after(content.replace(b"title=", b"\n    title  =  ")) == BEFORE


def test_checks_that_change_places_keep_their_digests() -> None:
    """Only the order of the names differs."""
    head, *parts = write().decode().split("\n@check")
    moved = "\n@check".join([head, *reversed(parts)]).encode()
    assert differing(BEFORE, after(moved)) == set()
    assert list(after(moved).by_name) == ["test_d", "test_c", "test_b", "test_a", "test_y"]


@pytest.mark.parametrize("change", [{"limit": 4}, {"helper": "x + x"}])
def test_what_a_file_shares_changes_its_checks_only(change: dict[str, object]) -> None:
    """A constant or a helper function may be used by any check of its file, and by no other."""
    changed = after(write(**change))  # type: ignore[arg-type]
    assert differing(BEFORE, changed) == {"test_a", "test_b", "test_c", "test_d"}


@pytest.mark.parametrize("name", ["conftest.py", "helpers.py", "expected.npy", "sub/conftest.py"])
def test_other_files_belong_to_all_checks(name: str) -> None:
    """What lies beside the check files, data too, may be used by all of them."""
    files = {"test_x.py": write(), "test_y.py": b"def test_y(rng):\n    pass\n"}
    one, other = (digest_checks({**files, name: content}, "s") for content in (b"a = 1", b"a = 2"))
    assert differing(one, other) == set(one.by_name)


def test_what_is_shared_or_worded() -> None:
    """`shared` reaches every check, wording none; both are seen in the whole."""
    files = {"test_x.py": write()}
    base = digest_checks(files, "s", "w")
    assert differing(base, digest_checks(files, "t", "w")) == set(base.by_name)
    worded = digest_checks(files, "s", "v")
    assert differing(base, worded) == set()
    assert worded.whole != base.whole


def test_a_check_that_other_code_names_is_shared() -> None:
    """Called, or by a string: then a change of it may change its callers."""
    text = "def test_a(rng):\n    return {}\n\n\ndef test_b(rng):\n    {}\n\n\ndef test_c():\n    pass\n"
    for use in ("test_a(rng)", "globals_of['test_a']", "checks.test_a"):
        one, other = (digest_checks({"test_x.py": text.format(value, use).encode()}, "") for value in (1, 2))
        assert differing(one, other) == {"test_a", "test_b", "test_c"}
    own = text.format("{}", "pass").replace("return {}", "return test_a if {} else 0")
    one, other = (digest_checks({"test_x.py": own.format(value).encode()}, "") for value in (1, 2))
    assert differing(one, other) == {"test_a"}, "a check that names itself is nobody else's"


@pytest.mark.parametrize("statement", ["from .test_x import LIMIT", "import test_x", "from . import test_x"])
def test_a_check_file_that_is_imported_is_shared(statement: str) -> None:
    """Whatever is in it may be used elsewhere."""
    files = {"test_y.py": f"{statement}\n\ndef test_y(rng):\n    pass\n".encode()}
    one = digest_checks({**files, "test_x.py": write()}, "")
    other = digest_checks({**files, "test_x.py": write("a", points="4")}, "")
    assert differing(one, other) == set(one.by_name)


def test_a_file_of_another_name_has_other_checks() -> None:
    """A module's own random numbers hang on its name."""
    renamed = digest_checks({"test_z.py": write(), "test_y.py": b"def test_y(rng):\n    pass\n"}, "s")
    assert differing(BEFORE, renamed) == {"test_a", "test_b", "test_c", "test_d"}


def test_one_name_in_two_files_is_one_check() -> None:
    """Its digest is over both functions."""
    files = {"test_x.py": b"def test_a():\n    pass\n", "test_y.py": b"def test_a():\n    return 1\n"}
    one, other = (digest_checks({**files, "test_y.py": text}, "") for text in (files["test_y.py"], b"x = 1"))
    assert differing(one, other) == {"test_a"}


@pytest.mark.parametrize(
    "text",
    [
        "class TestAll:\n    def test_b(self):\n        pass",
        "for size in (1, 2):\n    def test_b():\n        pass",
        "test_b = make(test_it)",
        "from helpers import test_b",
        "from helpers import *",
        "globals()['test_b'] = 1",
        "def test_a():\n    return 2",
        "def pytest_collect_file(file_path, parent):\n    pass",
        "this is no Python",
    ],
)
def test_where_names_cannot_be_told_every_change_is_one_of_everything(text: str) -> None:
    """Tests that come about in other ways than by a function in a file."""
    one, other = (
        digest_checks({"test_x.py": f"def test_a():\n    return {value}\n\n{text}\n".encode()}, "")
        for value in (1, 2)
    )
    assert (one.complete, one.of("test_b")) == (False, one.everything)
    assert one.everything != other.everything
    assert set(one.by_name.values()) <= {one.everything}


@pytest.mark.parametrize("name", ["cs7cs4_week8", "hw5_cnn", "syde552_a2"])
def test_the_checks_of_this_clone_are_told_apart(name: str) -> None:
    """As many digests as checks."""
    digests = checks_digests(load_assignment(name, clone_root()), "data")
    assert digests.complete
    assert len(set(digests.by_name.values())) == len(digests.by_name) > 20


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "checks_too"),
    [
        (lambda hidden, public: edit(hidden / "solution/work.py", "/ 255", "/ 256"), True),
        (lambda hidden, public: edit(hidden / "solution/work.py", "def ", "# a comment\ndef "), None),
        (lambda hidden, public: (hidden / "calibration.json").write_text("{}"), True),
        (lambda hidden, public: (hidden / "reported.toml").write_text(""), None),
        (lambda hidden, public: (hidden / "checks/.test_hidden.py.swp").write_text(""), None),
        (lambda hidden, public: edit(public / "assignment.toml", "seconds = 10", "seconds = 9"), True),
        (lambda hidden, public: edit(public / "assignment.toml", '"Pixels between', '"All between'), False),
        (lambda hidden, public: edit(public / "assignment.toml", "Why are", "Why were"), False),
    ],
)  # fmt: skip
def test_what_of_an_assignment_changes_its_checks(
    tmp_path: Path, change: Callable[[Path, Path], object], checks_too: bool | None
) -> None:
    """True: the checks; False: only the reports; None: nothing."""
    make_assignment("tiny", tmp_path)

    def digests() -> CheckDigests:
        folder: AssignmentFolder = load_assignment("tiny", tmp_path)
        return checks_digests(folder, "data")

    before = digests()
    change(tmp_path / "reference/tiny", tmp_path / "assignment/tiny")
    now = digests()
    assert (differing(before, now) == {"test_pixels"}) is bool(checks_too)
    assert (before.whole != now.whole) is (checks_too is not None)
