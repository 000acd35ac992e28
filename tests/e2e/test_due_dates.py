"""A due date, an extension and a roster, changed after grading: reports follow, and nothing is graded."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.command import Outcome, grader
from tests.e2e.course import NAME, Course, copy_course, make_course

DUE = "\n[late]\ndue = 2027-02-01T17:00:00+00:00\npercent_per_day = 10\n"
ROSTER = (
    "id;name;extension;submitted\nada;Student One;;2027-02-01 16:00\nbea;;{bea};2027-02-02 20:00\ndee;;;\n"
)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = make_course(tmp_path_factory.mktemp("due"))
    outcome = course.grade()
    assert outcome.code == 0, outcome.text
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    made = copy_course(graded, tmp_path / "course")
    made.ran()
    return made


def roster(course: Course, bea: str = "") -> Path:
    path = course.root / "roster.csv"
    path.write_text(ROSTER.format(bea=bea), encoding="utf-8")
    return path


def set_policy(course: Course, text: str) -> None:
    path = course.root / "assignment" / NAME / "assignment.toml"
    path.write_text(path.read_text(encoding="utf-8").partition("\n[late]")[0] + text, encoding="utf-8")


def report(course: Course, *words: str | Path) -> Outcome:
    return grader("report", course.results, "--format", "html", "--assignments", course.root, *words)


def table(course: Course) -> dict[str, dict[str, str]]:
    with (course.results / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split()).replace("\u202f", " ")


def test_a_due_date_after_grading(course: Course) -> None:
    """`grader report` applies it, and `grader grade` afterwards runs nothing."""
    before = {name: float(row["score"]) for name, row in table(course).items()}
    set_policy(course, DUE)
    outcome = report(course, "--roster", roster(course))
    assert outcome.code == 0, outcome.text
    assert "Nothing was handed in by dee." in outcome.text
    assert "Not on the roster, though graded: cleo." in outcome.text
    rows = table(course)
    assert list(rows) == ["ada", "bea", "cleo", "dee"]
    assert (rows["ada"]["late"], float(rows["ada"]["score"])) == ("", before["ada"])
    assert float(rows["bea"]["score"]) == pytest.approx(before["bea"] * 0.8)
    assert float(rows["bea"]["late"]) == pytest.approx(-before["bea"] * 0.2)
    assert (rows["bea"]["state"], rows["dee"]["state"]) == ("complete, late, −20 %", "nothing handed in")
    assert rows["dee"]["score"] == ""
    page = words(course.page("bea"))
    assert "Handed in 1 day 3 hours after the due date, 2027-02-01 17:00 UTC; 10 % for each day begun" in page
    assert f"20 % of {before['bea']:g} points" in page
    assert "for lateness" not in words(course.page("ada"))
    whole = words((course.results / "index.html").read_text(encoding="utf-8"))
    assert "nothing handed in" in whole
    assert "Not on the roster" in whole
    assert course.ran() == Counter()
    outcome = course.grade()
    assert "3 unchanged submissions kept" in outcome.text
    assert course.ran() == Counter()


def test_an_extension_takes_the_penalty_back(course: Course) -> None:
    """Given later, in a roster that replaces the one before."""
    set_policy(course, DUE)
    report(course, "--roster", roster(course))
    shutil.copytree(course.results, course.root / "before")
    late = float(table(course)["bea"]["score"])
    assert report(course, "--roster", roster(course, bea="2")).code == 0
    assert float(table(course)["bea"]["score"]) == pytest.approx(late / 0.8)
    assert "for lateness" not in words(course.page("bea"))
    told = grader("diff", course.root / "before", course.results, "--assignments", course.root)
    assert f"bea {late:g} → {late / 0.8:g}" in told.text
    assert "1 of 3 submissions differ: lateness (1)." in told.text


def test_grading_again_with_another_policy_writes_the_reports(course: Course) -> None:
    """Those of works that are not graded again, too: no page contradicts the class page."""
    outcome = course.grade("--roster", roster(course))
    assert outcome.code == 0, outcome.text
    assert "for lateness" not in words(course.page("bea"))
    set_policy(course, DUE)
    outcome = course.grade()
    assert "3 unchanged submissions kept" in outcome.text
    assert "for lateness" in words(course.page("bea"))
    assert "late, −20" in outcome.text
    assert course.ran() == Counter()


def test_what_is_decided_by_hand_comes_after_the_penalty(course: Course) -> None:
    """The command says the total that the page says."""
    set_policy(course, DUE)
    report(course, "--roster", roster(course))
    late = float(table(course)["bea"]["score"])
    outcome = course.adjust("bea", "--points", "+3", "--why", "Was ill.")
    assert f"Total: {late:g} before, {late + 3:g} of" in outcome.text
    assert float(table(course)["bea"]["score"]) == pytest.approx(late + 3)


@pytest.mark.parametrize("content", [b"name\nada\n", b"\xff\xfe", None])
def test_a_roster_that_cannot_be_read(course: Course, content: bytes | None) -> None:
    """Told before anything is touched."""
    path = course.root / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    before = (course.results / "gradebook.csv").read_bytes()
    outcome = report(course, "--roster", path)
    assert (outcome.code, "bad.csv" in outcome.text, "Traceback" in outcome.text) == (2, True, False)
    assert (course.results / "gradebook.csv").read_bytes() == before
