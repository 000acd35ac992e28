"""docs/first-assignment.md does what it says, from an empty folder, in its order."""

from __future__ import annotations

from pathlib import Path

from tests.docs.commands import read_page
from tests.docs.guide import assert_all_is_run, make_shell, run_guide

GUIDE = read_page("first-assignment.md")


def test_the_guide_does_what_it_says(tmp_path: Path) -> None:
    """Files are written and commands run as they stand there; what is printed is what it shows."""
    empty = tmp_path / "work"
    empty.mkdir()
    run_guide(GUIDE, empty, make_shell(tmp_path))


def test_every_block_of_the_guide_is_a_file_or_a_command() -> None:
    """Nothing that looks like a part of the assignment is passed over."""
    assert_all_is_run(GUIDE)
