"""An instructor marks answers in words through the terminal, stops, and goes on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.e2e.course import Course, copy_course, make_course

RUBRIC = """
[[lines]]
answer = "scale_discussion"
points = 2
text = "Says what large pixels do to the first steps."

[[lines]]
answer = "scale_discussion"
points = 1
text = "Says how they are scaled."
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Graded once; each test works on a copy. ada and bea answer in the same words, cleo in others."""
    course = make_course(tmp_path_factory.mktemp("course"))
    toml = course.root / "assignment" / "tiny" / "assignment.toml"
    course.edit(toml, 'question = "Why are', 'points = 3\nquestion = "Why are')
    (course.root / "reference" / "tiny" / "rubric.toml").write_text(RUBRIC, encoding="utf-8")
    cleo = course.root / "submissions" / "cleo" / "answers.toml"
    cleo.write_text('me = "cleo"\nscale_discussion = "\\u001b[2J steps \\nwould be too large"\n')
    outcome = course.grade()
    assert outcome.code == 0, outcome.text
    assert "3 wait for marks of their answers in words: grader mark RESULTS" in outcome.text
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    return copy_course(graded, tmp_path / "course")


def scores(course: Course) -> dict[str, str]:
    with (course.results / "gradebook.csv").open(encoding="utf-8", newline="") as table:
        return {row["student"]: f"{row['score']} of {row['max_score']}" for row in csv.DictReader(table)}


def test_marks_are_kept_and_shown(course: Course) -> None:
    """A slip is asked again; the same words are marked once; the student reads lines and comment."""
    first = course.mark("5 1\n2 0.5\nWell seen.\nquit\n")
    assert first.code == 0, first.text
    assert '"Says what large pixels do to the first steps." has 0 to 2 points, not 5' in first.text
    assert "2 students handed in these very words" in first.text
    assert "1 of 2 answers marked, 2 reports written. Run the same command to go on." in first.text
    assert scores(course) == {"ada": "102.5 of 103.0", "bea": "32.5 of 103.0", "cleo": "30.0 of 103.0"}
    page = course.page("bea")
    for words in ("2 of 2: Says what large", "0.5 of 1: Says how", "Well seen.", "2.5 / 3.0"):
        assert words in page
    assert "Examiner" not in page
    assert "Examiner" in course.page("bea", "instructor")
    waiting = course.page("cleo")
    assert "3 points for answers in words" in waiting
    assert '<p class="muted">3 points not marked yet.</p>' in waiting
    assert "not decided yet" not in waiting

    second = course.mark("none\n\n")
    assert "Answer 1 of 1" in second.text
    assert "\x1b" not in second.out
    assert "1 of 1 answer marked" in second.text
    assert "No answer waits for a mark" in course.mark("").text


def test_marks_outlive_a_regrade_until_the_words_change(course: Course) -> None:
    """Nothing is marked twice; what is handed in anew is read anew."""
    assert course.mark("all\n\nall\n\n").code == 0
    assert course.regrade("--check", "test_white", "--quiet").code == 0
    assert scores(course)["ada"] == "103.0 of 103.0"
    answers = course.root / "submissions" / "ada" / "answers.toml"
    answers.write_text('me = "ada"\nscale_discussion = "otherwise"\n')
    assert course.grade().code == 0
    assert scores(course) == {"ada": "100.0 of 103.0", "bea": "33.0 of 103.0", "cleo": "33.0 of 103.0"}


def test_back_and_again(course: Course) -> None:
    """A second thought about the answer before, and about one of an earlier day."""
    assert course.mark("all\n\nback\nnone\nNo.\nskip\n").code == 0
    assert scores(course)["ada"] == "100.0 of 103.0"
    assert course.mark("1 1\n\n", "--again", "--student", "ada").code == 0
    assert scores(course)["ada"] == "102.0 of 103.0"
    assert scores(course)["bea"] == "30.0 of 103.0"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--question", "me"), '"me" is no question that is marked by hand. There are: scale_discussion.'),
        (("--student", "nobody"), 'There is no result of "nobody"'),
        (("--who", " "), "needs somebody who decided"),
    ],
)
def test_what_is_not_there_is_told(graded: Course, words: tuple[str, ...], expected: str) -> None:
    """Before anything is shown."""
    outcome = graded.mark("", *words)
    assert (outcome.code, "Traceback" in outcome.text) == (2, False), outcome.text
    assert expected in outcome.text
