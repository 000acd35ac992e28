"""The demo class: a folder of sample submissions becomes marks, feedback and reports."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

from grader.assignment_folder import clone_root, load_assignment
from grader.results import CheckResult, SubmissionResult
from grader.scoring import score_submission
from tests.e2e.command import grader
from tests.e2e.conftest import DemoClass
from tests.e2e.samples import DEMO, expect_foretold, expect_nothing_gained, expect_nothing_lost, not_passed

pytestmark = pytest.mark.xdist_group("demo")
ASSIGNMENT = load_assignment("cs7cs4_week8", clone_root()).assignment


def results(demo: DemoClass) -> dict[str, SubmissionResult]:
    paths = demo.folder.glob("instructor/*/result.json")
    return {path.parent.name: SubmissionResult.model_validate_json(path.read_bytes()) for path in paths}


def checks_of(demo: DemoClass, kind: str) -> dict[str, dict[str, CheckResult]]:
    """By sample, as ASSIGNMENT/NAME: the checks of all that are correct, wrong or hostile."""
    names = [sample.removeprefix(f"{kind}/") for sample in DEMO if sample.startswith(f"{kind}/")]
    found = results(demo)
    return {name: {check.check: check for check in found[Path(name).stem].checks} for name in names}


def test_everybody_has_a_result_and_two_reports(demo: DemoClass) -> None:
    """14 or more submissions; each has a result, an HTML and a PDF report and a row in the gradebook."""
    assert demo.outcome.code == 0, demo.outcome.text
    assert len(demo.students) >= 14
    assert sorted(results(demo)) == demo.students
    for student in demo.students:
        page = (demo.folder / "students" / student / "report.html").read_text(encoding="utf-8")
        assert student in page
        assert PdfReader(demo.folder / "students" / student / "report.pdf").metadata.title
    with closing(sqlite3.connect(demo.folder / "gradebook.sqlite")) as book:
        rows = book.execute("SELECT student_id, tier FROM submissions ORDER BY student_id").fetchall()
    assert [row[0] for row in rows] == demo.students
    index = (demo.folder / "index.html").read_text(encoding="utf-8")
    assert all(student in index for student in demo.students)


def test_output_says_which_data_and_how_to_get_the_real_ones(demo: DemoClass) -> None:
    """The stand-in is named on every page, and the last line says how to fetch CIFAR-10."""
    assert demo.outcome.out.rstrip().endswith("grader data fetch cifar10")
    for student in demo.students:
        assert "MNIST digits" in (demo.folder / "students" / student / "report.html").read_text(
            encoding="utf-8"
        )


def test_correct_submissions_lose_nothing(demo: DemoClass) -> None:
    """Correct ones, however they look, get every point."""
    correct = checks_of(demo, "correct")
    assert len(correct) >= 3
    for checks in correct.values():
        expect_nothing_lost(checks)


def test_wrong_ones_lose_points_and_are_told_why(demo: DemoClass) -> None:
    """Every wrong sample loses what its folder says, with feedback on each lost point."""
    wrong = checks_of(demo, "wrong")
    assert len(wrong) >= 6
    for name, checks in wrong.items():
        expect_foretold(name, checks)
        assert all(check.feedback for check in not_passed(checks).values())


def test_hostile_ones_gain_nothing(demo: DemoClass) -> None:
    """What a hostile submission does beside its work brings no point; the tier is stated."""
    hostile = checks_of(demo, "hostile")
    assert hostile
    for name, checks in hostile.items():
        expect_nothing_gained(name, checks)
        result = results(demo)[Path(name).stem]
        assert score_submission(result, ASSIGNMENT).total < ASSIGNMENT.max_score
        assert str(result.environment.tier) in {"T1", "T1b", "T2"}


def test_students_never_see_what_the_instructor_sees(demo: DemoClass) -> None:
    """Tracebacks, which show expected values, are in no file under students/."""
    details = [check.detail for result in results(demo).values() for check in result.checks if check.detail]
    telling = {line.strip() for detail in details for line in detail.splitlines() if len(line.strip()) > 40}
    assert telling
    for path in (demo.folder / "students").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "Traceback" not in text
        assert not [line for line in telling if line in text and "expected" in line]


def test_a_second_run_does_nothing_and_changes_nothing(demo: DemoClass) -> None:
    """Unchanged submissions keep results and byte-identical pages."""
    before = {path: path.read_bytes() for path in demo.folder.rglob("*.html")}
    again = grader("demo", "--out", demo.folder)
    assert again.code == 0
    assert f"{len(demo.students)} unchanged submissions kept their results" in again.text
    assert {path: path.read_bytes() for path in demo.folder.rglob("*.html")} == before


def test_reports_can_be_written_again(demo: DemoClass, tmp_path: Path) -> None:
    """`grader report` makes the same page again from the gradebook, for one student in one format."""
    copy = shutil.copytree(demo.folder, tmp_path / "results")
    student = demo.students[0]
    page = copy / "students" / student / "report.html"
    content = page.read_bytes()
    page.unlink()
    outcome = grader("report", copy, "--student", student, "--format", "html")
    assert outcome.code == 0, outcome.text
    assert page.read_bytes() == content
    assert "There is no result" in grader("report", copy, "--student", "nobody").text
