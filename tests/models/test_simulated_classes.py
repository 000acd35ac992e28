"""Over the calibrated distributions chance fails hardly anybody, and a network five points worse is found."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from grader.models.statistics import WORSE, Decision
from tests.models.simulated_classes import CLASSES, JUDGED, Judged, simulate


def test_every_accuracy_check_is_simulated() -> None:
    """Nine checks, each on the real data and on the digits that come with the grader."""
    assert len(JUDGED) == 18


@pytest.mark.parametrize("judged", JUDGED, ids=lambda judged: judged.name)
def test_chance_fails_hardly_anybody(judged: Judged) -> None:
    """At most alpha, to three standard errors of ten thousand classes; and nearly everybody passes."""
    alpha = judged.rules.alpha
    rng = np.random.default_rng(20_240_607)
    for draw in (judged.normal(rng), judged.resampled(rng)):
        shares = simulate(judged, draw, below=0.0)
        assert shares[Decision.FAILED] <= alpha + 3 * sqrt(alpha / CLASSES)
        assert shares[Decision.PASSED] >= 0.97


@pytest.mark.parametrize("judged", JUDGED, ids=lambda judged: judged.name)
def test_five_points_worse_is_found(judged: Judged) -> None:
    """In 95 of 100 cases within the runs that are allowed; it passes in less than 3."""
    shares = simulate(judged, judged.normal(np.random.default_rng(20_240_608)), below=WORSE)
    assert shares[Decision.FAILED] >= 0.95
    assert shares[Decision.PASSED] < 0.03
