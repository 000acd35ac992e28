"""Judges a function that counts which class is taken for which, whichever axis is the true one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.diagnosis import Case, Mistake, find_mistake
from grader.checks.expect import Array, expect_finite
from grader.checks.mark import CheckFailed

CLASSES = 10


def counted(y_true: Array, y_pred: Array) -> Array:
    """Counts (10, 10) with rows = true class; `y_pred` are class numbers (n,) or probabilities (n, 10)."""
    predicted = y_pred.argmax(axis=1) if y_pred.ndim == 2 else y_pred
    counts = np.zeros((CLASSES, CLASSES))
    np.add.at(counts, (y_true, predicted), 1)
    return counts


def expect_counts(function: Callable[[Array, Array], object], y_true: Array, y_pred: Array) -> bool:
    """The right counts in either orientation; True when the rows are the true classes.

    The labels must be such that the counts are no symmetric matrix. Raises CheckFailed, with the mistake
    where one explains the matrix exactly.
    """
    what = "What confusion returns"
    actual = expect_finite(function(y_true, y_pred), what)
    mistake = find_mistake([Case((y_true, y_pred), actual.astype(float))], _MISTAKES)
    if mistake is not None:
        raise CheckFailed(mistake.feedback)
    if actual.shape != (CLASSES, CLASSES):
        raise CheckFailed(
            f"{what} has the shape {' x '.join(map(str, actual.shape)) or 'of a number'}; there must be a row"
            " and a column for each of the ten classes, also for those that do not occur."
        )
    counts = counted(y_true, y_pred)
    if np.array_equal(actual, counts):
        return True
    if np.array_equal(actual, counts.T):
        return False
    raise CheckFailed(
        f"{what} is a 10 x 10 matrix that adds up to {actual.sum():g} for {len(y_true)} images, but its"
        " counts are not right in either orientation. Take three labels and three predictions, and follow"
        " on paper which entry each pair adds 1 to."
    )


def _either(make: Callable[[Array], Array]) -> tuple[Callable[..., Array], Callable[..., Array]]:
    return (
        lambda y_true, y_pred: make(counted(y_true, y_pred)),
        lambda y_true, y_pred: make(counted(y_true, y_pred).T),
    )


def _mistakes(name: str, feedback: str, make: Callable[[Array], Array]) -> tuple[Mistake, ...]:
    return tuple(Mistake(name, feedback, answer) for answer in _either(make))


def _occurring(counts: Array) -> Array:
    there = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    smaller: Array = counts[np.ix_(there, there)]
    return smaller


def _shares_of_rows(counts: Array) -> Array:
    shares: Array = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares


_NORMALISED = "Your matrix is normalised: its entries are shares. Return the counts, as whole numbers."
_MISTAKES = (
    *_mistakes("normalised by row", _NORMALISED, _shares_of_rows),
    *_mistakes("normalised by column", _NORMALISED, lambda counts: _shares_of_rows(counts.T).T),
    *_mistakes("normalised by all", _NORMALISED, lambda counts: counts / counts.sum()),
    *_mistakes(
        "labels missing",
        "Your matrix has rows and columns only for classes that occur in these labels. Ten classes make a"
        " 10 x 10 matrix, with zeros for a class that does not occur: begin with np.zeros((10, 10), int), or"
        " name all labels (labels=range(10)).",
        lambda counts: _occurring(counts) if (_occurring(counts).shape != counts.shape) else counts - 1,
    ),
    *_mistakes(
        "only the wrong answers",
        "The diagonal of your matrix is empty: it counts the wrong answers only. The right ones belong on the"
        " diagonal.",
        lambda counts: counts - np.diag(np.diag(counts)),
    ),
)
