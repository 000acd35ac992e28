"""Commands that a page of the documentation tells."""

from __future__ import annotations

import re
import shlex

from typer.core import TyperGroup
from typer.main import get_command

from grader.assignment_folder import clone_root
from grader.cli.app import app


def read_page(name: str) -> str:
    return (clone_root() / "docs" / name).read_text(encoding="utf-8")


def told_by(page: str) -> list[str]:
    """What follows `grader` on lines of their own."""
    return re.findall(r"^    grader (.+)$", page, re.MULTILINE)


def parse(line: str) -> None:
    """Raises what the command line says where there is no such command, word or option."""
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    name, *words = shlex.split(line, comments=True)
    root.commands[name].make_context(name, words)
