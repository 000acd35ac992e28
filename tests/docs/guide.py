"""Runs a page of the documentation: its files are written, its commands run, what they print is compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

from grader.assignment_folder import clone_root
from tests.e2e.command import PLAIN_TERMINAL

FENCE = r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$"
BLOCK = re.compile(rf"(?:^`(?P<path>[^`\n]+)`:\n\n)?{FENCE}", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
PASSED = re.compile(r"(\d+) of (\d+) public checks passed")
CONSOLE = "console"
CHECK_FAILED = 1


def make_shell(folder: Path) -> dict[str, str]:
    """An environment whose `grader` is this clone's, on the embedded data, with a cache of its own, and whose
    `python` is this one."""
    command = folder / "bin" / "grader"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grader.cli "$@"\n')
    command.chmod(0o755)
    return {
        **os.environ,
        **PLAIN_TERMINAL,
        "PATH": os.pathsep.join(map(str, (command.parent, Path(sys.executable).parent, os.environ["PATH"]))),
        "PYTHONPATH": str(clone_root()),
        "EPOCHMARK_CACHE": str(folder / "cache"),
    }


def run_guide(page: str, folder: Path, shell: dict[str, str]) -> None:
    """From top to bottom in `folder`. `cd` is as in a terminal: for all that follows, files included."""
    place = folder
    for block in BLOCK.finditer(page):
        if block["language"] != CONSOLE:
            path = place / block["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
            continue
        for command, shown in COMMAND.findall(block["text"]):
            if command.startswith("cd "):
                place = place / command.removeprefix("cd ")
            else:
                run_command(command, shown, place, shell)


def run_command(command: str, shown: str, place: Path, shell: dict[str, str]) -> None:
    """Fails where it ends otherwise than it should, or prints something else than `shown`."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=place, env=shell, capture_output=True, text=True, timeout=300
    )
    passed = PASSED.search(done.stdout)
    expected = CHECK_FAILED if passed and passed[1] != passed[2] else 0
    assert done.returncode == expected, f"{command}\n{done.stdout}{done.stderr}"
    same = OutputChecker().check_output(shown, done.stdout, ELLIPSIS | NORMALIZE_WHITESPACE)
    assert same, f"{command}\nprints:\n{done.stdout}\nthe guide shows:\n{shown}"


def assert_all_is_run(page: str) -> None:
    """Nothing that looks like a file or a command is passed over."""
    blocks = list(BLOCK.finditer(page))
    assert "```" not in BLOCK.sub("", page)
    assert all(bool(block["path"]) != (block["language"] == CONSOLE) for block in blocks)
    assert sum(block["language"] == CONSOLE for block in blocks) >= 5
