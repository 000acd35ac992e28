"""`grader export` as a lecturer runs it, on a gradebook that holds every kind of outcome."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest

from grader.export import Target
from grader.gradebook import open_gradebook
from grader.layout import ResultsFolder
from tests.e2e.command import Outcome, grader
from tests.export.classes import CANARY, TOML, make_assignment, make_class
from tests.export.platform_files import BLACKBOARD_COMMAS, CANVAS, MOODLE

TEMPLATES = {
    "canvas": CANVAS.encode(),
    "moodle": MOODLE.encode(),
    "moodle-feedback": MOODLE.encode(),
    "blackboard": BLACKBOARD_COMMAS,
}


class Course:
    """A folder with an assignment and results."""

    def __init__(self, root: Path) -> None:
        self.root, self.results = root, root / "results"
        toml = root / "assignment" / "tiny" / "assignment.toml"
        toml.parent.mkdir(parents=True)
        toml.write_text(TOML, encoding="utf-8")
        files = ResultsFolder(self.results)
        with open_gradebook(files.gradebook) as gradebook:
            gradebook.start("tiny", 7)
            for result in make_class():
                gradebook.put(result, make_assignment())
                for item in result.adjustments:
                    gradebook.adjust(result.student_id, item, make_assignment())
        for student_id in ("student-01", "student-02"):
            report = files.report(student_id, "pdf")
            report.parent.mkdir(parents=True)
            report.write_bytes(b"%PDF of " + student_id.encode())

    def export(self, target: str, out: Path, *words: str | Path) -> Outcome:
        if target in TEMPLATES and "--template" not in words:
            template = self.root / f"{target}.csv"
            template.write_bytes(TEMPLATES[target])
            words = ("--template", template, *words)
        where = ("--to", target, "--out", out, "--assignments", self.root)
        return grader("export", self.results, *where, *words)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("course"))


@pytest.mark.parametrize("target", list(Target))
def test_every_target(course: Course, target: Target, tmp_path: Path) -> None:
    """One file, or one for each student; nothing else is left beside it, and nothing hidden is in it."""
    out = tmp_path / "out"
    outcome = course.export(target, out)
    assert outcome.code == 0, outcome.text
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    files = sorted(out.iterdir()) if out.is_dir() else [out]
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    if out.is_dir():
        assert [path.stem for path in files] == [f"student-0{number}" for number in range(1, 8)]


@pytest.mark.parametrize("target", ["moodle-feedback", "junit"])
def test_what_is_there_stays_unless_it_may_be_replaced(course: Course, target: str, tmp_path: Path) -> None:
    """A file, and a folder of files; the same results give the same bytes."""
    out = tmp_path / "out"
    assert course.export(target, out).code == 0
    before = {path: path.read_bytes() for path in ([*out.iterdir()] if out.is_dir() else [out])}
    again = course.export(target, out)
    assert (again.code, "is there already" in again.text) == (2, True)
    assert course.export(target, out, "--force").code == 0
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("target", ["gradescope", "csv", "canvas"])
def test_open_points_are_told(course: Course, target: str, tmp_path: Path) -> None:
    """With how many, and what to do; nobody reads a zero that nobody gave."""
    said = course.export(target, tmp_path / "out").text
    if target == "canvas":
        assert "student-03: 4 points are open; decide them, or give --with-open." in said
    else:
        assert "not in the totals of student-03 (4), student-04 (3); `grader adjust` and" in said
        assert "Could not be graded, so without a mark: student-06, student-07." in said


def test_totals_with_open_points_when_they_are_wanted(course: Course, tmp_path: Path) -> None:
    """They are in the file then, and told all the same."""
    said = course.export("canvas", tmp_path / "out.csv", "--with-open").text
    assert "4 grades written." in said
    assert "not in the totals of student-03 (4), student-04 (3)" in said


def test_the_plain_table_has_a_column_for_each_task(course: Course, tmp_path: Path) -> None:
    """The same as gradebook.csv: decided by hand and open points in columns of their own."""
    course.export("csv", tmp_path / "marks.csv")
    with (tmp_path / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert [rows["student-05"][name] for name in ("a", "b", "added", "score")] == [
        "6.0",
        "2.5",
        "-1.0",
        "7.5",
    ]
    assert (rows["student-03"]["open"], rows["student-06"]["score"]) == ("4.0", "")


def test_reports_go_to_moodle_as_feedback(course: Course, tmp_path: Path) -> None:
    """Each student's own file, in the folder that Moodle knows the student by; who has none is named."""
    out = tmp_path / "feedback.zip"
    said = course.export("moodle-feedback", out).text
    with zipfile.ZipFile(out) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {
        "Student One_501_assignsubmission_file/report.pdf": b"%PDF of student-01",
        "Étudiante Zwölf_502_assignsubmission_file/report.pdf": b"%PDF of student-02",
    }
    assert "Without a report.pdf, so not in it: student-03." in said


def test_files_of_an_earlier_export_are_told(course: Course, tmp_path: Path) -> None:
    """They are not ours to remove."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "student-99.json").write_text("{}")
    refused = course.export("gradescope", out)
    assert (refused.code, [path.name for path in out.iterdir()]) == (2, ["student-99.json"])
    forced = course.export("gradescope", out, "--force")
    assert (forced.code, "from before: student-99.json." in forced.text) == (0, True)
    assert json.loads((out / "student-01.json").read_text(encoding="utf-8"))["score"] == 10


def test_wrong_use_writes_nothing(course: Course, tmp_path: Path) -> None:
    """No template, one that is not there, one of another platform, an unknown column, results that are
    none, a folder in the place of a file and the other way round; each with the next step."""
    out, other = tmp_path / "out.csv", tmp_path / "other.csv"
    other.write_bytes(MOODLE.encode())
    (tmp_path / "folder").mkdir()
    refusals = [
        (
            grader("export", course.results, "--to", "canvas", "--out", out, "--assignments", course.root),
            "--template",
        ),
        (course.export("canvas", out, "--template", tmp_path / "none.csv"), "cannot be read"),
        (course.export("canvas", out, "--template", other), "no gradebook of Canvas"),
        (course.export("canvas", out, "--column", "Week 9"), 'No column is called "Week 9"'),
        (course.export("canvas", out, "--column", "4710"), "gives 20 points"),
        (course.export("canvas", tmp_path / "folder"), "is a folder"),
        (course.export("junit", other), "is no folder"),
        (grader("export", tmp_path, "--to", "csv", "--out", out), "not a folder of results"),
    ]
    for outcome, words in refusals:
        assert (outcome.code, words in outcome.text) == (2, True), outcome.text
        assert "Traceback" not in outcome.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "other.csv"]
