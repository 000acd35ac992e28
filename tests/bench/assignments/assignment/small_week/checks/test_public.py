"""Public checks: a small case with the answer in sight."""

import numpy as np

from grader.checks import check, expect_close


@check(
    task="1",
    points=1,
    title="A kernel of one value",
    feedback="A kernel of one 2 doubles every pixel: print what convolve makes of it.",
)
def test_doubles(submission):
    image = np.arange(6.0).reshape(2, 3)
    expect_close(submission.convolve(image, np.array([[2.0]])), 2 * image, what="convolve(image, kernel)")
