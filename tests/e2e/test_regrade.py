"""Grading again: what has not changed is not run again, and nothing is lost on the way."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.crash.students import ASSIGNMENT as NAME_OF_TRAINING
from tests.crash.students import COURSE as TRAINING
from tests.crash.students import write_class
from tests.e2e.command import grader
from tests.e2e.course import WORK, Course, copy_course, make_course

NEW_CHECK = """

@check(task="1", points=20, title="Whole white", feedback="White is 1, not a little less.")
def test_whole(submission):
    _note(submission, "test_whole")
    assert submission.scale_pixels(np.full(3, 255))[0] == 1
"""

BREAKABLE = """def test_white(submission):
    if (ROOM / f"broken-{submission.answer('me')}").exists():
        raise OSError("the file server is down")
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Graded once; each test works on a copy."""
    course = make_course(tmp_path_factory.mktemp("course"))
    outcome = course.grade()
    assert outcome.code == 0, outcome.text
    assert course.ran() == {"test_pixels": 3, "test_black": 3, "test_white": 3}
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    return copy_course(graded, tmp_path / "course")


def scores(course: Course) -> dict[tuple[str, str], float]:
    """By student and check, as the gradebook has them."""
    with sqlite3.connect(course.results / "gradebook.sqlite") as connection:
        rows = connection.execute("SELECT student_id, name, score FROM checks")
        return {(student, name): score for student, name, score in rows}


def test_only_what_has_changed_runs(course: Course) -> None:
    """Nothing, or one check of everybody; new ones run, removed ones go."""
    before = scores(course)
    course.edit(course.checks, "import numpy as np\n", "import numpy as np  # comments do not matter\n")
    again = course.grade("--quiet")
    assert "3 unchanged submissions kept their results." in again.text
    assert (course.ran(), scores(course)) == ({}, before)

    course.edit(course.checks, 'title="White"', 'title="Snow"')
    course.edit(course.checks, "np.full(3, 255)), np.ones(3)", "np.full(3, 254)), np.full(3, 254 / 255)")
    changed = course.grade("--quiet")
    assert course.ran() == {"test_white": 3}
    assert "3 submissions kept the results of unchanged checks. Run: test_white (3)." in changed.text
    assert scores(course) == before
    assert "Snow" in course.page("bea")

    head, _ = course.checks.read_text(encoding="utf-8").split('@check(task="1", points=20')
    course.checks.write_text(head.rstrip() + "\n" + NEW_CHECK, encoding="utf-8")
    course.grade("--quiet")
    assert course.ran() == {"test_whole": 3}
    assert {name for _, name in scores(course)} == {"test_pixels", "test_black", "test_whole"}


def test_a_fault_of_the_grader_is_tried_again(course: Course) -> None:
    """A check that could not run for one student runs again with the same command, for nobody else."""
    (course.root / "broken-bea").touch()
    course.edit(course.checks, "def test_white(submission):\n", BREAKABLE)
    before = course.grade("--quiet")
    assert before.code == 0, before.text
    assert course.ran() == {"test_white": 2}
    assert scores(course)["bea", "test_white"] is None
    (course.root / "broken-bea").unlink()
    course.grade("--quiet")
    assert course.ran() == {"test_white": 1}
    assert scores(course)["bea", "test_white"] == 0
    course.grade("--quiet")
    assert course.ran() == {}


def test_a_new_wording_runs_nothing_and_shows(course: Course) -> None:
    """The title of a task changes reports, not marks."""
    toml = course.root / "assignment" / "tiny" / "assignment.toml"
    course.edit(toml, "Pixels between 0 and 1", "Brightness as a share")
    assert course.grade("--quiet").code == 0
    assert course.ran() == {}
    assert "Brightness as a share" in course.page("ada")


def test_a_check_is_graded_again_by_name(course: Course) -> None:
    """Of everybody or of one student, whether it has changed or not; what else changed has to wait."""
    course.edit(course.checks, 'title="White"', 'title="Snow"')
    outcome = course.regrade("--check", "test_black", "--student", "bea", "--student", "cleo", "--quiet")
    assert (outcome.code, course.ran()) == (0, {"test_black": 2}), outcome.text
    assert "Snow" not in course.page("bea")
    assert course.grade("--quiet").code == 0
    assert course.ran() == {"test_white": 3}
    assert "Snow" in course.page("bea")


def test_an_interrupted_regrade_goes_on(course: Course) -> None:
    """Killed in the middle, it is finished by the same command: nobody's check runs for nothing."""
    (course.root / "bomb-bea").touch()
    assert course.regrade("--check", "test_black").code == -9
    assert course.ran() == {"test_black": 2}
    outcome = course.regrade("--check", "test_black")
    assert "An interrupted regrade goes on: 2 of 3 submissions are left." in outcome.text
    assert course.ran() == {"test_black": 2}
    assert all((course.results / "students" / name / "report.html").is_file() for name in WORK)
    assert course.regrade("--check", "test_black").code == 0
    assert course.ran() == {"test_black": 3}, "once finished, the same words ask anew"


