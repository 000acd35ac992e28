"""Scaled images and one-hot labels: equivalents pass, known mistakes are named."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.images import (
    SCALING_MISTAKES,
    expect_image_shape,
    expect_one_hot,
    expect_scaled,
    two_results,
)

RNG = np.random.default_rng(5)
IMAGES = np.clip(RNG.integers(3, 250, (6, 28, 28)), 3, 240).astype(np.uint8)
LABELS = np.array([3, 1, 4, 1, 5, 7])
SCALED = IMAGES[..., np.newaxis] / 255
HOT = np.eye(10)[LABELS]


def feedback_of(judge, *arguments):
    with pytest.raises(CheckFailed) as caught:
        judge(*arguments)
    return caught.value.feedback


@pytest.mark.parametrize("value", [(SCALED, HOT), [SCALED, HOT], {"x": SCALED, "y": HOT}])
def test_two_results(value):
    """A tuple, a list or a dict."""
    x, y = two_results(value)
    assert x is SCALED
    assert y is HOT


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "a return statement is missing"),
        (SCALED, "ndarray"),
        ((1, 2, 3, 4), "4 values"),
        ({}, "0 values"),
    ],
)
def test_not_two_results(value, words):
    assert words in feedback_of(two_results, value)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_right_scale(kind):
    """In any precision."""
    expect_scaled(SCALED.astype(kind), IMAGES)
    expect_scaled(SCALED.astype(kind).tolist(), IMAGES)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (SCALED[..., 0], "needs a channel axis"),
        (SCALED.reshape(6, -1), "flattened"),
        (SCALED[:, np.newaxis, ..., 0], "at the end, not after"),
        (np.moveaxis(SCALED[..., 0], 0, -1), "comes first and stays first"),
        (np.repeat(SCALED, 3, axis=-1), "one channel"),
        (HOT, "This looks like the labels"),
        (SCALED[:5], "Take the number of images from the array"),
    ],
)
def test_wrong_shapes(x, words):
    """The feedback names both shapes and what turns one into the other."""
    assert words in feedback_of(expect_image_shape, x, IMAGES)


@pytest.mark.parametrize("mistake", SCALING_MISTAKES, ids=lambda mistake: mistake.name)
def test_known_scales_are_named(mistake):
    """Each mistake's own output gets that mistake's feedback, so no two are confused."""
    assert feedback_of(expect_scaled, mistake.answer(IMAGES), IMAGES) == mistake.feedback


def test_unknown_scales():
    """Whole numbers, other ranges and other values are told apart."""
    assert "uint8" in feedback_of(expect_scaled, IMAGES[..., np.newaxis], IMAGES)
    assert "between 0 and 1" in feedback_of(expect_scaled, SCALED * 2, IMAGES)
    assert "its own pixel" in feedback_of(expect_scaled, SCALED**2, IMAGES)
    assert "NaN" in feedback_of(expect_scaled, SCALED * np.nan, IMAGES)


def test_one_hot():
    """Any kind of number, any nesting."""
    for y in (HOT, HOT.astype(bool), HOT.astype("uint8"), HOT.tolist()):
        expect_one_hot(y, LABELS, 10)


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (LABELS, "still class numbers"),
        (LABELS[:, np.newaxis], "still class numbers"),
        (np.eye(8)[LABELS], "as the largest label here needs"),
        (np.eye(5)[np.unique(LABELS, return_inverse=True)[1]], "a column for each class that occurs"),
        (HOT.T, "Rows and columns have changed places"),
        (HOT[:5], "One row for each label"),
        (np.eye(10)[LABELS - 1], "one place too far left"),
        (HOT * 2, "a single 1"),
        (HOT[::-1], "not at the place of its label"),
    ],
)
def test_wrong_labels(y, words):
    assert words in feedback_of(expect_one_hot, y, LABELS, 10)
