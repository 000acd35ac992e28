"""Public checks of part (i): one small case each, which you can follow on paper."""

import numpy as np

from grader.checks import check, expect_close, expect_convolutions
from grader.checks.edges import two_responses

IMAGE = np.array([[1, 2, 0, 3], [4, 1, 2, 0], [0, 3, 1, 2]])
KERNEL = np.array([[1, 0, -1], [2, 3, -5]])
# At the top left: 1*1 + 2*0 - 0*1 + 4*2 + 1*3 - 2*5 = 2. All four places: [[2, 7], [6, 0]]. With the
# kernel turned by 180 degrees they are [[-1, -5], [-12, 0]], which is accepted too.

RED = np.array([[0, 0, 0, 0], [0, 10, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
K1_RESPONSE = [[80, -10], [-10, -10]]
K2_RESPONSE = [[80, -10], [-10, 0]]


@check(
    task="i.a",
    points=1,
    title="A 3 x 4 image and a 2 x 3 kernel",
    feedback="Work out the top left value on paper, and print what your loop adds up there.",
)
def test_small_convolution(submission):
    expect_convolutions(submission.convolve, [(IMAGE, KERNEL)])


@check(
    task="i.a",
    points=1,
    title="A kernel of one value",
    feedback="A 1 x 1 kernel fits everywhere: the output is the image times that value.",
)
def test_kernel_of_one_value(submission):
    expect_close(submission.convolve(IMAGE, np.array([[3]])), 3 * IMAGE, what="convolve(image, [[3]])")


@check(
    task="i.b",
    points=1,
    title="One bright red pixel",
    feedback="Take rgb[:, :, 0], convolve it with K1 and with K2, and return both.",
)
def test_one_red_pixel(submission):
    rgb = np.stack([RED, 0 * RED + 7, 0 * RED + 3], axis=2).astype(np.uint8)
    first, second = two_responses(submission.edge_responses(rgb))
    expect_close(first, K1_RESPONSE, what="The response to K1")
    expect_close(second, K2_RESPONSE, what="The response to K2")
