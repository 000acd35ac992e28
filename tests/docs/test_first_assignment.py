"""docs/first-assignment.md does what it says, from an empty folder, in its order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

import pytest

from grader.assignment import clone_root
from tests.e2e.command import PLAIN_TERMINAL

GUIDE = (clone_root() / "docs" / "first-assignment.md").read_text(encoding="utf-8")
FENCE = r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$"
BLOCK = re.compile(rf"(?:^`(?P<path>[^`\n]+)`:\n\n)?{FENCE}", re.DOTALL | re.MULTILINE)
CONSOLE = "console"
CHECK_FAILED = 1


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment whose `grader` is this clone's, on the embedded data, with a cache of its own."""
    command = tmp_path / "bin" / "grader"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grader.cli "$@"\n')
    command.chmod(0o755)
    return {
        **os.environ,
        **PLAIN_TERMINAL,
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(clone_root()),
        "EPOCHMARK_CACHE": str(tmp_path / "cache"),
    }


def test_the_guide_does_what_it_says(tmp_path: Path, shell: dict[str, str]) -> None:
    """Files are written and commands run as they stand there; what is printed is what it shows."""
    empty = tmp_path / "work"
    empty.mkdir()
    for block in BLOCK.finditer(GUIDE):
        if block["language"] != CONSOLE:
            path = empty / block["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
            continue
        for command, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block["text"], re.MULTILINE):
            done = subprocess.run(
                ["bash", "-c", command], cwd=empty, env=shell, capture_output=True, text=True, timeout=300
            )
            expected = CHECK_FAILED if command.startswith("grader check") else 0
            assert done.returncode == expected, f"{command}\n{done.stdout}{done.stderr}"
            same = OutputChecker().check_output(shown, done.stdout, ELLIPSIS | NORMALIZE_WHITESPACE)
            assert same, f"{command}\nprints:\n{done.stdout}\nthe guide shows:\n{shown}"


def test_every_block_of_the_guide_is_a_file_or_a_command() -> None:
    """Nothing that looks like a part of the assignment is passed over."""
    blocks = list(BLOCK.finditer(GUIDE))
    outside = BLOCK.sub("", GUIDE)
    assert "```" not in outside
    assert all(bool(block["path"]) != (block["language"] == CONSOLE) for block in blocks)
    assert sum(block["language"] == CONSOLE for block in blocks) >= 5
