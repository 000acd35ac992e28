"""Slow growth is told by ratios; fast code is never held against anybody."""

from __future__ import annotations

from itertools import count

import pytest

from grader.checks import CheckFailed, expect_time, measure
from grader.checks.timing import Measured, growth_exponent


def test_minimum_of_several_in_turn():
    """Both are run in turn and the least time counts."""
    times, calls = iter([3.0, 1.0, 2.0]), []
    result = measure(64, lambda: next(times), lambda: calls.append(1) or 0.5)
    assert (result.seconds, result.reference_seconds, len(calls)) == (1.0, 0.5, 3)


def test_fast_code_is_run_once():
    """A time that is not noticeable needs no second try, and nothing to compare it with."""
    tries, reference_tries = count(), count()
    measured = measure(64, lambda: next(tries) * 0.0, lambda: next(reference_tries))
    assert (next(tries), next(reference_tries)) == (1, 0)
    expect_time([measured], largest_ratio=30, feedback="")


def test_a_fast_try_after_a_slow_one_is_the_last():
    """What was slow once and fast then was the machine's doing."""
    times = iter([3.0, 0.1])
    assert measure(64, lambda: next(times), lambda: 0.5) == Measured(64, 0.1, 0.5)


def test_growth_is_put_into_words():
    """Quadratic growth: four times the pixels, sixteen times the time."""
    measured = [Measured(256, 0.05, 0.01), Measured(1024, 0.8, 0.02)]
    assert growth_exponent(*measured) == pytest.approx(2.0)
    with pytest.raises(
        CheckFailed, match="4 times as many pixels your function takes about 16 times as long"
    ):
        expect_time(measured, largest_ratio=30, feedback="Mend it.")


def test_slow_but_linear_code_passes():
    """A large ratio below the noticeable time, and a noticeable time below the ratio, both pass."""
    expect_time([Measured(256, 0.3, 0.001), Measured(1024, 1.2, 0.06)], largest_ratio=30, feedback="")
