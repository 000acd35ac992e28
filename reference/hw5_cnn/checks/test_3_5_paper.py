"""Parts 3 and 5: what is worked out on paper, with the usual mistakes."""

from __future__ import annotations

import numpy as np

from grader.checks import Slip, check, expect_grid, expect_size
from grader.checks.edges import K1, K2

X = np.array(
    [
        [1, 0, -2, 3, 4, 1],
        [2, 9, 5, 6, 0, -1],
        [0, -3, 1, 3, 4, 4],
        [6, 5, 2, 0, 6, 8],
        [-5, 4, -3, 1, 3, -2],
        [4, 1, 2, 8, 9, 7],
    ]
)
CONSISTENT = 0.25
"""Kept by a grid with one mistake throughout."""


def _feature_map_slips(feature_map):
    """`feature_map(image, kernel)` is the reference's."""
    right = feature_map(X, K1)
    centre = X[1:-1, 1:-1]
    grids = {
        "the filter moves by two places at a time: its stride is 1": right[::2, ::2],
        "the input is padded with zeros: there is no padding": feature_map(np.pad(X, 1), K1),
        "the corners of the filter are taken for 0: all eight neighbours of the centre are -1": feature_map(
            X, K2
        ),
        "the centre has the weight 9: the -1 of the centre is 8, and 8 alone": right + centre,
        "the centre has the weight 7: the neighbours are subtracted from 8 times the centre, and the centre"
        " once more": right - centre,
        "every sign is turned: the neighbours are subtracted, and the centre is added": -right,
        "the neighbours are added: their weight is -1": feature_map(X, np.abs(K1)),
        "negative sums are set to 0: a ReLU comes after a convolution, and none was asked for": np.maximum(
            right, 0
        ),
        "rows and columns have changed places": right.T,
        "the rows stand in the reverse order": right[::-1],
        "sums are divided by 9: the entries are added up, not averaged": right / 9,
        "the rim of the input is left out and the output is the input again": centre,
    }
    return [Slip(grid, when, CONSISTENT) for when, grid in grids.items()]


@check(
    task="3",
    points=12,
    title="The output of the convolution",
    feedback="Lay the filter on each of the sixteen places, multiply entry by entry, and add up.",
)
def test_feature_map(submission, reference):
    expect_grid(
        submission.answer("feature_map"),
        reference.feature_map(X, K1),
        key="feature_map",
        feedback="Each number is 8 times the centre of its 3 x 3 patch, less the eight numbers around it.",
        slips=_feature_map_slips(reference.feature_map),
    )


def _square(side, when):
    return Slip((side, side), when, earned=CONSISTENT)


@check(
    task="5",
    points=4,
    title="Padding and dilation",
    feedback="Find first how many pixels the dilated filter reaches over.",
)
def test_dilated_size(submission, reference):
    size = reference.output_size
    expect_size(
        submission.answer("dilated_size"),
        [size(16, 2, stride=2, padding=1, dilation=4)] * 2,
        key="dilated_size",
        feedback="Draw one row: padding, pixels, padding. How far apart are the two pixels that the filter"
        " looks at, where does it start, and where does it no longer fit?",
        slips=[
            _square(size(16, 2, stride=2, padding=1), "the dilation is left out"),
            _square(size(16, 2, stride=2, dilation=4), "the padding is left out"),
            _square(
                size(16, 8, stride=2, padding=1), "the filter is taken to reach over filter x dilation pixels"
            ),
            _square(
                size(16, 2, stride=2, padding=1, dilation=4) - 1, "the first place is not counted (the + 1)"
            ),
            _square(
                size(16, 2, stride=2, padding=1, dilation=4) + 1,
                "it is rounded up where the filter does not fit",
            ),
            _square(size(16, 2, padding=1, dilation=4), "the stride is left out"),
        ],
    )


@check(
    task="5",
    points=4,
    title="Two layers with stride 2",
    feedback="Work out the first layer's output; it is the second layer's input.",
)
def test_two_layers_size(submission, reference):
    size = reference.output_size
    once = size(32, 3, stride=2, padding=1)
    unpadded = size(size(32, 3, stride=2), 3, stride=2)
    expect_size(
        submission.answer("two_layers_size"),
        [size(once, 3, stride=2, padding=1)] * 2,
        key="two_layers_size",
        feedback="Work out the first layer's output; it is the second layer's input.",
        slips=[
            _square(once, "there is only one layer"),
            _square(unpadded, "the padding is left out"),
            _square(-(-(once + 2 - 3) // 2) + 1, "it is rounded up where the filter does not fit"),
            _square(size(size(32, 3, padding=1), 3, padding=1), "the stride is left out"),
            _square(size(once, 3, stride=2, padding=1) // 2, "the image is halved three times"),
        ],
    )


@check(
    task="5",
    points=4,
    title="Receptive field",
    feedback="Go backwards from one value in the output of layer 3.",
)
def test_receptive_field(submission, reference):
    field = reference.receptive_field
    expect_size(
        submission.answer("receptive_field"),
        [field([3, 3])] * 2,
        key="receptive_field",
        feedback="Go backwards from one value of layer 3: which values of layer 2 does it need, and which"
        " values of layer 1 do these need together?",
        slips=[
            _square(field([3, 3, 3]), "the field is counted in the input of layer 1 instead of its output"),
            _square(field([3]), "only the last layer is counted"),
            _square(3 + 3, "the filters are added up, though neighbouring fields overlap"),
            _square(
                3 * 3,
                "the filters are multiplied, or all three are added up, though neighbouring fields overlap",
            ),
        ],
    )
