"""What an attack may not come to, and what honest students may not notice."""

from __future__ import annotations

from grader.results import CheckResult, Verdict
from tests.hostile.arena import Graded
from tests.hostile.corpus import REFUSED, Attack


def problems(attack: Attack, graded: Graded, alone: Graded) -> list[str]:
    """How the outcome differs from "gained nothing, as foretold"; empty when all is well."""
    result = graded.results[attack.name]
    if result.fault:
        return [f"a fault of the grader's: {result.fault}"]
    if attack.verdict == REFUSED or result.problem:
        verdict = REFUSED if result.problem else "not refused"
        wrong = [] if verdict == attack.verdict else [f"expected {attack.verdict}: {result.problem}"]
        return wrong + _missing_words(attack, result.problem)
    checks = {check.check: check for check in result.checks}
    found = _gains(checks, {check.check: check for check in alone.results[attack.without].checks}, attack)
    verdict = str(checks[attack.check].verdict)
    if verdict not in attack.verdict.split(" or "):
        found.append(f"{attack.check} {verdict}, expected {attack.verdict}: {checks[attack.check].feedback}")
    return found + _missing_words(attack, " / ".join(check.feedback for check in result.checks))


def _gains(checks: dict[str, CheckResult], base: dict[str, CheckResult], attack: Attack) -> list[str]:
    found = []
    for name, check in checks.items():
        if check.verdict is Verdict.GRADER_ERROR:
            found.append(f"{name} became the grader's error: {check.detail[-300:]}")
        elif (check.score or 0) > (base[name].score or 0) + 1e-9:
            found.append(f"{name} gained {check.score} points, {base[name].score} without the attack")
        if name in attack.fails and check.verdict is Verdict.PASSED:
            found.append(f"{name} passed")
    return found


def _missing_words(attack: Attack, text: str) -> list[str]:
    return [] if attack.words in text else [f"{attack.words!r} is not in: {text[:400]}"]


def differences(name: str, alone: Graded, among: Graded) -> list[str]:
    """What an honest student got otherwise because of the attackers."""
    return [
        f"{name} {one.check}: {_outcome(one)} alone, {_outcome(other)} among attackers"
        for one, other in zip(alone.results[name].checks, among.results[name].checks, strict=True)
        if _outcome(one) != _outcome(other)
    ]


def _outcome(check: CheckResult) -> tuple[str, str, float | None, str, str, int]:
    return check.check, str(check.verdict), check.score, check.feedback, check.output, check.cases_passed
