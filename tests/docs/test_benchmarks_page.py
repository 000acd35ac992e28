"""docs/benchmarks.md holds what docs/bench.json holds, and every section that can be measured."""

from __future__ import annotations

import subprocess
import sys

from grader.assignment_folder import clone_root

PAGE = clone_root() / "docs" / "benchmarks.md"


def test_the_page_is_made_from_the_figures() -> None:
    """Whoever measures again makes the page again."""
    command = [sys.executable, "tools/make_benchmarks.py", "--check"]
    done = subprocess.run(command, cwd=clone_root(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_section_has_its_place() -> None:
    """As `python -m tests.bench --help` lists them."""
    command = [sys.executable, "-m", "tests.bench", "--names"]
    done = subprocess.run(command, cwd=clone_root(), capture_output=True, text=True, check=True)
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in done.stdout.split() if f"<!-- figures: {name} -->" not in text] == []
