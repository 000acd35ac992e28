"""Grades a class with attackers in it, as a lecturer would, and looks for whatever they got away with."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment_folder import clone_root
from grader.gradebook import read_gradebook
from grader.intake import assign_student_ids, find_submissions
from grader.layout import ResultsFolder
from grader.results import SubmissionResult, Tier
from tests.hostile.corpus import BASE, HONEST, Attack, hand_in, hand_in_base, hand_in_honest

ASSIGNMENT = "cs7cs4_week8"
CALL_SECONDS = 3  # in place of the assignment's 20: many attacks do nothing but wait for the limit
SEED = 8_675_309_123
BOAST = "PWNED"
"""What an attack prints when it got what it wanted. Its code never holds the word in one piece."""
MARKER = "epochmark-was-here"
"""The name, or the start of it, of every file that an attack tries to leave behind."""
ORDINARY_UID = 12_345


@dataclass(frozen=True)
class Graded:
    """One run of `grader grade`: `results` by the names of students and attacks; `printed` is its output."""

    results: dict[str, SubmissionResult]
    printed: str
    seconds: float
    code: int


@dataclass
class Arena:
    """A folder with a copy of the assignment, classes and results. `secrets` must never come out."""

    root: Path
    jobs: int = 2
    tier: Tier | None = None
    as_user: bool = False
    secrets: dict[str, str] = field(default_factory=lambda: {k: _token() for k in ("env", "file", "sibling")})

    _trained: Path | None = None  # what an earlier class trained need not be trained again

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o755)
        for part in ("assignment", "reference"):
            shutil.copytree(clone_root() / part / ASSIGNMENT, self.root / "clone" / part / ASSIGNMENT)
        settings = self.root / "clone" / "assignment" / ASSIGNMENT / "assignment.toml"
        text = settings.read_text(encoding="utf-8")
        assert "call_seconds = 20 " in text
        settings.write_text(text.replace("call_seconds = 20 ", f"call_seconds = {CALL_SECONDS} "))
        for path in (self.root / "clone" / "reference").rglob("*.py"):
            path.write_text(path.read_text(encoding="utf-8") + f"\n# {self.secrets['file']}\n")

    def grade(self, name: str, attacks: Sequence[Attack], *, students: Sequence[str] = HONEST) -> Graded:
        """A class of honest students, one more who is mostly wrong, and the attackers."""
        folder, out = self.root / name, self.root / f"{name}-results"
        folder.mkdir()
        handed_in = {student: hand_in_honest(folder, student) for student in students}
        for path in handed_in.values():
            with (path / "convolution.py").open("a") as module:
                module.write(f"\n# {self.secrets['sibling']}\n")
        handed_in[BASE] = hand_in_base(folder, BASE)
        handed_in |= {attack.name: hand_in(attack, folder) for attack in attacks}
        if self._trained:
            out.mkdir()
            shutil.copy(self._trained, ResultsFolder(out).training)
        if self.as_user:
            subprocess.run(["chown", "-R", "-h", str(ORDINARY_UID), self.root], check=True)
        graded = self._run(folder, out, handed_in)
        self._trained = ResultsFolder(out).training
        return graded

    def _run(self, folder: Path, out: Path, handed_in: dict[str, Path]) -> Graded:
        words = [
            "grade",
            folder,
            "--assignment",
            ASSIGNMENT,
            "--assignments",
            self.root / "clone",
            "--out",
            out,
        ]
        words += ["--jobs", self.jobs, "--seed", SEED, "--format", "html", "--quiet"]
        words += ["--tier", self.tier] if self.tier else []
        environment = {"EPOCHMARK_DATA": "/dev/null", "EPOCHMARK_NOTE": self.secrets["env"], "COLUMNS": "200"}
        command = [sys.executable, "-m", "grader.cli", *map(str, words)]
        if self.as_user:
            set_here = [f"{key}={value}" for key, value in environment.items()]
            user = [sys.executable, "-m", "tests.sandbox.as_user", str(ORDINARY_UID), str(self.root)]
            command = [*user, "/usr/bin/env", *set_here, *command]
        begun = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=clone_root(),
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            errors="replace",
        )
        seconds = time.perf_counter() - begun
        ids = assign_student_ids(find_submissions(folder))
        with read_gradebook(ResultsFolder(out).gradebook) as gradebook:
            by_id = {result.student_id: result for result in gradebook.results()}
        results = {name: by_id[ids[path]] for name, path in handed_in.items()}
        return Graded(results, done.stdout + done.stderr, seconds, done.returncode)

    def leaks(self, name: str) -> list[str]:
        """Secrets, boasts and foreign markers in what was written for `name`."""
        out = self.root / f"{name}-results"
        found = []
        for path in sorted(path for path in out.rglob("*") if path.is_file()):
            content = path.read_bytes()
            words = [BOAST, *self.secrets.values()]
            words += [str(SEED)] if "students" in path.parts else []
            found += [f"{path.relative_to(out)}: {word}" for word in words if word.encode() in content]
        return found

    def leftovers(self) -> list[str]:
        """Files that an attack left anywhere that it could think of; they are removed."""
        home = Path(os.path.expanduser("~"))
        packages = Path(sys.prefix).rglob("site-packages")
        places = [Path(p) for p in ("/tmp", "/var/tmp", "/dev/shm", "/", "/run", "/etc")]
        places += [home, clone_root(), self.root, *self.root.iterdir(), *packages]
        found = {p for place in places if place.is_dir() for p in place.iterdir() if MARKER in p.name}
        for path in found:
            path.unlink()
        return sorted(map(str, found))


def _token() -> str:
    return f"CANARY-{secrets.token_hex(12)}"