def test_submissions_that_are_gone_or_changed(course: Course, tmp_path: Path) -> None:
    """Gone: nothing is graded, and the message says what to do. Changed: every check runs, and it is said."""
    with sqlite3.connect(course.results / "gradebook.sqlite") as connection:
        connection.execute("UPDATE sources SET path = ? WHERE student_id = 'ada'", (str(tmp_path / "gone"),))
    refused = course.regrade("--check", "test_black")
    assert (refused.code, course.ran()) == (2, {})
    assert "1 of 3 submissions are not where they were graded from: ada." in refused.text
    assert "--submissions" in refused.text
    course.hand_in("cleo", "images / 255")
    here = course.root / "submissions"
    outcome = course.regrade("--check", "test_black", "--submissions", here, "--quiet")
    assert course.ran() == {"test_black": 3, "test_pixels": 1, "test_white": 1}
    assert "Every check ran for cleo" in outcome.text
    assert "Marks that changed: cleo 30 to 100." in outcome.text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Give --check NAME, --student ID or both."),
        (("--check", "test_grey"), "There are: test_pixels, test_black, test_white."),
        (("--student", "nobody"), "There are: ada, bea, cleo."),
        (("--check", "test_black", "--submissions", "{empty}"), "is empty"),
    ],
)
def test_wrong_use_is_told(graded: Course, tmp_path: Path, words: tuple[str, ...], expected: str) -> None:
    """What was given and what there is; nothing runs."""
    outcome = graded.regrade(*(word.format(empty=tmp_path) for word in words))
    assert (outcome.code, "Traceback" in outcome.text) == (2, False), outcome.text
    assert expected in outcome.text
    assert graded.ran() == {}


def test_a_folder_without_results_is_told(tmp_path: Path) -> None:
    """And stays as it was."""
    outcome = grader("regrade", tmp_path, "--check", "test_black")
    assert (outcome.code, "not a folder of results" in outcome.text) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_waits_for_training(tmp_path: Path) -> None:
    """It is kept waiting beside what stays; a run that is in the store is not made again."""
    root, out = tmp_path / "course", tmp_path / "results"
    shutil.copytree(TRAINING, root, ignore=shutil.ignore_patterns("__pycache__"))
    work = write_class(tmp_path / "class") / "bluebell.py"
    how = ("--assignments", root, "--format", "html", "--jobs", "1")
    graded = grader("grade", work, "--assignment", NAME_OF_TRAINING, "--out", out, *how)
    assert (graded.code, "Training models 1/1" in graded.text) == (0, True), graded.text
    before = (out / "instructor" / "bluebell" / "result.json").read_bytes()

    checks = root / "reference" / NAME_OF_TRAINING / "checks" / "test_hidden.py"
    text = checks.read_text(encoding="utf-8")
    checks.write_text(text.replace("The network learns", "It learns"), encoding="utf-8")
    again = grader("grade", work, "--assignment", NAME_OF_TRAINING, "--out", out, *how)
    assert "1 submission kept the results of unchanged checks. Run: test_learns (1)." in again.text
    assert "Training models" not in again.text

    checks.write_text(text, encoding="utf-8")
    (out / "training.sqlite").unlink()
    last = grader("regrade", out, "--check", "test_learns", *how)
    assert (last.code, "Training models 1/1" in last.text) == (0, True), last.text
    assert (out / "instructor" / "bluebell" / "result.json").read_bytes() == before
