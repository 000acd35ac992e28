"""Limits and decisions: a correct model rarely fails, a worse one rarely passes."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from grader.models.calibration import Distribution
from grader.models.statistics import Decision, bounds, decide, prediction_interval, prediction_limit

MEAN, SD, SEEDS = 0.5, 0.01, 20


def share_of(
    decision: Decision, *, below: float, alpha: float, margin: float, max_runs: int, trials: int
) -> float:
    """How often `decide` says so of a model whose mean lies `below` the reference's.

    Each trial calibrates anew, as the real spread of the reference is never known either.
    """
    rng = np.random.default_rng(20240607)
    calibrations = rng.normal(MEAN, SD, (trials, SEEDS))
    values = rng.normal(MEAN - below, SD, (trials, max_runs))
    hits = 0
    for calibrated, runs in zip(calibrations, values, strict=True):
        distribution = Distribution.of(calibrated.tolist())
        hits += decide(runs.tolist(), distribution, alpha=alpha, margin=margin, max_runs=max_runs) is decision
    return hits / trials


@pytest.mark.parametrize("max_runs", [1, 3, 5])
@pytest.mark.parametrize("alpha", [0.0025, 0.05])
def test_correct_models_rarely_fail(alpha: float, max_runs: int) -> None:
    """A model as good as the reference fails with probability alpha at most, with no margin granted."""
    trials = 8000
    failed = share_of(Decision.FAILED, below=0.0, alpha=alpha, margin=0.0, max_runs=max_runs, trials=trials)
    assert failed <= alpha + 3 * sqrt(alpha / trials)


@pytest.mark.parametrize(
    ("margin", "max_runs", "power"), [(0.0, 3, 0.99), (0.01, 3, 0.95), (0.02, 5, 0.95), (0.02, 3, 0.9)]
)
def test_worse_models_fail(margin: float, max_runs: int, power: float) -> None:
    """Five points below a spread of one point is found; what a margin forgives, more runs win back."""
    failed = share_of(
        Decision.FAILED, below=0.05, alpha=0.0025, margin=margin, max_runs=max_runs, trials=4000
    )
    assert failed >= power


@pytest.mark.parametrize("margin", [0.0, 0.02])
def test_worse_models_do_not_pass(margin: float) -> None:
    """Nor does a lucky seed let one in a hundred of them through."""
    passed = share_of(Decision.PASSED, below=0.05, alpha=0.0025, margin=margin, max_runs=3, trials=4000)
    assert passed < 0.01


def test_correct_models_pass() -> None:
    """With the margin, nearly all correct models pass for good, and the others are looked at."""
    passed = share_of(Decision.PASSED, below=0.0, alpha=0.0025, margin=0.02, max_runs=3, trials=4000)
    assert passed > 0.97


def test_limit_is_students_t() -> None:
    """One-sided 2.5 % with 19 degrees of freedom: t = 2.0930 (any table of Student's t)."""
    limit = prediction_limit(0.5, 0.01, 20, 1, 0.025, 0.03)
    assert limit == pytest.approx(0.5 - 2.0930 * 0.01 * sqrt(1.05) - 0.03, abs=1e-6)


def test_interval_is_symmetric() -> None:
    """Two-sided 5 % around the mean."""
    low, high = prediction_interval(Distribution(mean=0.5, sd=0.01, n=20), 0.05)
    assert low == pytest.approx(0.5 - 2.0930 * 0.01 * sqrt(1.05), abs=1e-6)
    assert high == pytest.approx(1.0 - low)


def test_no_spread_no_verdict() -> None:
    """A single calibrated run decides nothing."""
    distribution = Distribution.of([0.5])
    assert distribution.sd is None
    assert decide([0.1], distribution, alpha=0.01, margin=0.0, max_runs=3) is Decision.INCONCLUSIVE
    with pytest.raises(ValueError, match="n >= 2"):
        prediction_limit(0.5, 0.01, 1, 1, 0.01, 0.0)


DISTRIBUTION = Distribution(mean=0.5, sd=0.01, n=20)


@pytest.mark.parametrize(
    ("values", "decision"),
    [
        ([], Decision.NEED_MORE),
        ([0.51], Decision.PASSED),
        ([0.40], Decision.FAILED),
        ([0.47], Decision.NEED_MORE),
        ([0.47, 0.47], Decision.NEED_MORE),
        ([0.47, 0.47, 0.48], Decision.PASSED),
        ([0.463, 0.463, 0.463], Decision.INCONCLUSIVE),
        ([0.45, 0.45, 0.45], Decision.FAILED),
        ([0.51, 0.0, 0.0], Decision.PASSED),
    ],
)
def test_decisions_in_order(values: list[float], decision: Decision) -> None:
    """Seeds count in their order; runs after a decision change nothing."""
    assert decide(values, DISTRIBUTION, alpha=0.0025, margin=0.02, max_runs=3) is decision


def test_bounds_close_in() -> None:
    """More runs, less doubt: the bound for failing rises, and never lies above the one for passing."""
    looks = [bounds(DISTRIBUTION, runs, alpha=0.0025, margin=0.02, max_runs=3) for runs in (1, 2, 3)]
    failing = [look.fail_below for look in looks]
    assert failing == sorted(failing)
    assert all(look.fail_below < look.pass_from for look in looks)
