"""Pages of the documentation tell commands that there are."""

from __future__ import annotations

import pytest

from tests.docs.commands import parse, read_page, told_by

PAGES = ("privacy.md", "regrading.md", "similar.md")


@pytest.mark.parametrize("line", [line for page in PAGES for line in told_by(read_page(page))])
def test_its_commands_can_be_given(line: str) -> None:
    """With these words and options."""
    parse(line)


@pytest.mark.parametrize("page", PAGES)
def test_there_are_some(page: str) -> None:
    """Otherwise nothing would be tested."""
    assert told_by(read_page(page))
