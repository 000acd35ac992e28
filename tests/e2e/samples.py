"""The sample submissions, and what grading each of them must find."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from grader.assignment_folder import clone_root
from grader.results import CheckResult, Verdict

SAMPLES = clone_root() / "tests" / "submissions"
DEMO: tuple[str, ...] = tuple(
    tomllib.loads((SAMPLES / "demo.toml").read_text(encoding="utf-8"))["submissions"]
)
"""As KIND/ASSIGNMENT/NAME: what `grader demo` grades."""


def sample_names(kind: str) -> list[str]:
    """As ASSIGNMENT/NAME; `kind` is correct, wrong or hostile. The corpus of attacks is tests/hostile's."""
    return sorted(
        f"{path.parent.name}/{path.name}"
        for path in (SAMPLES / kind).glob("*/*")
        if path.parent.name != "attacks"
    )


def expected(kind: str, name: str) -> dict[str, Any]:
    """The sample's expected.toml."""
    return tomllib.loads((SAMPLES / kind / name / "expected.toml").read_text(encoding="utf-8"))


def expect_nothing_lost(results: Mapping[str, CheckResult]) -> None:
    """Every check passes with all its points."""
    lost = {check: result.feedback for check, result in not_passed(results).items()}
    assert lost == {}
    assert all(result.score == result.points for result in results.values())


def expect_foretold(name: str, results: Mapping[str, CheckResult]) -> None:
    """The named checks fail as foretold, all others pass, and the feedback names the mistake.

    Accuracies that the mistake lowers as well are named under `follows`: they are not always trained.
    """
    wanted = expected("wrong", name)
    follows = wanted.get("follows", {})
    verdicts = {**wanted["verdicts"], **{check: follows[check] for check in follows if check in results}}
    assert {check: str(result.verdict) for check, result in not_passed(results).items()} == verdicts
    scores = wanted.get("scores", {})
    assert {check: results[check].score for check in verdicts} == {
        check: scores.get(check, 0.0) for check in verdicts
    }
    assert wanted["feedback"] in " / ".join(results[check].feedback for check in verdicts)


def expect_nothing_gained(name: str, results: Mapping[str, CheckResult]) -> None:
    """The attacked checks do not pass, nothing is the grader's error, no secret is printed."""
    attacked = expected("hostile", name)["must_not_pass"]
    assert {check for check in attacked if results[check].verdict is Verdict.PASSED} == set()
    assert all(result.verdict is not Verdict.GRADER_ERROR for result in results.values())
    assert all("expect_" not in result.output for result in results.values())


def not_passed(results: Mapping[str, CheckResult]) -> dict[str, CheckResult]:
    return {check: result for check, result in results.items() if result.verdict != Verdict.PASSED}
