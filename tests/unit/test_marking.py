"""Answers in words: what waits, what an entry means, and how marks enter the total."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment import Assignment, Question, Task
from grader.assignment_folder import AssignmentFolder, clone_root, load_assignment
from grader.errors import GraderError
from grader.marking import Rubric, RubricLine, open_scripts, parse_points, read_rubric, say_why
from grader.results import Adjustment, FreeText, SubmissionResult
from grader.scoring import score_submission
from tests.unit.builders import make_check, make_result

QUESTION = Question(id="why", task="a", kind="text", question="Why?", points=3)
ASSIGNMENT = Assignment(
    name="tiny",
    title="Tiny",
    datasets=("digits32",),
    tasks=(Task(id="a", title="A", points=3), Task(id="b", title="B", points=0)),
    answers=(QUESTION, Question(id="how", task="b", kind="text", question="How?", points=1)),
)
LINES = (RubricLine(answer="why", points=2, text="Reason"), RubricLine(answer="why", points=1, text="Proof"))


def answered(student: str, *marks: float | None, **texts: str) -> SubmissionResult:
    """Answers to "why" and "how", and marks of the first of them, one after another."""
    answers = tuple(
        FreeText(id=name, task=ASSIGNMENT.question(name).task, question="?", text=text)
        for name, text in texts.items()
    )
    adjustments = tuple(
        Adjustment(check=answers[0].key, points=mark, who="m", at="2026-01-02T03:04:05+00:00", why="y")
        for mark in marks
    )
    result = make_result(student, make_check())
    return result.model_copy(update={"answers": answers, "adjustments": adjustments})


def test_the_total_waits_for_marks() -> None:
    """3 points of a check are there; 4 of two answers are not, and nobody's fault."""
    score = score_submission(answered("s", why="because", how="so"), ASSIGNMENT)
    assert (score.total, score.max_score) == (3, 7)
    assert (score.unscored, score.to_mark, score.undecided) == (4, 4, 0)


def test_a_mark_counts_once_it_is_given() -> None:
    """The latest one, at most the points that there are; taken back, the answer waits again."""
    for marks, total, waits in [((2.5,), 5.5, 0), ((3, 1), 4, 0), ((9,), 6, 0), ((2, None), 3, 3)]:
        score = score_submission(answered("s", *marks, why="because"), ASSIGNMENT)
        assert (score.total, score.to_mark) == (total, waits), marks


def test_no_answer_has_nothing_to_wait_for() -> None:
    """0 points, and a complete total; but what could not be graded at all waits as a whole."""
    score = score_submission(answered("s"), ASSIGNMENT)
    assert (score.total, score.complete) == (3, True)
    nothing = score_submission(make_result("s", problem="a screenshot"), ASSIGNMENT)
    assert (nothing.unscored, nothing.to_mark) == (7, 0)


def test_other_words_are_another_answer() -> None:
    """The mark of what was handed in before does not count for what was handed in since."""
    before = answered("s", 3, why="because")
    after = answered("s", why="because of that").model_copy(update={"adjustments": before.adjustments})
    assert score_submission(after, ASSIGNMENT).to_mark == 3
    assert len(open_scripts([before], ASSIGNMENT)) == 0
    assert len(open_scripts([after], ASSIGNMENT)) == 1


def test_marks_survive_the_outline() -> None:
    """The class page sees no words, and comes to the same total."""
    result = answered("s", 2, why="because", how="so")
    assert score_submission(result.outline(), ASSIGNMENT) == score_submission(result, ASSIGNMENT)
    assert not any(answer.text for answer in result.outline().answers)


def test_scripts_come_question_by_question() -> None:
    """So one standard holds for all; the same words are shown once, what is marked not at all."""
    results = [
        answered("s1", why="because", how="so"),
        answered("s2", why="because"),
        answered("s3", 1, why="since"),
        answered("s4", how="so that"),
    ]
    found = [(s.question.id, s.text, sorted(s.keys)) for s in open_scripts(results, ASSIGNMENT)]
    assert found == [("why", "because", ["s1", "s2"]), ("how", "so", ["s1"]), ("how", "so that", ["s4"])]
    assert len(open_scripts(results, ASSIGNMENT, marked_too=True)) == 4


@pytest.mark.parametrize(
    ("entry", "points"),
    [("2 1", (2, 1)), ("0,5 1", None), (" 1.5, 0 ", (1.5, 0)), ("all", (2, 1)), ("none", (0, 0))],
)
def test_what_an_entry_means(entry: str, points: tuple[float, ...] | None) -> None:
    """A comma parts numbers, so "0,5 1" are three."""
    if points is None:
        with pytest.raises(ValueError, match="3 for 2 lines"):
            parse_points(entry, LINES)
    else:
        assert parse_points(entry, LINES) == points


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("", "0 for 2 lines"),
        ("3 1", '"Reason" has 0 to 2 points, not 3'),
        ("-1 1", "not -1"),
        ("nan 1", "not nan"),
        ("two 1", "neither numbers"),
    ],
)
def test_an_entry_that_cannot_be_is_told(entry: str, words: str) -> None:
    """In words, for whoever typed it."""
    with pytest.raises(ValueError, match=words):
        parse_points(entry, LINES)


@given(st.tuples(st.floats(0, 2), st.floats(0, 1)))
def test_every_possible_entry_is_understood(points: tuple[float, float]) -> None:
    """Numbers come back as they were typed."""
    assert parse_points(" ".join(map(repr, points)), LINES) == points


def test_what_students_read() -> None:
    """Each line with its points, then the comment."""
    assert say_why((2, 0.5), LINES, "Well done.") == "2 of 2: Reason\n0.5 of 1: Proof\nWell done."


def folder_with(tmp_path: Path, rubric: str) -> AssignmentFolder:
    (tmp_path / "rubric.toml").write_text(rubric, encoding="utf-8")
    return AssignmentFolder(ASSIGNMENT, tmp_path, tmp_path)


def test_a_rubric_adds_up(tmp_path: Path) -> None:
    """To the points of assignment.toml; lines of no question are told as well."""
    line = '[[lines]]\nanswer = "{}"\npoints = {}\ntext = "x"\n'
    assert len(read_rubric(folder_with(tmp_path, line.format("why", 1) + line.format("why", 2))).lines) == 2
    for broken in (line.format("why", 2), line.format("what", 1)):
        with pytest.raises(GraderError, match="come to"):
            read_rubric(folder_with(tmp_path, broken))
    assert Rubric().of(QUESTION)[0].points == 3


@pytest.mark.parametrize("name", ["cs7cs4_week8", "hw5_cnn", "syde552_a2"])
def test_the_rubrics_of_our_assignments(name: str) -> None:
    """Every answer with points has lines of its own, so nobody marks without a standard."""
    folder = load_assignment(name, clone_root())
    rubric = read_rubric(folder)
    written = {question.id for question in folder.assignment.answers if question.kind == "text"}
    assert {line.answer for line in rubric.lines} == written
    assert folder.assignment.max_score == 120
