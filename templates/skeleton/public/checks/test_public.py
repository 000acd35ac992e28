"""Public checks: students run them before they hand in. Small cases with the answer in sight."""

import numpy as np

from grader.checks import check, expect_close

IMAGES = np.array([[[0, 255], [51, 102]]], dtype=np.uint8)


@check(
    task="1",
    points=1,
    title="One image of four pixels",
    feedback="51 is a fifth of 255, so it becomes 0.2. Print what your function makes of the four pixels.",
)
def test_four_pixels(submission):
    expect_close(submission.scale_pixels(IMAGES), [[[0.0, 1.0], [0.2, 0.4]]], what="scale_pixels(images)")
