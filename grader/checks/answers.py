"""Judges short answers: whole numbers, fractions and choices, however they are written."""

from __future__ import annotations

from collections.abc import Sequence

from grader.checks.mark import CheckFailed
from grader.intake import parse_number


def expect_integer(answer: object, expected: int, *, key: str, feedback: str) -> None:
    """A whole number such as 37146, "37,146" or "37 146". `feedback` is the way to find it."""
    if number_answer(answer, key) != expected:
        raise CheckFailed(f"{key} = {answer!r} is not right. {feedback}", detail=f"expected {expected}")


def expect_fraction(answer: object, low: float, high: float, *, key: str, feedback: str) -> float:
    """A share in [low, high], written as 0.48, "48%" or 48."""
    value = fraction_answer(answer, key)
    if not low <= value <= high:
        raise CheckFailed(
            f"{key} = {answer!r} is not right. {feedback}", detail=f"expected {low:g} to {high:g}"
        )
    return value


def expect_choice(answer: object, expected: str, choices: Sequence[str], *, key: str, feedback: str) -> None:
    """One of `choices`, whatever the case, blanks and underscores."""
    if expect_one_of(answer, choices, key=key) != expected:
        raise CheckFailed(f"{key} = {answer!r} is not right. {feedback}", detail=f"expected {expected}")


def expect_one_of(answer: object, choices: Sequence[str], *, key: str) -> str:
    """The choice that an answer names, in its own spelling. CheckFailed for any other name."""
    known = {normal(choice): choice for choice in choices}
    given = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
    if normal(str(given)) not in known:
        raise CheckFailed(f"{key} = {answer!r} is not one of: {', '.join(choices)}.")
    return known[normal(str(given))]


def number_answer(answer: object, key: str) -> float:
    """The number that an answer states. CheckFailed when it states none."""
    value = parse_number(answer)
    if value is None:
        raise CheckFailed(f"{key} = {answer!r} is not a number. Write the number alone, without words.")
    return value


def fraction_answer(answer: object, key: str) -> float:
    """As `number_answer`, between 0 and 1: what lies above 1 is read as per cent."""
    value = number_answer(answer, key)
    value = value / 100 if value > 1 else value
    if not 0 <= value <= 1:
        raise CheckFailed(
            f"{key} = {answer!r} is not an accuracy: give a number from 0 to 1, such as 0.48, or 48%."
        )
    return value


def normal(text: str) -> str:
    """A choice without case, blanks, hyphens and underscores."""
    return "".join(text.lower().replace("_", " ").replace("-", " ").split())
