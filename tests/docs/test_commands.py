"""Pages of the documentation tell commands that there are."""

from __future__ import annotations

import pytest

from grader.assignment_folder import clone_root
from tests.docs.commands import parse, read_page, told_by

TOLD = {path.name: told_by(read_page(path.name)) for path in sorted((clone_root() / "docs").glob("*.md"))}


@pytest.mark.parametrize(("page", "line"), [(page, line) for page, lines in TOLD.items() for line in lines])
def test_its_commands_can_be_given(page: str, line: str) -> None:
    """With these words and options."""
    parse(line)


@pytest.mark.parametrize("page", ["exporting.md", "importing.md", "privacy.md", "regrading.md", "similar.md"])
def test_there_are_some(page: str) -> None:
    """Otherwise nothing would be tested."""
    assert TOLD[page]
