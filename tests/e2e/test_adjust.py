"""Marks that a person decides: kept, shown, and withdrawn through the command line."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest

from grader.results import SubmissionResult
from tests.e2e.command import Outcome, grader
from tests.e2e.course import Course, copy_course, make_course

BEA = ("bea", "--check", "test_white")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Graded once; each test works on a copy."""
    course = make_course(tmp_path_factory.mktemp("course"))
    outcome = course.grade()
    assert outcome.code == 0, outcome.text
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    return copy_course(graded, tmp_path / "course")


def adjust(course: Course, *words: str) -> Outcome:
    return grader("adjust", course.results, *words, "--assignments", course.root)


def total(course: Course, student: str) -> str:
    with (course.results / "gradebook.csv").open(encoding="utf-8", newline="") as table:
        return next(row["score"] for row in csv.DictReader(table) if row["student"] == student)


def test_a_decision_is_kept_shown_and_taken_back(course: Course) -> None:
    """Appended with who, when and why; it outlives a regrade, which says so; withdrawing is appended too."""
    given = adjust(course, *BEA, "--score", "12.5", "--why", "Nearly white.", "--who", "Examiner")
    assert (given.code, total(course, "bea")) == (0, "42.5"), given.text
    assert "Total: 30 before, 42.5 of 100 now." in given.text
    assert "Nearly white." in course.page("bea")
    assert "Examiner" not in course.page("bea")
    assert "Examiner" in course.page("bea", "instructor")

    course.ran()
    again = course.regrade("--check", "test_white", "--student", "bea", "--quiet")
    assert course.ran() == {"test_white": 1}
    stands = "bea, test_white: the check now gives 0 of 20; the adjustment to 12.5 by Examiner stands."
    assert stands in again.text
    assert total(course, "bea") == "42.5"
    assert "Nearly white." in course.page("bea")

    back = adjust(course, *BEA, "--withdraw", "--why", "It was not.")
    assert (back.code, total(course, "bea")) == (0, "30.0"), back.text
    assert "It takes the place of 12.5 by Examiner: Nearly white." in back.text
    shown = adjust(course).text
    assert shown.index("Nearly white.") < shown.index("It was not.")
    file = course.results / "instructor" / "bea" / "result.json"
    result = SubmissionResult.model_validate_json(file.read_bytes())
    assert [item.points for item in result.adjustments] == [12.5, None]


def test_points_on_the_total(course: Course) -> None:
    """A bonus or a deduction; the next one takes its place."""
    assert adjust(course, "ada", "--points", "-5", "--why", "Two days late.").code == 0
    assert total(course, "ada") == "95.0"
    assert adjust(course, "ada", "--points", "-2.5", "--why", "One day late.").code == 0
    assert total(course, "ada") == "97.5"
    assert "One day late." in course.page("ada")
    assert "Two days late." not in course.page("ada")
    assert (course.results / "students" / "ada" / "report.html").is_file()
    assert not (course.results / "students" / "ada" / "report.pdf").exists(), "only what there was"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((*BEA, "--score", "21", "--why", "x"), "worth 0 to 20 points, not 21"),
        ((*BEA, "--points", "0", "--why", "x"), "not clear what was decided"),
        (("bea", "--check", "test_grey", "--score", "2", "--why", "x"), "test_white: White"),
        (("nobody", "--points", "2", "--why", "x"), "There are: ada, bea, cleo."),
        (("--points", "2", "--why", "x"), "Nobody was named."),
    ],
)
def test_what_cannot_be_decided_is_told(graded: Course, words: tuple[str, ...], expected: str) -> None:
    """Nothing is written."""
    outcome = adjust(graded, *words)
    assert (outcome.code, "Traceback" in outcome.text) == (2, False), outcome.text
    assert expected in outcome.text
    with sqlite3.connect(graded.results / "gradebook.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM adjustments").fetchone() == (0,)


def test_nothing_was_decided(graded: Course) -> None:
    """Looking is free."""
    assert "Nothing was decided by hand." in adjust(graded).text
