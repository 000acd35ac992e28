"""What a student reads first: lost points by their cause."""

from __future__ import annotations

from grader.report import render_student
from grader.results import LeftOut, SubmissionResult, Verdict
from tests.report.sample_assignment import make_assignment
from tests.report.samples import check, result
from tests.report.test_student import text_of

ASSIGNMENT = make_assignment()


def todo_of(submission: SubmissionResult) -> str:
    page = text_of(render_student(submission, ASSIGNMENT))
    return page[page.index("What to do next") : page.index("Tasks Task")]


def test_a_file_that_is_no_python_is_one_thing_to_do():
    """All functions that are missing for that reason are one line, with the line of the error."""
    checks = tuple(
        check(f"test_{name}", task, name, 4, Verdict.NOT_IMPLEMENTED, f"There is no function {name} in a.py.")
        for name, task in (("convolve", "i.a"), ("edge_responses", "i.b"), ("train", "ii.b.ii"))
    )
    answer = check("test_x", "ii.b.i", "Largest layer", 2, Verdict.NOT_IMPLEMENTED, "There is no answer yet.")
    left = LeftOut(where="a.py, line 15", what="the whole file", why="it is not valid Python: expected ':'")
    said = todo_of(result("a", (*checks, answer), left_out=(left,)))
    assert "−12 points a.py, line 15: it is not valid Python: expected ':'. Mend this first" in said
    assert "no function" not in said
    assert "−2 points There is no answer yet." in said


def test_a_bare_starter_has_one_thing_to_do():
    """Many unwritten functions do not bury what was written and failed."""
    tasks = ("i.a", "i.b", "ii.a", "ii.b.i", "ii.b.ii", "ii.c")
    checks = tuple(
        check(f"test_{n}", task, f"C{n}", 4, Verdict.NOT_IMPLEMENTED, f"f{n} is not written yet.")
        for n, task in enumerate(tasks)
    )
    wrong = check("test_w", "ii.b.iii", "Sweep", 2, Verdict.FAILED, "The row for n is missing.")
    said = todo_of(result("a", (*checks, wrong)))
    assert "−24 points Not written or not answered yet." in said
    assert "−2 points The row for n is missing." in said
    assert "C0" not in said


def test_things_to_do_name_their_checks_unless_the_whole_task_is_meant():
    """A task alone stands for all of its checks."""
    both = tuple(check(f"t{n}", "i.a", f"A{n}", 2, Verdict.FAILED, "Both wrong.") for n in range(2))
    one = (check("u", "i.b", "B0", 4, Verdict.FAILED, "One wrong."), check("v", "i.b", "B1", 4))
    said = todo_of(result("a", (*both, *one)))
    assert "−4 points Both wrong. i.a Convolution by hand −4" in said
    assert "One wrong. i.b Two edge kernels on a picture : B0" in said
