"""From what a test raised to a verdict: whose fault it is, and who reads what."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.checks import CheckFailed, Inconclusive
from grader.evidence import Evidence
from grader.results import CheckResult, Verdict
from grader.sandbox import SubmissionFault

_DETAIL_KEPT = 8_000
# Addresses change from run to run; results of the same seed must not.
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True)
class CaseOutcome:
    """One test item: a check, or one parametrised case of it."""

    verdict: Verdict
    feedback: str = ""
    detail: str = ""
    earned: float = 0.0


def judge(error: BaseException | None, mark: pytest.Mark, check_file: Path) -> CaseOutcome:
    """The verdict on one case from what its test raised.

    The traceback, from `check_file` on, may show expected values: it goes to `detail` only.
    """
    general = str(mark.kwargs.get("feedback", ""))
    if error is None:
        return CaseOutcome(Verdict.PASSED, earned=1.0)
    if isinstance(error, Inconclusive):
        return CaseOutcome(Verdict.SKIPPED, error.feedback, error.detail)
    if isinstance(error, SubmissionFault):
        place = f" ({error.place})" if error.place is not None else ""
        return CaseOutcome(error.verdict, f"{error.message}{place}", error.detail)
    trace = _trace(error, check_file)
    if isinstance(error, CheckFailed):
        detail = f"{error.detail}\n\n{trace}" if error.detail else trace
        return CaseOutcome(Verdict.FAILED, error.feedback or general, detail, error.earned)
    if isinstance(error, AssertionError):
        return CaseOutcome(Verdict.FAILED, general, trace)
    return CaseOutcome(
        Verdict.GRADER_ERROR,
        "The grader could not run this check. It does not count; your instructor has been shown why.",
        trace,
    )


def _trace(error: BaseException, check_file: Path) -> str:
    """Python's traceback, without the frames before the check; all of them when it never got there.

    The file is known by its name: where an assignment was copied with its compiled files, these say where
    it was before.
    """
    frames = error.__traceback__
    while frames is not None and Path(frames.tb_frame.f_code.co_filename).name != check_file.name:
        frames = frames.tb_next
    lines = traceback.format_exception(type(error), error, frames or error.__traceback__)
    return _ADDRESS.sub("", _without_places("".join(lines), check_file))[-_DETAIL_KEPT:]


def _without_places(trace: str, check_file: Path) -> str:
    """The same on every machine: files by their names in the assignment's hidden folder, or in a package."""
    places = {str(check_file.parents[1]), *sys.path}
    for place in sorted(filter(None, places), key=len, reverse=True):
        trace = trace.replace(f'File "{place}/', 'File "')
    return trace


def combine(
    name: str,
    mark: pytest.Mark,
    outcomes: Iterable[CaseOutcome],
    evidence: Iterable[Evidence],
    output: str,
) -> CheckResult:
    """All cases of a check as one result: a fault of ours makes it unscored, the first case that
    did not pass decides otherwise."""
    cases = list(outcomes)
    points = float(mark.kwargs["points"])
    unpassed = [case for case in cases if case.verdict is not Verdict.PASSED]
    unscored = [case for case in unpassed if case.verdict in (Verdict.GRADER_ERROR, Verdict.SKIPPED)]
    first = (unscored or unpassed or cases)[0]
    earned = min(case.earned for case in cases)
    return CheckResult(
        check=name,
        task=str(mark.kwargs["task"]),
        title=str(mark.kwargs["title"]),
        points=points,
        verdict=first.verdict,
        score=None if unscored else round(points * earned, 4),
        feedback=first.feedback,
        detail=first.detail,
        cases=len(cases),
        cases_passed=len(cases) - len(unpassed),
        evidence=tuple(evidence),
        output=output,
    )
