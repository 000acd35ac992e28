"""The lowest that do not count: which they are, and that everything still adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment import Assignment, parse_assignment
from grader.errors import GraderError
from grader.report.spreadsheet import render_spreadsheet
from grader.report.student import view_student
from grader.results import CheckResult, Verdict
from grader.scoring import score_submission
from tests.unit.builders import make_check, make_result

HEAD = 'name = "tiny"\ntitle = "Tiny"\ndatasets = ["digits32"]\n'
TASKS = "".join(f'[[tasks]]\nid = "{name}"\ntitle = "Task {name}"\npoints = 4\n' for name in "abc")


def assignment(*rules: str) -> Assignment:
    return parse_assignment(
        HEAD + TASKS + "".join(f"[[drop]]\n{rule}\n" for rule in rules), "assignment.toml"
    )


BY_TASK = assignment('lowest = 1\ntasks = ["a", "b", "c"]')
BY_CHECK = assignment('checks = ["a1", "a2", "b1"]')


def check(name: str, score: float | None, points: float = 2) -> CheckResult:
    verdict = Verdict.SKIPPED if score is None else Verdict.PASSED
    return make_check(name, name[0], points=points, score=score, verdict=verdict)


def test_the_lowest_task() -> None:
    """It is in no sum; all others are."""
    score = score_submission(
        make_result("s", check("a1", 3, 4), check("b1", 1, 4), check("c1", 4, 4)), BY_TASK
    )
    assert (score.total, score.max_score, score.unscored) == (7, 8, 0)
    assert [task.counts for task in score.tasks] == [True, False, True]
    assert [(item.id, item.score, item.points) for item in score.dropped] == [("b", 1, 4)]


def test_a_task_that_is_open_may_still_be_the_best() -> None:
    """So one that is decided goes before it, and the open points stay."""
    score = score_submission(
        make_result("s", check("a1", 3, 4), check("b1", None, 4), check("c1", 4, 4)), BY_TASK
    )
    assert [item.id for item in score.dropped] == ["a"]
    assert (score.total, score.unscored, score.max_score) == (4, 4, 8)


def test_the_lowest_check() -> None:
    """Its task is worth less."""
    made = make_result(
        "s", check("a1", 2), check("a2", 0.5), check("b1", 1), check("b2", 2), check("c1", 4, 4)
    )
    score = score_submission(made, BY_CHECK)
    assert [item.id for item in score.dropped] == ["a2"]
    assert [(task.score, task.points) for task in score.tasks] == [(2, 2), (3, 4), (4, 4)]
    assert (score.total, score.max_score) == (9, 10)


def test_checks_of_unequal_points_are_a_mistake() -> None:
    """Everybody's maximum would be another."""
    with pytest.raises(GraderError, match="a1, b1 are worth 1, 2 points"):
        score_submission(make_result("s", check("a1", 1, 1), check("b1", 1)), BY_CHECK)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("lowest = 1", "give tasks"),
        ('tasks = ["a", "b"]\nchecks = ["x", "y"]', "give tasks"),
        ('lowest = 2\ntasks = ["a", "b"]', "leaves none"),
        ('tasks = ["a", "a"]', "leaves none"),
        ('tasks = ["a", "z"]', 'drop: "z" is not one of the tasks'),
        ('lowest = 0\ntasks = ["a", "b"]', "greater than or equal to 1"),
    ],
)
def test_mistakes_in_the_file_are_told(rule: str, complaint: str) -> None:
    """Before anything is graded."""
    with pytest.raises(GraderError, match=complaint):
        assignment(rule)


def test_tasks_of_unequal_points_are_a_mistake() -> None:
    """As with checks, but known from the file."""
    text = HEAD + TASKS.replace("points = 4", "points = 5", 1) + '[[drop]]\ntasks = ["a", "b"]\n'
    with pytest.raises(GraderError, match="must be worth the same"):
        parse_assignment(text, "assignment.toml")


@given(st.lists(st.one_of(st.none(), st.floats(0, 4)), min_size=3, max_size=3), st.sampled_from([1, 2]))
def test_the_rest_is_the_best(scores: list[float | None], count: int) -> None:
    """No other choice would give a decided work more, and the maximum is everybody's."""
    rules = assignment(f'lowest = {count}\ntasks = ["a", "b", "c"]')
    made = make_result("s", *(check(f"{name}1", score, 4) for name, score in zip("abc", scores, strict=True)))
    score = score_submission(made, rules)
    assert score.max_score == 4 * (3 - count)
    assert score.total + score.unscored <= score.max_score + 1e-3
    if None not in scores:
        best = sorted(value for value in scores if value is not None)[count:]
        assert score.total == pytest.approx(sum(best), abs=1e-3)


def test_the_page_says_what_does_not_count() -> None:
    """At the top with its points, and where it stands; nothing is to be done about it."""
    checks = check("a1", 3, 4), check("b1", 1, 4), check("c1", 4, 4)
    failed = [item.model_copy(update={"verdict": Verdict.FAILED, "feedback": item.check}) for item in checks]
    page = view_student(make_result("s", *failed), BY_TASK, "student")
    assert [task.title for task in page.tasks] == ["Task a", "Task b (does not count)", "Task c"]
    assert [
        notice.text for notice in page.notices if "does not" in notice.title or "do not" in notice.title
    ] == ["The lowest are left out by the rules of this assignment: Task b (1 of 4 points)."]
    assert [item.text for item in page.todo if item.text.startswith("b1")] == []
    assert page.mark is not None
    assert (page.mark.value, page.mark.of) == ("7", "8")


def test_the_spreadsheet_adds_up() -> None:
    """A task that does not count has an empty cell."""
    made = make_result("s", check("a1", 3, 4), check("b1", 1, 4), check("c1", 4, 4))
    heading, row, *_ = render_spreadsheet([made], BY_TASK).splitlines()
    cells = dict(zip(heading.split(","), row.split(","), strict=True))
    assert (cells["a"], cells["b"], cells["c"], cells["score"], cells["max_score"]) == (
        "3.0",
        "",
        "4.0",
        "7.0",
        "8.0",
    )
