"""Hidden checks of the small assignment."""

import numpy as np
import pytest

from grader.checks import check, expect_close


@check(
    task="1",
    points=40,
    title="Pixels of any images",
    feedback="Divide by 255, the largest value that an 8-bit pixel has, and keep the shape of the images.",
)
@pytest.mark.parametrize("shape", [(1, 5, 5), (4, 28, 28), (3, 2, 7)])
def test_pixels(submission, reference, rng, shape):
    images = rng.integers(0, 256, size=shape, dtype=np.uint8)
    expect_close(submission.scale_pixels(images), reference.scale_pixels(images))


@check(
    task="2",
    points=60,
    title="The network learns",
    feedback="A Dense layer of ten classes with softmax, compiled with Adam and categorical cross-entropy.",
)
def test_learns(expect_learning):
    expect_learning("first")
