"""The baseline's usual mistakes are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.baseline import BASELINE_MISTAKES, expect_baseline

LABELS = np.random.default_rng(1).permutation(np.repeat(np.arange(10), [5, 4, 6, 19, 7, 8, 2, 9, 10, 3]))
CASES = [(LABELS, 7, 3), (LABELS[::-1].copy(), 60, 3)]


@pytest.mark.parametrize(
    "code",
    [
        lambda y, n: np.full(n, np.bincount(y).argmax()),
        lambda y, n: [3] * n,
        lambda y, n: np.full(n, 3.0),
        lambda y, n: np.full((n, 1), 3),
        lambda y, n: np.eye(10)[np.full(n, 3)],
    ],
)
def test_equivalents_pass(code):
    """Lists, floats, columns and one-hot rows of the right label count."""
    expect_baseline(code, CASES, BASELINE_MISTAKES)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda y, n: y[:n], "training labels back"),
        (lambda y, n: np.full(n, np.bincount(y).max()), "argmax of the counts"),
        (lambda y, n: np.full(n, np.median(y)), "mean or the median"),
        (lambda y, n: np.full(n, np.bincount(y).argmin()), "rarest"),
        (lambda y, n: np.full(n, 0), "answers 0"),
        (lambda y, n: np.full(len(y), 3), "Its length is the argument n"),
        (lambda y, n: 3, "a single label"),
        (lambda y, n: np.arange(n) % 10, "different labels to different images"),
        (lambda y, n: np.full(n, 8), "not the commonest"),
        (lambda y, n: None, "None"),
    ],
)
def test_mistakes_are_named(code, words):
    """Each gets advice of its own."""
    with pytest.raises(CheckFailed) as failure:
        expect_baseline(code, CASES, BASELINE_MISTAKES)
    assert words in failure.value.feedback
