"""Runs the `grader` command as a user does: another process, its text and its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.assignment_folder import clone_root

PLAIN_TERMINAL = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything printed, with line breaks folded, so that wrapping does not matter."""
        return " ".join((self.out + self.err).split())


def grader(*words: str | Path, cwd: Path | None = None, typed: str = "", **environment: str) -> Outcome:
    """`grader WORDS`, with extra environment variables and what somebody `typed`."""
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", *map(str, words)],
        cwd=cwd or clone_root(),
        env={**os.environ, **PLAIN_TERMINAL, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        input=typed,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
