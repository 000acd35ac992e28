"""docs/regrading.md says what there is: its commands can be given, its tables are in the gradebook."""

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

PAGE = (clone_root() / "docs" / "regrading.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    grader (.+)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_can_be_given(line: str) -> None:
    """With these words and options."""
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    name, *words = shlex.split(line, comments=True)
    root.commands[name].make_context(name, words)


def test_its_tables_are_in_the_gradebook(tmp_path: Path) -> None:
    """With the columns that are named."""
    path = tmp_path / "gradebook.sqlite"
    with open_gradebook(path):
        pass
    section = PAGE.partition("## In the gradebook")[2]
    with sqlite3.connect(path) as connection:
        for table in ("checks", "adjustments", "sources", "pending"):
            assert f"`{table}`" in section
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        connection.execute("SELECT digest, score FROM checks")
        connection.execute("SELECT score FROM submissions")
