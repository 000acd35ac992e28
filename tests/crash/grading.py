"""`grader grade` on the small class, as something to disturb, and what it must come to all the same."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from grader.assignment_folder import clone_root
from tests.crash.students import ASSIGNMENT, COURSE

ENDED_SECONDS = 60.0
_COMPARED = ("index.html", "gradebook.csv", "students/*/report.html", "students/*/report.pdf")


@dataclass(frozen=True)
class Grading:
    """One class, graded into `out` with a fixed seed."""

    submissions: Path
    out: Path

    def start(self) -> subprocess.Popen[str]:
        words = [
            *("grade", str(self.submissions), "--assignment", ASSIGNMENT, "--assignments", str(COURSE)),
            *("--out", str(self.out), "--seed", "5", "--jobs", "2"),
        ]
        return subprocess.Popen(
            [sys.executable, "-m", "grader.cli", *words],
            cwd=clone_root(),
            env={**os.environ, "EPOCHMARK_DATA": os.devnull, "NO_COLOR": "1", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def finish(self) -> tuple[int, str]:
        """Runs the command to its end: exit code and what it said."""
        with self.start() as process:
            text, _ = process.communicate()
        return process.returncode, text

    def timed(self) -> tuple[int, str, float]:
        """The same, and wall-clock seconds."""
        begun = time.monotonic()
        return *self.finish(), time.monotonic() - begun

    def finished(self) -> dict[str, str]:
        """Committed results by student, as text; none when there is no gradebook yet."""
        path = self.out / "gradebook.sqlite"
        if not path.exists():
            return {}
        with closing(sqlite3.connect(path, timeout=10)) as book:
            tables = book.execute("SELECT name FROM sqlite_master WHERE name = 'submissions'").fetchall()
            rows = book.execute("SELECT student_id, result FROM submissions") if tables else ()
            return dict(rows)

    def sound(self) -> bool:
        """SQLite's own opinion of the gradebook."""
        with closing(sqlite3.connect(self.out / "gradebook.sqlite", timeout=10)) as book:
            return bool(book.execute("PRAGMA integrity_check").fetchone() == ("ok",))

    def everything(self) -> dict[str, object]:
        """Results, and the bytes of every page: what two runs have to have in common."""
        pages = {
            str(path.relative_to(self.out)): path.read_bytes()
            for pattern in _COMPARED
            for path in sorted(self.out.glob(pattern))
        }
        return {**self.finished(), **pages}


def descendants(pid: int) -> Iterator[int]:
    """Processes that a process started, and those that they started."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for thread in threads for word in (thread / "children").read_text().split()]
    except OSError:  # it has ended meanwhile
        return
    for child in children:
        yield child
        yield from descendants(child)


def describe(pid: int) -> str:
    """What a process is, for people."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        own_name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "gone"
    if own_name.endswith("process"):
        return own_name
    for sign, name in (
        ("grader.cli", "coordinator"),
        ("launcher", "launcher of the sandbox"),
        ("bwrap", "bubblewrap"),
        ("resource_tracker", "resource tracker"),
        ("forkserver", "what grading and report processes are forked from"),
    ):
        if any(sign in word for word in words):
            return name
    return "process in the sandbox"


def await_gone(pids: list[int]) -> list[int]:
    """Those that still live after ENDED_SECONDS."""
    deadline = time.monotonic() + ENDED_SECONDS
    return [pid for pid in pids if not _ends(pid, deadline)]


def _ends(pid: int, deadline: float) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ended, _, _ = select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
    finally:
        os.close(handle)
    return bool(ended)


def kill(pid: int) -> bool:
    """False when it was gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
