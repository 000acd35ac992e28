"""The classes that the benchmarks grade: as many of each kind as stated, the same each time, and correct."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root, load_assignment
from grader.grading.grade import GradingContext, grade_submission
from grader.intake import load_submission
from grader.models.store import TrainingStore
from grader.sandbox import Sandbox, start_sandbox
from tests.bench.classes import (
    ASSIGNMENTS,
    FAILING,
    OTHERS,
    WEEK8,
    Student,
    class_of_100,
    small_class,
    write_class,
)
from tests.e2e.samples import expect_nothing_lost


def texts(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_class(tmp_path: Path) -> None:
    """Another seed gives other words."""
    students = class_of_100()[::7]
    first, again, other = (
        texts(write_class(students, tmp_path / name, seed)) for name, seed in (("a", 8), ("b", 8), ("c", 9))
    )
    assert first == again != other


def test_seventy_twenty_ten(tmp_path: Path) -> None:
    """No two standard submissions are alike; the others have exactly eight architectures."""
    students = class_of_100()
    written = texts(write_class(students, tmp_path))
    folders = sorted(path.name for path in tmp_path.iterdir())
    counts = [sum(name.startswith(kind) for name in folders) for kind in ("standard", "other", "failing")]
    assert counts == [70, 20, 10]
    students_work = {
        folder: "".join(text for name, text in written.items() if name.startswith(f"{folder}/"))
        for folder in folders
    }
    standard = [work for folder, work in students_work.items() if folder.startswith("standard")]
    assert len(set(standard)) == len(standard)
    networks = [text for name, text in written.items() if name.startswith("other") and "networks" in name]
    trees = {str(filters(text)) for text in networks}
    assert len(networks) == 20
    assert len(trees) == len(OTHERS) == 8
    assert len(FAILING) == 10


def filters(text: str) -> list[object]:
    """The numbers and texts of a module in the order of its functions' names, whatever surrounds them."""
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [
        node.value
        for function in sorted(functions, key=lambda function: function.name)
        for node in ast.walk(function)
        if isinstance(node, ast.Constant)
    ]


def test_small_classes_have_as_many_networks_as_asked_for(tmp_path: Path) -> None:
    """None other than the reference's; one other; four."""
    for architectures in (0, 1, 4):
        folder = tmp_path / str(architectures)
        written = texts(write_class(small_class(8, architectures), folder))
        networks = {str(filters(text)) for name, text in written.items() if name.endswith("work.py")}
        assert len(networks) == max(1, architectures)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with start_sandbox() as started:
        yield started


@pytest.mark.parametrize(
    ("name", "root", "students"),
    [
        (WEEK8, clone_root(), class_of_100()[1:70:40]),
        ("small_week", ASSIGNMENTS, small_class(1)),
    ],
    ids=[WEEK8, "small_week"],
)
def test_standard_submissions_lose_nothing(
    tmp_path: Path, sandbox: Sandbox, name: str, root: Path, students: tuple[Student, ...]
) -> None:
    """Graded for real on the embedded digits, without any training by the grader."""
    folder = load_assignment(name, root)
    store = TrainingStore(tmp_path / "store.sqlite")
    context = GradingContext(folder, folder.hidden_checks, ("digits32",), store, 8)
    write_class(students, tmp_path / "class")
    for student in students:
        submission = load_submission(tmp_path / "class" / student.name)
        graded = grade_submission(submission, context, sandbox)
        assert graded.deferred == {}
        expect_nothing_lost({result.check: result for result in graded.checks})
