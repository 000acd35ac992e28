"""Part 4.1: what the network is fed."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import check
from grader.checks.images import expect_image_shape, expect_one_hot, expect_scaled, two_results


def _images(rng, n):
    """Without 0 and 255, so that a scale that depends on the images shows."""
    return rng.integers(3, 241, (n, 28, 28)).astype(np.uint8)


def _labels(rng, n):
    return rng.integers(0, 10, n).astype(np.uint8)


@check(
    task="4.1",
    points=4,
    title="The shape of the images",
    feedback="(n, 28, 28) becomes (n, 28, 28, 1), whatever n is.",
)
@pytest.mark.parametrize("n", [1, 7, 64])
def test_image_shape(submission, rng, n):
    images = _images(rng, n)
    expect_image_shape(two_results(submission.process_dataset(images, _labels(rng, n)))[0], images)


@check(
    task="4.1",
    points=5,
    title="Pixels from 0 to 1",
    feedback="Convert to floats, and divide by 255.",
)
@pytest.mark.parametrize("n", [5, 40])
def test_pixel_range(submission, rng, n):
    images = _images(rng, n)
    expect_scaled(two_results(submission.process_dataset(images, _labels(rng, n)))[0], images)


@check(
    task="4.1",
    points=4,
    title="One-hot labels",
    feedback="Ten columns, also where not all ten classes occur.",
)
@pytest.mark.parametrize("highest", [10, 6])
def test_one_hot_labels(submission, rng, highest):
    labels = np.concatenate([rng.permutation(highest)[1:], rng.integers(1, highest, 9)]).astype(np.uint8)
    images = _images(rng, len(labels))
    expect_one_hot(two_results(submission.process_dataset(images, labels))[1], labels, 10)


@check(
    task="4.1",
    points=2,
    title="Kinds of numbers",
    feedback="Pixels and labels may come as integers of any width, and pixels as floats.",
)
@pytest.mark.parametrize("kind", ["int64", "float32", "int16"])
def test_number_kinds(submission, rng, kind):
    images, labels = _images(rng, 10).astype(kind), rng.permutation(10).astype("int64")
    x, y = two_results(submission.process_dataset(images, labels))
    expect_scaled(x, images)
    expect_one_hot(y, labels, 10)
