"""docs/importing.md says what there is: its commands can be given, its names of files are understood."""

from __future__ import annotations

import re
import shlex
import sqlite3
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from grader.assignment import clone_root
from grader.cli import app
from grader.gradebook import open_gradebook
from grader.intake.platforms import parse, recognise
from grader.results import Platform

PAGE = (clone_root() / "docs" / "importing.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    grader (.+)$", PAGE, re.MULTILINE)
ROWS = re.findall(r"^\| (Canvas|Moodle|Blackboard) \| .*? \| (`.*?) \| ", PAGE, re.MULTILINE)
EXAMPLES = [
    (Platform(platform.lower()), name) for platform, cell in ROWS for name in re.findall("`([^`]{9,})`", cell)
]


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_can_be_given(line: str) -> None:
    """With these words and options."""
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    name, *words = shlex.split(line, comments=True)
    root.commands[name].make_context(name, words)


def test_there_are_examples() -> None:
    """Of each platform that has names to show."""
    assert len(EXAMPLES) == 7


@pytest.mark.parametrize(("platform", "name"), EXAMPLES)
def test_its_names_are_understood(platform: Platform, name: str) -> None:
    """Each is recognised, and is a student's work.py."""
    assert recognise([name]) is platform
    (work,) = parse(platform, [name], str).works
    assert list(work.files.values()) == ["work.py"]


def test_its_table_is_in_the_gradebook(tmp_path: Path) -> None:
    """Under the name that is given."""
    path = tmp_path / "gradebook.sqlite"
    with open_gradebook(path):
        pass
    assert "table `arrivals`" in PAGE
    with sqlite3.connect(path) as connection:
        connection.execute("SELECT name, email, submitted, late FROM arrivals")
