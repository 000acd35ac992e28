"""How running time grows, measured against the reference in turn, on the trusted side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.checks.mark import CheckFailed

NOTICEABLE_SECONDS = 0.4
"""Below this no time is held against anybody: it is start-up cost and noise."""


@dataclass(frozen=True)
class Measured:
    """Seconds of CPU, the least of several tries, at one size (in pixels, rows, ...).

    `reference_seconds` is infinite where the time was not noticeable, and the reference was not run.
    """

    size: int
    seconds: float
    reference_seconds: float

    @property
    def ratio(self) -> float:
        return self.seconds / max(self.reference_seconds, 1e-3)


def measure(
    size: int, run: Callable[[], float], run_reference: Callable[[], float], *, tries: int = 3
) -> Measured:
    """Runs both in turn, so that a busy machine slows both; a fast first try needs no others."""
    seconds = reference_seconds = math.inf
    for _ in range(tries):
        seconds = min(seconds, run())
        if seconds < NOTICEABLE_SECONDS:
            break
        reference_seconds = min(reference_seconds, run_reference())
    return Measured(size, seconds, reference_seconds)


def expect_time(measurements: Sequence[Measured], *, largest_ratio: float, feedback: str) -> None:
    """CheckFailed when the student's time is noticeable and more than `largest_ratio` times the
    reference's. `feedback` is the line of thought that mends it."""
    slow = [item for item in measurements if item.seconds > NOTICEABLE_SECONDS and item.ratio > largest_ratio]
    if not slow:
        return
    raise CheckFailed(f"{_growth(measurements, slow[0])} {feedback}", detail=repr(tuple(measurements)))


def growth_exponent(small: Measured, large: Measured) -> float:
    """p in seconds ~ size ** p: 1 is linear, 2 quadratic."""
    times = max(large.seconds, 1e-4) / max(small.seconds, 1e-4)
    return math.log(times) / math.log(large.size / small.size)


def _growth(measurements: Sequence[Measured], slow: Measured) -> str:
    smaller = [item for item in measurements if item.size < slow.size and item.seconds > 0.01]
    if smaller and growth_exponent(smaller[-1], slow) > 1.4:
        more = slow.size / smaller[-1].size
        times = slow.seconds / smaller[-1].seconds
        return f"With {more:.0f} times as many pixels your function takes about {times:.0f} times as long."
    return f"Your function takes about {slow.ratio:.0f} times as long as a plain loop over all places."
