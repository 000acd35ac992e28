"""Hidden checks: they give the marks. Their points add up to the points of the tasks."""

import numpy as np
import pytest

from grader.checks import check, expect_close


@check(
    task="1",
    points=100,
    title="Pixels of any images",
    feedback="Divide by 255, the largest value that an 8-bit pixel has, and keep the shape of the images.",
)
@pytest.mark.parametrize("shape", [(1, 5, 5), (4, 28, 28), (3, 2, 7)])
def test_pixels(submission, reference, rng, shape):
    images = rng.integers(0, 256, size=shape, dtype=np.uint8)
    expect_close(submission.scale_pixels(images), reference.scale_pixels(images))
