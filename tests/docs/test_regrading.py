"""docs/regrading.md says what there is: its tables are in the gradebook."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from grader.gradebook import open_gradebook
from tests.docs.commands import read_page

PAGE = read_page("regrading.md")


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
