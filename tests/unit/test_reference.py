"""The solution beside a submission: what of it runs where, and whose fault its faults are."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment_folder import load_assignment
from grader.grading.grade import GradingContext, grade_submission
from grader.intake import load_submission
from grader.models.store import KnownRuns
from grader.results import CheckResult, Tier, Verdict
from grader.sandbox import start_sandbox
from tests.sandbox.conftest import why_not

ASSIGNMENT = """\
name = "tiny"
title = "Tiny"
datasets = ["digits32"]
tasks = [{ id = "1", title = "One", points = 4, functions = ["half"] }]
"""
SOLUTION = """\
import {library}
import os


def half(number):
    return number / 2


def where(number):
    return os.getpid()


def late(number):
    raise RuntimeError("the solution is unwell")
"""
CHECKS = """\
import os

from grader.checks import check, expect_close


@check(task="1", points=1, title="Halves", feedback="By two.")
def test_half(submission, reference):
    expect_close(submission.half(5.0), reference.half(5.0))


@check(task="1", points=1, title="Here", feedback="Not here.")
def test_here(reference):
    assert reference.where(0) == os.getpid()


@check(task="1", points=1, title="The solution raises", feedback="Not your fault.")
def test_raising(reference):
    reference.late(0)


@check(task="1", points=1, title="The solution raises in its sandbox", feedback="Not your fault.")
def test_timed_and_raising(reference):
    reference.timed("late", 0)
"""


def graded(root: Path, library: str, checks: str = CHECKS) -> dict[str, CheckResult]:
    """With a solution that imports `library`: the results by check."""
    if reason := why_not(Tier.T1):
        pytest.skip(reason)
    for path, text in (
        ("assignment/tiny/assignment.toml", ASSIGNMENT),
        ("reference/tiny/solution/work.py", SOLUTION.format(library=library)),
        ("reference/tiny/checks/test_all.py", checks),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    folder = load_assignment("tiny", root)
    context = GradingContext(folder, folder.hidden_checks, ("digits32",), KnownRuns(), 1)
    with start_sandbox(force=Tier.T1, preload=(library,)) as sandbox:
        graded = grade_submission(load_submission(hand_in(root)), context, sandbox)
    return {check.check: check for check in graded.checks}


def hand_in(root: Path) -> Path:
    folder = root / "ada"
    folder.mkdir()
    (folder / "work.py").write_text("def half(number):\n    return number / 2\n")
    return folder


def expect_no_fault_of_the_student(check: CheckResult) -> None:
    """What the solution did is the instructor's to know, and takes nothing off."""
    assert check.verdict is Verdict.GRADER_ERROR
    assert check.score is None
    assert "the solution is unwell" in check.detail
    assert "unwell" not in check.feedback


@pytest.mark.parametrize("library", ["numpy", "keras"])
def test_its_faults_are_not_the_students(tmp_path: Path, library: str) -> None:
    """Wherever it runs: its checks do not count."""
    checks = graded(tmp_path, library)
    assert checks["test_half"].verdict is Verdict.PASSED
    expect_no_fault_of_the_student(checks["test_raising"])
    expect_no_fault_of_the_student(checks["test_timed_and_raising"])


def test_where_it_runs(tmp_path: Path) -> None:
    """With the checks, unless it needs TensorFlow: that would be imported into every grading process."""
    (tmp_path / "light").mkdir()
    assert graded(tmp_path / "light", "numpy")["test_here"].verdict is Verdict.PASSED
    (tmp_path / "heavy").mkdir()
    assert graded(tmp_path / "heavy", "keras")["test_here"].verdict is Verdict.FAILED


def test_checks_of_another_folder_with_the_same_name(tmp_path: Path) -> None:
    """One process may grade several assignments, and their files of checks may be called alike."""
    names = []
    for number, name in enumerate(("test_first", "test_second")):
        (tmp_path / name).mkdir()
        checks = CHECKS.partition("@check")[0] + (
            f'@check(task="1", points=1, title="One", feedback="One.")\n'
            f"def {name}(submission):\n    assert submission.half({number}) == {number} / 2\n"
        )
        names += graded(tmp_path / name, "numpy", checks)
    assert names == ["test_first", "test_second"]
