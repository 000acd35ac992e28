"""Small results to test with."""

from __future__ import annotations

from grader.results import CheckResult, Environment, SubmissionResult, Tier, Verdict


def make_check(
    name: str = "test_it",
    task: str = "a",
    *,
    points: float = 3,
    verdict: Verdict = Verdict.PASSED,
    score: float | None = 3,
) -> CheckResult:
    return CheckResult(check=name, task=task, title=name, points=points, verdict=verdict, score=score)


def make_result(student_id: str = "student-01", *checks: CheckResult, problem: str = "") -> SubmissionResult:
    return SubmissionResult(
        assignment="tiny",
        student_id=student_id,
        digest="d" * 64,
        checks_digest="c" * 64,
        files=("work.py",),
        environment=Environment(
            tier=Tier.T1, dataset="digits32", dataset_note="Digits.", seed=2**47 + 1, versions={}
        ),
        checks=checks,
        problem=problem,
    )
