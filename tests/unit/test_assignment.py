"""assignment.toml: what is accepted, and errors that name file, line and key."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from grader.assignment import parse_assignment
from grader.assignment_folder import clone_root, load_assignment
from grader.errors import GraderError, UsageError

GOOD = """\
name = "tiny"
title = "Tiny"
datasets = ["digits32"]

[[tasks]]
id = "a"
title = "First"
points = 3

[[tasks]]
id = "b"
title = "Second"
points = 4

[[answers]]
id = "why"
task = "b"
kind = "text"
question = "Why?"
"""


def test_reads_tasks_and_adds_up_points() -> None:
    """The maximum score is the sum of the tasks' points."""
    assert parse_assignment(GOOD, "assignment.toml").max_score == 7


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("points = 4", 'points = "many"', 13, ("points", "many")),
        ('kind = "text"', 'kind = "essay"', 18, ("kind", "essay", "'integer', 'number', 'text', 'choice'")),
        ('kind = "text"', 'kind = "choices"', 15, ("choices belong to the kinds",)),
        ('kind = "text"', 'kind = "text"\nchoices = ["a"]', 15, ("choices belong to the kinds",)),
        ('kind = "text"', 'kind = "grid"', 15, ('the kind "grid" has shape = [ROWS, COLUMNS]',)),
        ('kind = "text"', 'kind = "integers"\nshape = [2, 2]', 15, ("shape = [COUNT]",)),
        ('kind = "text"', 'kind = "integer"\nshape = [2]', 15, ('the kind "integer" has no shape',)),
        ('kind = "text"', 'kind = "grid"\nshape = [4, 0]', 19, ("answers.0.shape.1", "greater than 0")),
        ('datasets = ["digits32"]', "datasets = []", 3, ("datasets",)),
        ("points = 3", "points = 3\ncolour = 1", 9, ("colour", "not permitted")),
        ('id = "b"', 'id = "a"', None, ('task id "a" is used more than once',)),
        ('task = "b"', 'task = "c"', None, ('task = "c" is not one of the tasks: a, b',)),
    ],
)
def test_mistakes_are_located(old: str, new: str, line: int | None, words: tuple[str, ...]) -> None:
    """An error names the file, the line where there is one, the key and what was given."""
    with pytest.raises(GraderError) as caught:
        parse_assignment(GOOD.replace(old, new), "assignment.toml")
    message = str(caught.value)
    assert message.startswith("assignment.toml" + (f", line {line}:" if line else ""))
    assert all(word in message for word in words), message
    assert caught.value.hint


def test_broken_toml_names_the_line() -> None:
    """A syntax error in TOML is reported with its line."""
    with pytest.raises(GraderError, match=r"assignment.toml: not valid TOML: .*line 2"):
        parse_assignment('name = "x"\ntitle = \n', "assignment.toml")


def test_unknown_assignment_lists_what_is_there(tmp_path: Path) -> None:
    """A mistyped name is answered with the names that exist."""
    (tmp_path / "assignment" / "tiny").mkdir(parents=True)
    (tmp_path / "assignment" / "tiny" / "assignment.toml").write_text(GOOD)
    with pytest.raises(UsageError) as caught:
        load_assignment("tyni", tmp_path)
    assert "tiny" in caught.value.hint
    assert load_assignment("tiny", tmp_path).assignment.title == "Tiny"


def test_folder_and_name_must_agree(tmp_path: Path) -> None:
    """A copied assignment whose name was not changed is refused."""
    (tmp_path / "assignment" / "other").mkdir(parents=True)
    (tmp_path / "assignment" / "other" / "assignment.toml").write_text(GOOD)
    with pytest.raises(GraderError, match='its folder is "other"'):
        load_assignment("other", tmp_path)


@pytest.mark.parametrize("name", ["cs7cs4_week8", "hw5_cnn", "syde552_a2"])
def test_where_points_are_split_the_task_says_so(name: str) -> None:
    """A sample that keeps a part of a check's points belongs to a task that tells students of it."""
    folder = load_assignment(name, clone_root())
    tasks = {
        check.name: next(
            ast.literal_eval(word.value)
            for mark in check.decorator_list
            if isinstance(mark, ast.Call)
            for word in mark.keywords
            if word.arg == "task"
        )
        for path in folder.hidden_checks.glob("test_*.py")
        for check in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(check, ast.FunctionDef) and check.name.startswith("test_")
    }
    split = {
        tasks[check]
        for path in (clone_root() / "tests/submissions/wrong" / name).glob("*/expected.toml")
        for check in tomllib.loads(path.read_text(encoding="utf-8")).get("scores", {})
    }
    assert split
    assert {task for task in split if not folder.assignment.task(task).credit} == set()
