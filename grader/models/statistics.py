"""When is an accuracy too low to be chance? Prediction limits and a sequential decision; pure.

The reference was trained with `n` seeds, giving a mean and a sample sd; a submission is trained
with one seed after another, and looked at after some of them. A correct submission fails with probability
`alpha` at most, and one that is WORSE than the reference passes early with probability EARLY_PASS at most:
where an accuracy depends much on chance, that takes many runs. `tests/models/test_simulated_classes.py` shows
both for every setting that we calibrated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, sqrt

from grader.models.calibration import Distribution


class Decision(StrEnum):
    """INCONCLUSIVE is for a person to look at and never a fail; NEED_MORE asks for another seed."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NEED_MORE = "need_more"


@dataclass(frozen=True)
class Bounds:
    """What the mean of the runs so far is held against: below `fail_below` it fails, from
    `pass_from` on it passes."""

    fail_below: float
    pass_from: float


EARLY_SHARE = 0.1
"""The part of alpha for failing before the last run. Small: a clearly broken model is far off at
once, and what is spent here is lost where the mean of all runs is known best."""

FIRST_FAIL = 1 / 16
"""Of the runs that are allowed, so many are made before anything fails. Many are allowed where the spread is
wide, and then single accuracies are not normal: now and then a correct network is far off."""

WORSE = 0.05
"""Five points of accuracy: a model so much worse is to be found."""

EARLY_PASS = 0.02
"""Before the last run, a model that is WORSE passes with this probability at most."""

PASS_ALPHA = 0.025
"""After the last run, a correct model stays short of passing with this probability."""


def prediction_limit(mean: float, sd: float, n: int, r: int, alpha: float, margin: float) -> float:
    """The mean of `r` further runs falls below this with probability `alpha`, less `margin`.

    Student's t with n - 1 degrees of freedom, for both samples being finite. Raises ValueError for
    fewer than two calibrated runs, which have no spread.
    """
    from scipy.special import stdtrit  # a quarter of a second, and not every process has accuracies to judge

    if n < 2 or r < 1:
        raise ValueError(f"a prediction limit needs n >= 2 and r >= 1, not n = {n} and r = {r}")
    return float(mean - stdtrit(n - 1, 1 - alpha) * sd * sqrt(1 / r + 1 / n) - margin)


def prediction_interval(distribution: Distribution, alpha: float) -> tuple[float, float]:
    """Low and high between which one further run lies with probability 1 - alpha. ValueError as above."""
    low = _limit(distribution, 1, alpha / 2, 0.0)
    return low, 2 * distribution.mean - low


def looks(max_runs: int) -> Iterator[int]:
    """After how many runs it may be decided: 1, 2, 4, 8, ... and the last. Few looks leave more of alpha to
    each, and doubling costs at most twice the runs that were needed."""
    runs = 1
    while runs < max_runs:
        yield runs
        runs *= 2
    yield max_runs


def bounds(distribution: Distribution, runs: int, *, alpha: float, margin: float, max_runs: int) -> Bounds:
    """The bounds at one of the looks, after `runs` of at most `max_runs` runs.

    Failing may happen at any of the looks, so they share alpha: the probabilities add up to alpha at most,
    however the looks depend on each other. Before the last look only a mean within the margin passes, and
    only one that a WORSE model seldom has, so that it is not let through on one lucky seed.
    """
    if runs < max_runs:
        early = sum(1 for _ in looks(max_runs)) - 1
        lucky = _limit(distribution, runs, EARLY_PASS / early, WORSE)
        broken = _limit(distribution, runs, alpha * EARLY_SHARE / early, margin)
        return Bounds(
            broken if runs >= FIRST_FAIL * max_runs else -inf,
            max(distribution.mean - margin, 2 * (distribution.mean - WORSE) - lucky),
        )
    last = alpha if max_runs == 1 else alpha * (1 - EARLY_SHARE)
    return Bounds(
        _limit(distribution, runs, last, margin), _limit(distribution, runs, max(PASS_ALPHA, last), margin)
    )


def decide(
    values: Sequence[float], distribution: Distribution, *, alpha: float, margin: float, max_runs: int
) -> Decision:
    """The verdict on test accuracies `values`, in the order of their seeds.

    Every look is taken, as if the seeds had been taken one by one: the verdict does not depend on how
    many were trained ahead. Without a spread (one calibrated run) nothing is decided.
    """
    if distribution.sd is None:
        return Decision.INCONCLUSIVE
    for runs in looks(max_runs):
        if runs > len(values):
            return Decision.NEED_MORE
        limits = bounds(distribution, runs, alpha=alpha, margin=margin, max_runs=max_runs)
        mean = sum(values[:runs]) / runs
        if mean >= limits.pass_from:
            return Decision.PASSED
        if mean < limits.fail_below:
            return Decision.FAILED
    return Decision.INCONCLUSIVE


def _limit(distribution: Distribution, runs: int, alpha: float, margin: float) -> float:
    if distribution.sd is None:
        raise ValueError("one calibrated run has no spread")
    return prediction_limit(distribution.mean, distribution.sd, distribution.n, runs, alpha, margin)
