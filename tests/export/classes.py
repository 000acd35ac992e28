"""A class of seven with every outcome that a mark can have, and its assignment."""

from __future__ import annotations

from grader.assignment import Assignment, parse_assignment
from grader.export.marks import Marks, view_marks
from grader.results import Adjustment, CheckResult, SubmissionResult, Verdict
from tests.unit.builders import make_check, make_result

CANARY = "expected 4711.0815, the canary"
TOML = """
name = "tiny"
title = "Week 8: Größe"
datasets = ["digits28"]

[[tasks]]
id = "a"
title = "Pixels"
points = 6

[[tasks]]
id = "b"
title = "Answers"
points = 4
"""


def make_assignment() -> Assignment:
    return parse_assignment(TOML, "classes.py")


def _checks(*scores: float | None, verdict: Verdict = Verdict.FAILED) -> tuple[CheckResult, ...]:
    """Three checks of 3, 3 and 4 points; lost points have feedback, and a traceback with a hidden value."""
    worth = (("test_one", "a", 3), ("test_two", "a", 3), ("test_three", "b", 4))
    made = []
    for (name, task, points), score in zip(worth, scores, strict=True):
        ended = verdict if score is None else Verdict.PASSED if score == points else Verdict.FAILED
        check = make_check(name, task, points=points, verdict=ended, score=score)
        lost = ended is not Verdict.PASSED
        feedback = f"Look at {name} again: <b>Größe</b> & 字." if lost and score is not None else ""
        made.append(check.model_copy(update={"feedback": feedback, "detail": CANARY if lost else ""}))
    return tuple(made)


def _adjustment(check: str, points: float, why: str) -> Adjustment:
    return Adjustment(check=check, points=points, who="Examiner", at="2026-01-02T03:04:05+00:00", why=why)


def _by_hand(student_id: str) -> SubmissionResult:
    decided = (_adjustment("test_three", 2.5, "Half of it is right."), _adjustment("", -1, "A day late."))
    result = make_result(student_id, *_checks(3, 3, None, verdict=Verdict.SKIPPED))
    return result.model_copy(update={"adjustments": decided})


def make_class() -> list[SubmissionResult]:
    """By id: all points; some; one open through doubt, one through a fault of ours; decided by hand (8.5
    less 1 is 7.5); no submission; a fault in the whole."""
    return [
        make_result("student-01", *_checks(3, 3, 4)),
        make_result("student-02", *_checks(1.25, 0, 4)),
        make_result("student-03", *_checks(3, 3, None, verdict=Verdict.SKIPPED)),
        make_result("student-04", *_checks(3, None, 4, verdict=Verdict.GRADER_ERROR)),
        _by_hand("student-05"),
        make_result("student-06", problem="work.zip is no zip archive."),
        make_result("student-07").model_copy(update={"fault": f"TrainerGone: {CANARY}"}),
    ]


def marks_of(student_id: str) -> Marks:
    result = next(result for result in make_class() if result.student_id == student_id)
    return view_marks(result, make_assignment())


def all_marks() -> list[Marks]:
    return [view_marks(result, make_assignment()) for result in make_class()]
