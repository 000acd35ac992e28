"""From what a test raised to a verdict: whose fault it is, and who reads what."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from grader.checks import CheckFailed, Inconclusive, check, expect_close
from grader.results import Verdict
from grader.sandbox import SubmissionFault
from grader.verdicts import CaseOutcome, combine, judge

MARK = check(task="i.a", points=4, title="A check", feedback="Look again.").mark
CANARY = "314159265"


@pytest.mark.parametrize(
    ("error", "verdict", "feedback", "earned"),
    [
        (None, Verdict.PASSED, "", 1.0),
        (
            CheckFailed("The kernel is transposed.", earned=0.5),
            Verdict.FAILED,
            "The kernel is transposed.",
            0.5,
        ),
        (CheckFailed(""), Verdict.FAILED, "Look again.", 0.0),
        (AssertionError(f"1 != {CANARY}"), Verdict.FAILED, "Look again.", 0.0),
        (Inconclusive("Too close to call."), Verdict.SKIPPED, "Too close to call.", 0.0),
        (SubmissionFault(Verdict.TIMEOUT, "Too slow.", None, ""), Verdict.TIMEOUT, "Too slow.", 0.0),
        (ZeroDivisionError("ours"), Verdict.GRADER_ERROR, None, 0.0),
    ],
)
def test_verdicts(error: BaseException | None, verdict: Verdict, feedback: str | None, earned: float) -> None:
    """Each way to end has its verdict; only the student's own text and the check's reach the student."""
    outcome = judge(error, MARK, Path(__file__))
    assert (outcome.verdict, outcome.earned) == (verdict, earned)
    if feedback is not None:
        assert outcome.feedback == feedback
    assert CANARY not in outcome.feedback


def test_tracebacks_are_the_same_on_every_machine() -> None:
    """Files of the assignment and of packages are named without the folders that they happen to lie in."""
    try:
        np.zeros(2).reshape(3)
    except ValueError as error:
        detail = judge(error, MARK, Path(__file__)).detail
    try:
        expect_close(1, 2)
    except CheckFailed as error:
        detail += judge(error, MARK, Path(__file__)).detail
    assert re.findall(r'File "([^"]+)"', detail) == ["unit/test_verdicts.py"] * 2 + [
        "grader/checks/expect.py"
    ]


def test_one_failed_case_costs_the_points() -> None:
    """A parametrised check is passed when all of its cases are."""
    cases = [CaseOutcome(Verdict.PASSED, earned=1), CaseOutcome(Verdict.FAILED, "wrong on tall images")]
    result = combine("test_it", MARK, cases, (), "")
    assert (result.verdict, result.score, result.cases, result.cases_passed) == (Verdict.FAILED, 0, 2, 1)
    assert result.feedback == "wrong on tall images"


@pytest.mark.parametrize("verdict", [Verdict.GRADER_ERROR, Verdict.SKIPPED])
def test_what_nobody_decided_is_unscored(verdict: Verdict) -> None:
    """A fault of ours in one case makes the check unscored, even where another case failed."""
    cases = [CaseOutcome(Verdict.FAILED, "wrong"), CaseOutcome(verdict)]
    assert combine("test_it", MARK, cases, (), "").score is None


def test_partial_credit_is_that_of_the_worst_case() -> None:
    """The share that a check grants is the least over its cases."""
    cases = [CaseOutcome(Verdict.PASSED, earned=1), CaseOutcome(Verdict.FAILED, "half", earned=0.5)]
    assert combine("test_it", MARK, cases, (), "").score == 2


def test_a_check_is_known_by_its_name_where_it_was_copied() -> None:
    """Compiled files that came along name the folder they were compiled in; the traceback begins there all
    the same."""
    scope: dict[str, object] = {}
    exec(compile("def test_it():\n    assert 1 == 2\n", "/before/checks/test_week.py", "exec"), scope)
    with pytest.raises(AssertionError) as told:
        scope["test_it"]()  # type: ignore[operator]
    detail = judge(told.value, MARK, Path("/now/checks/test_week.py")).detail
    assert "in test_it" in detail
    assert "test_verdicts" not in detail
