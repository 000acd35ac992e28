"""Names the mistake behind wrong answers, when one known mistake explains all of them exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.expect import Array


@dataclass(frozen=True)
class Case:
    """One call: what the function was given, and the array that it gave back."""

    arguments: tuple[Any, ...]
    actual: Array


@dataclass(frozen=True)
class Mistake:
    """A way of getting it wrong. `answer(*arguments)` is what code with this mistake returns, or
    None where such code would fail instead of answering. `feedback` is for the student."""

    name: str
    feedback: str
    answer: Callable[..., Array | None]


def explains(mistake: Mistake, cases: Sequence[Case], *, rtol: float = 1e-5, atol: float = 1e-6) -> bool:
    """True when the mistake gives the very arrays that came back, for every case."""
    return bool(cases) and all(
        _same(case.actual, mistake.answer(*case.arguments), rtol, atol) for case in cases
    )


def find_mistake(
    cases: Sequence[Case], mistakes: Sequence[Mistake], *, rtol: float = 1e-5, atol: float = 1e-6
) -> Mistake | None:
    """The mistake that explains all cases; None rather than a guess, also where two of them would
    tell the student different things."""
    found = [mistake for mistake in mistakes if explains(mistake, cases, rtol=rtol, atol=atol)]
    return found[0] if len({mistake.feedback for mistake in found}) == 1 else None


def _same(actual: Array, predicted: Array | None, rtol: float, atol: float) -> bool:
    if predicted is None or actual.shape != predicted.shape:
        return False
    return bool(np.allclose(actual, predicted, rtol=rtol, atol=atol, equal_nan=True))
