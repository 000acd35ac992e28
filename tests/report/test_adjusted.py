"""Decisions by hand on the pages: what counts, why, and for instructors by whom."""

from __future__ import annotations

import csv
import io

import pytest

from grader.commands.show import show_class
from grader.report import render_class, render_spreadsheet, render_student
from grader.results import Adjustment, SubmissionResult, Verdict
from grader.terminal import Terminal
from tests.report.sample_assignment import make_assignment
from tests.report.samples import check, failing, passing, result
from tests.report.test_student import text_of

ASSIGNMENT = make_assignment()
WHO, WHEN = "m.examiner", "2026-03-04 05:06 UTC"


def decide(submission: SubmissionResult, *decided: tuple[str, float | None, str]) -> SubmissionResult:
    items = tuple(
        Adjustment(check=check, points=points, who=WHO, at="2026-03-04T05:06:07+00:00", why=why)
        for check, points, why in decided
    )
    return submission.model_copy(update={"adjustments": items})


def two_checks(verdict: Verdict = Verdict.FAILED, feedback: str = "Mend it.") -> SubmissionResult:
    return result(
        "s-1", (check("one", "i.a", "First", 10, verdict, feedback), check("two", "i.b", "Second", 8))
    )


def name(submission: SubmissionResult) -> str:
    return submission.checks[0].check


def test_the_student_reads_what_counts_and_why_but_not_who() -> None:
    """The score, the mark and the reason; feedback stays."""
    submission = two_checks()
    submission = decide(submission, (name(submission), 7.5, "The idea is right."), ("", -2, "Two days late."))
    page = text_of(render_student(submission, ASSIGNMENT))
    assert (
        "The check gave 0 of 10 points; your instructor decided on 7.5 of 10 points: The idea is right."
        in page
    )
    assert "−2 points on the total, by your instructor. Two days late." in page
    assert "13.5 of 80 points" in page
    assert "Mend it." in page
    assert WHO not in page
    assert WHEN not in page
    assert "−2.5 points Mend it." in page, "what is left to do is priced by the score that counts"


def test_the_instructor_reads_the_whole_history() -> None:
    """Who, when, why, what was withdrawn and what the check gives."""
    submission = two_checks()
    first = (name(submission), 7.5, "The idea is right.")
    submission = decide(
        submission, first, (name(submission), None, "A mistake of mine."), ("", 2, "Shown in class.")
    )
    page = text_of(render_student(submission, ASSIGNMENT, audience="instructor"))
    assert f"{WHEN} {WHO} First ({name(submission)}) 7.5 0 of 10 points The idea is right." in page
    assert f"{WHEN} {WHO} First ({name(submission)}) withdrawn 0 of 10 points A mistake of mine." in page
    assert f"{WHEN} {WHO} the total +2 points – Shown in class." in page
    assert "10 of 80 points" in page


def test_full_points_by_hand_leave_nothing_to_do() -> None:
    """Nor does the page call the check failed."""
    submission = two_checks()
    page = text_of(render_student(decide(submission, (name(submission), 10, "Right.")), ASSIGNMENT))
    assert "Mend it." not in page.partition("Tasks Task Title")[0], "what to do next"
    assert "Mend it." in page
    assert "✓ Decided by hand First 10 / 10" in page


@pytest.mark.parametrize("verdict", [Verdict.SKIPPED, Verdict.GRADER_ERROR])
def test_what_was_open_is_decided(verdict: Verdict) -> None:
    """No page says any more that somebody will decide."""
    submission = two_checks(
        verdict, "" if verdict is Verdict.SKIPPED else "The grader could not run this check."
    )
    before = text_of(render_student(submission, ASSIGNMENT))
    assert "not decided yet" in before
    decided = decide(submission, (name(submission), 4, "Read by hand."))
    page = text_of(render_student(decided, ASSIGNMENT))
    assert "The check left this open; your instructor decided on 4 of 10 points: Read by hand." in page
    assert "Your instructor decides" not in page
    assert "could not run this check" not in page
    both = text_of(render_class([decided], ASSIGNMENT))
    assert "grader fault in" not in both
    assert "not decided:" not in both


def test_a_decision_about_a_check_that_is_gone_counts_for_nothing() -> None:
    """The history says so, the mark is that of the checks."""
    submission = decide(two_checks(), ("test_gone", 9, "Then there was such a check."))
    page = text_of(render_student(submission, ASSIGNMENT, audience="instructor"))
    assert "test_gone, which is not there any more 9 – Then there was such a check." in page
    assert "8 of 80 points" in page


def test_the_class_sees_what_was_decided() -> None:
    """On its page, in the table for a spreadsheet and on the terminal."""
    submission = two_checks()
    submission = decide(submission, (name(submission), 7.5, "The idea is right."), ("", -2, "Late."))
    results = [submission, passing()]
    page = text_of(render_class(results, ASSIGNMENT))
    assert f"s-1 First ({name(submission)}) 0 of 10 points 7.5 {WHO} {WHEN} The idea is right." in page
    assert f"s-1 the total – −2 points {WHO} {WHEN} Late." in page
    assert "Decided by hand" not in text_of(render_class([passing()], ASSIGNMENT))
    rows = list(csv.DictReader(io.StringIO(render_spreadsheet(results, ASSIGNMENT), newline="")))
    (row,) = [row for row in rows if row["student"] == "s-1"]
    assert (row["score"], row["i.a"], row["i.b"], row["added"]) == ("13.5", "7.5", "8.0", "-2.0")
    assert row["state"].endswith(", adjusted")
    assert row["decided by hand"] == (
        f"First ({name(submission)}): 7.5 ({WHO}, {WHEN}: The idea is right.); "
        f"the total: −2 points ({WHO}, {WHEN}: Late.)"
    )
    terminal = Terminal()
    with terminal.capture() as printed:
        show_class(results, ASSIGNMENT, terminal)
    assert "13.5*" in printed.get()
    assert "adjusted by hand" in printed.get()


def test_pages_without_decisions_say_nothing_of_them() -> None:
    """Neither the student's nor the instructor's."""
    for audience in ("student", "instructor"):
        page = text_of(render_student(failing(), ASSIGNMENT, audience=audience))  # type: ignore[arg-type]
        assert "ecided by hand" not in page
        assert "your instructor decided" not in page
