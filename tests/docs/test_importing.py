"""docs/importing.md says what there is: its names of files are understood."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from grader.gradebook import open_gradebook
from grader.intake.platforms import parse, recognise
from grader.results import Platform
from grader.roster import parse_roster
from tests.docs.commands import read_page

PAGE = read_page("importing.md")
ROWS = re.findall(r"^\| (Canvas|Moodle|Blackboard) \| .*? \| (`.*?) \| ", PAGE, re.MULTILINE)
EXAMPLES = [
    (Platform(platform.lower()), name) for platform, cell in ROWS for name in re.findall("`([^`]{9,})`", cell)
]


def test_there_are_examples() -> None:
    """Of each platform that has names to show."""
    assert len(EXAMPLES) == 7


@pytest.mark.parametrize(("platform", "name"), EXAMPLES)
def test_its_names_are_understood(platform: Platform, name: str) -> None:
    """Each is recognised, and is a student's work.py."""
    assert recognise([name]) is platform
    (work,) = parse(platform, [name], str).works
    assert list(work.files.values()) == ["work.py"]


def test_its_roster_is_read() -> None:
    """With every column that the table names."""
    text = PAGE.partition("<!-- a roster -->\n```\n")[2].partition("```")[0]
    one, two, three = parse_roster(text.encode(), "roster.csv")
    assert (one.email, one.team) == ("one@example.org", "Team A")
    assert (two.extension_days, three.submitted) == (2, "2027-02-01T17:30:00")


def test_its_table_is_in_the_gradebook(tmp_path: Path) -> None:
    """Under the name that is given."""
    path = tmp_path / "gradebook.sqlite"
    with open_gradebook(path):
        pass
    assert "table `arrivals`" in PAGE
    with sqlite3.connect(path) as connection:
        connection.execute("SELECT name, email, submitted, late FROM arrivals")
        connection.execute("SELECT name, team, extension_days, submitted FROM roster")
