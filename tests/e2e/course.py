"""A tiny assignment of three checks that note when they run, and a class of three that hands in to it."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.command import Outcome, grader

NAME = "tiny"
CHECKS = '''
import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np

from grader.checks import CheckFailed, check, expect_close

ROOM = Path(os.environ["COURSE"])


def _note(submission, name):
    """Which check runs for whom; the first one to find a bomb stops the whole grader with it."""
    with (ROOM / "ran.txt").open("a") as log:
        log.write(f"{name} {submission.answer('me')}\\n")
    bomb = ROOM / f"bomb-{submission.answer('me')}"
    if bomb.exists():
        bomb.unlink()
        os.kill(multiprocessing.parent_process().pid, signal.SIGKILL)


@check(task="1", points=50, title="Pixels", feedback="Divide by 255.")
def test_pixels(submission, reference, rng):
    _note(submission, "test_pixels")
    images = rng.integers(0, 256, size=(2, 3), dtype=np.uint8)
    expect_close(submission.scale_pixels(images), reference.scale_pixels(images))


@check(task="1", points=30, title="Black", feedback="Black stays black.")
def test_black(submission):
    _note(submission, "test_black")
    expect_close(submission.scale_pixels(np.zeros(3)), np.zeros(3))


@check(task="1", points=20, title="White", feedback="White is 1.")
def test_white(submission):
    _note(submission, "test_white")
    expect_close(submission.scale_pixels(np.full(3, 255)), np.ones(3))
'''
WORK = {"ada": "images / 255", "bea": "images / 256", "cleo": "0 * images"}


@dataclass(frozen=True)
class Course:
    """`root` holds the assignment, the submissions, the results and the log of the checks."""

    root: Path

    @property
    def checks(self) -> Path:
        return self.root / "reference" / NAME / "checks" / "test_hidden.py"

    @property
    def results(self) -> Path:
        return self.root / "results"

    def hand_in(self, student: str, body: str) -> None:
        folder = self.root / "submissions" / student
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "work.py").write_text(f"def scale_pixels(images):\n    return {body}\n")
        (folder / "answers.toml").write_text(f'me = "{student}"\nscale_discussion = "to learn"\n')

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def ran(self) -> Counter[str]:
        """How often each check has run since this was last asked."""
        log = self.root / "ran.txt"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return Counter(line.split()[0] for line in lines)

    def grade(self, *words: str | Path) -> Outcome:
        return self.grade_at(self.root / "submissions", *words)

    def grade_at(self, submissions: Path, *words: str | Path) -> Outcome:
        return self._run("grade", submissions, "--assignment", NAME, "--out", self.results, *words)

    def regrade(self, *words: str | Path) -> Outcome:
        return self._run("regrade", self.results, *words)

    def adjust(self, *words: str | Path) -> Outcome:
        return grader("adjust", self.results, *words, "--assignments", self.root)

    def mark(self, typed: str, *words: str) -> Outcome:
        return self._run("mark", self.results, "--who", "Examiner", *words, typed=typed)

    def _run(self, *words: str | Path, typed: str = "") -> Outcome:
        how = ("--assignments", self.root, "--jobs", "1")
        formats = ("--format", "html") if words[0] != "mark" else ()
        return grader(*words, *how, *formats, typed=typed, COURSE=str(self.root))

    def page(self, student: str, room: str = "students") -> str:
        return (self.results / room / student / "report.html").read_text(encoding="utf-8")


def make_course(root: Path) -> Course:
    """Everything but the results."""
    made = grader("new", NAME, "--assignments", root)
    assert made.code == 0, made.text
    course = Course(root)
    course.checks.write_text(CHECKS, encoding="utf-8")
    question = '[[answers]]\nid = "me"\ntask = "1"\nkind = "text"\nquestion = "Who?"\n\n[[answers]]'
    toml = root / "assignment" / NAME / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("[[answers]]", question, 1), encoding="utf-8")
    for student, body in WORK.items():
        course.hand_in(student, body)
    return course


def copy_course(course: Course, root: Path) -> Course:
    """A course of its own, with the results so far; its gradebook knows the submissions of the first."""
    shutil.copytree(course.root, root)
    return Course(root)
