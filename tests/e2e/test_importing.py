"""`grader grade` on an export: a group's work is graded once, and every member has a report."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from grader.results import SubmissionResult
from grader.similar import Findings
from tests.e2e.command import grader
from tests.e2e.course import WORK, Course, copy_course, make_course
from tests.intake.archives import make_zip
from tests.intake.exports import METADATA

IDS = ["0101", "0102", "0103"]
ALL = {"test_pixels", "test_black", "test_white"}


def export(course: Course, **bodies: str) -> Path:
    """Two works, of a group and of one student, where the course's own submissions would lie."""
    members = {"submission_metadata.yml": METADATA}
    for folder, body in {"submission_101": WORK["ada"], "submission_103": WORK["bea"], **bodies}.items():
        members[f"{folder}/work.py"] = f"def scale_pixels(images):\n    return {body}\n"
        members[f"{folder}/answers.toml"] = f'me = "{folder}"\n'
    return make_zip(course.root / "submissions.zip", dict(members))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = make_course(tmp_path_factory.mktemp("importing"))
    outcome = course.grade_at(export(course))
    assert outcome.code == 0, outcome.text
    assert "An export of Gradescope: 2 submissions, 1 of them of groups." in outcome.text
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    made = copy_course(graded, tmp_path / "course")
    made.ran()
    return made


def result(course: Course, student: str) -> SubmissionResult:
    path = course.results / "instructor" / student / "result.json"
    return SubmissionResult.model_validate_json(path.read_text(encoding="utf-8"))


def test_a_group_is_graded_once_and_all_have_the_result(graded: Course) -> None:
    """Six checks ran for three students; nothing of the people is in what they are handed."""
    assert graded.ran() == Counter(dict.fromkeys(ALL, 2))
    one, two, three = (result(graded, student) for student in IDS)
    assert one == two.model_copy(update={"student_id": "0101"})
    assert one.checks != three.checks
    for student in IDS:
        page = graded.page(student)
        assert f"report for {student}" in page
        assert "Student One" not in page
        assert "example.org" not in page
    with sqlite3.connect(graded.results / "gradebook.sqlite") as connection:
        rows = connection.execute("SELECT student_id, name, lead FROM arrivals ORDER BY 1").fetchall()
    assert rows == [
        ("0101", "Student One", "0101"),
        ("0102", "Student Two", "0101"),
        ("0103", "Student Three", "0103"),
    ]


def test_the_same_export_again_runs_nothing(course: Course) -> None:
    """And one in which the group has handed in anew runs for the group alone."""
    assert "3 unchanged submissions kept" in course.grade_at(export(course)).text
    assert course.ran() == Counter()
    assert course.grade_at(export(course, submission_101="0 * images")).code == 0
    assert course.ran() == Counter(dict.fromkeys(ALL, 1))
    assert result(course, "0102").checks == result(course, "0101").checks


def test_a_regrade_finds_the_works_in_the_export(course: Course) -> None:
    """One run for the group; one member asked for alone is run alone."""
    outcome = course.grade_at(export(course))  # the copy's gradebook remembers the first course's zip
    assert outcome.code == 0, outcome.text
    assert course.regrade("--check", "test_black").code == 0
    assert course.ran() == Counter(test_black=2)
    assert course.regrade("--check", "test_black", "--student", "0102").code == 0
    assert course.ran() == Counter(test_black=1)


def test_members_of_a_group_are_not_similar(course: Course) -> None:
    """Their work is one: two works are compared, wherever the export lies now."""
    moved = export(course).rename(course.root / "elsewhere.zip")
    outcome = grader("similar", course.results, "--submissions", moved, "--assignments", course.root)
    assert outcome.code == 0, outcome.text
    findings = Findings.model_validate_json((course.results / "similar" / "findings.json").read_text())
    assert (findings.compared, findings.missing) == (2, ())


def test_a_decision_about_one_member_is_not_the_others(course: Course) -> None:
    """It stays through the next run."""
    outcome = course.adjust("0102", "--points", "-5", "--why", "Did not take part.")
    assert outcome.code == 0, outcome.text
    assert course.grade_at(export(course)).code == 0
    assert result(course, "0102").in_force.keys() == {""}
    assert result(course, "0101").in_force == {}


def test_forced_to_be_another_platforms(course: Course) -> None:
    """Nothing is graded, and the next step is told."""
    outcome = course.grade_at(export(course), "--from", "canvas")
    assert outcome.code == 2
    assert "holds no submission as Canvas names them" in outcome.text
    assert "Traceback" not in outcome.text
