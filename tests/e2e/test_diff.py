"""`grader diff`: two folders of results, whose marks differ and why."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from grader.errors import ExitCode
from tests.e2e.command import Outcome, grader
from tests.e2e.course import Course, make_course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Graded, then kept aside, then a check changed, somebody handed in again, one mark was decided by hand
    and a late submission came, and all graded again."""
    course = make_course(tmp_path_factory.mktemp("course"))
    assert course.grade().code == 0
    shutil.copytree(course.results, course.root / "before")
    course.edit(course.checks, "np.full(3, 255)), np.ones(3)", "np.full(3, 256)), np.ones(3)")
    course.hand_in("cleo", "images / 255")
    course.hand_in("dora", "images")
    assert course.grade().code == 0
    words = ("bea", "--points", "4", "--why", "Shown in class.", "--assignments", course.root)
    assert grader("adjust", course.results, *words).code == 0
    return course


def diff(course: Course, *words: str | Path) -> Outcome:
    return grader("diff", *words, "--assignments", course.root)


def test_whose_marks_differ_and_why(course: Course, tmp_path: Path) -> None:
    """Each student's total and checks, the causes told apart, on the terminal and as CSV; exit code 1."""
    table = tmp_path / "changes.csv"
    outcome = diff(course, course.root / "before", course.results, "--csv", table)
    assert outcome.code == ExitCode.DIFFERENT == 1
    assert "4 of 4 submissions differ" in outcome.text
    assert "bea 30 → 54" in outcome.text
    with table.open(encoding="utf-8", newline="") as file:
        rows = {(row["student"], row["check"]): row for row in csv.DictReader(file)}
    totals = {student: (row["total_before"], row["total_after"], row["why"])
              for (student, check), row in rows.items() if not check}  # fmt: skip
    assert totals == {
        "ada": ("100.0", "80.0", "check changed"),
        "bea": ("30.0", "54.0", "check changed, adjustment"),
        "cleo": ("30.0", "80.0", "submission changed"),
        "dora": ("", "30.0", "only in the second"),
    }
    white = rows["ada", "test_white"]
    assert (white["verdict_before"], white["verdict_after"]) == ("passed", "failed")
    assert (white["score_before"], white["score_after"], white["why"]) == ("20.0", "0.0", "check changed")
    assert rows["cleo", "test_pixels"]["why"] == "submission changed"


def test_the_same_results(course: Course) -> None:
    """Nothing to say; exit code 0."""
    outcome = diff(course, course.results, course.results)
    assert (outcome.code, outcome.text) == (0, "No marks differ: 4 submissions.")


def test_what_is_no_folder_of_results(course: Course, tmp_path: Path) -> None:
    """On either side."""
    for pair in ((course.results, tmp_path), (tmp_path, course.results)):
        outcome = diff(course, *pair)
        assert (outcome.code, "not a folder of results" in outcome.text) == (2, True)
