"""Part (i): the convolution by hand, and the edges of a picture."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from grader.checks import (
    CheckFailed,
    check,
    expect_convolutions,
    expect_time,
    find_library_convolutions,
    measure,
)
from grader.checks.edges import K1, K2, expect_response, response_pictures, two_responses


def _pairs(rng, sizes):
    """Whole numbers without a pattern, so that no two mistakes give the same output."""
    return [(rng.integers(-99, 100, image), _lively(rng, kernel)) for image, kernel in sizes]


def _lively(rng, shape):
    """A kernel without zeros: a row or column that is left out always shows."""
    return rng.integers(1, 9, shape) * rng.choice([-1, 1], shape)


@check(
    task="i.a",
    points=4,
    title="Square images",
    feedback=(
        "Slide the kernel over every place where it fits into the image, multiply entry by entry, and sum."
    ),
)
def test_square_images(submission, rng):
    expect_convolutions(
        submission.convolve,
        _pairs(rng, [((6, 6), (3, 3)), ((8, 8), (5, 5)), ((5, 5), (1, 1)), ((7, 7), (3, 3))]),
    )


@check(
    task="i.a",
    points=4,
    title="Images n x m, kernels k x l",
    feedback="Rows and columns are counted apart: the output has n - k + 1 rows and m - l + 1 columns.",
)
def test_rectangles(submission, rng):
    sizes = [
        ((6, 9), (3, 3)),
        ((9, 6), (3, 3)),
        ((7, 7), (2, 3)),
        ((8, 5), (3, 2)),
        ((5, 8), (1, 4)),
        ((4, 6), (4, 6)),
        ((11, 7), (4, 1)),
    ]
    expect_convolutions(submission.convolve, _pairs(rng, sizes))


@check(
    task="i.a",
    points=3,
    title="Kinds of numbers",
    feedback=(
        "Pixels come as 8-bit integers and as fractions. Make the output array of floats, whatever the image"
        " holds."
    ),
)
@pytest.mark.parametrize("kind", ["uint8", "int64", "float32", "float64", "fractions in the kernel"])
def test_number_kinds(submission, rng, kind):
    kernel = _lively(rng, (3, 3))
    if kind.startswith("int") or kind.startswith("uint"):
        image = rng.integers(100, 256, (7, 8)).astype(kind)
    elif kind.startswith("float"):
        image = rng.uniform(-1, 1, (7, 8)).astype(kind)
    else:
        image, kernel = rng.integers(0, 256, (7, 8)).astype("uint8"), rng.uniform(-1, 1, (3, 3))
    expect_convolutions(submission.convolve, [(image, kernel), (image[:5, :5], kernel)])


@check(
    task="i.a",
    points=3,
    title="Written by hand",
    feedback="Write the loops, or the indexing, yourself: no library function may do the convolution.",
)
def test_no_library_convolution(submission):
    source = submission.source("convolve")
    submission.convolve(np.ones((3, 3)), np.ones((2, 2)))
    findings = find_library_convolutions(source)
    if findings:
        first = findings[0]
        raise CheckFailed(
            f"convolve uses {first.what} ({first.place}). The point of this task is to write the sliding"
            " product yourself, with loops or array indexing; keep the library call for comparing your"
            " result."
        )


@check(
    task="i.a",
    points=2,
    title="Time grows with the number of pixels",
    feedback="Each output value needs one patch of the image and nothing else.",
)
def test_time_grows_linearly(submission, reference, rng):
    kernel = rng.uniform(-1, 1, (5, 5))
    submission.convolve(np.ones((6, 6)), kernel)
    measured = []
    for side in (16, 32, 64, 128):
        image = rng.uniform(0, 1, (side, side))
        measured.append(
            measure(
                side * side,
                partial(_seconds, submission, image, kernel),
                partial(_seconds, reference, image, kernel),
            )
        )
        expect_time(
            measured,
            largest_ratio=30,
            feedback=(
                "Each output value needs only the patch under the kernel: look for a loop over the whole"
                " image, or a copy of it, inside the loop over places."
            ),
        )


def _seconds(code, image, kernel):
    return code.timed("convolve", image, kernel).cpu_seconds


@check(
    task="i.b",
    points=3,
    title="Response to K1",
    feedback=(
        "Take the red channel, rgb[:, :, 0], and convolve it with K1; return the two responses in the order"
        " K1, K2."
    ),
)
def test_first_response(submission, rng, dataset, evidence):
    expect_response(submission.edge_responses, _pictures(rng), K1, 0)
    picture = dataset.x_test[int(rng.integers(len(dataset.x_test)))]
    evidence.add(response_pictures(picture, two_responses(submission.edge_responses(picture))))


@check(
    task="i.b",
    points=3,
    title="Response to K2",
    feedback="K2 is [[0, -1, 0], [-1, 8, -1], [0, -1, 0]], on the red channel as well; it comes second.",
)
def test_second_response(submission, rng):
    expect_response(submission.edge_responses, _pictures(rng), K2, 1)


@check(
    task="i.b",
    points=2,
    title="Pictures of 8-bit pixels",
    feedback="A picture that is read from a file holds 8-bit integers. Convert it before you compute.",
)
@pytest.mark.parametrize(("kernel", "place"), [(K1, 0), (K2, 1)], ids=["K1", "K2"])
def test_eight_bit_pictures(submission, rng, kernel, place):
    pictures = [rng.integers(0, 256, size).astype(np.uint8) for size in ((9, 9, 3), (8, 11, 3))]
    expect_response(submission.edge_responses, pictures, kernel, place)


def _pictures(rng):
    return [rng.uniform(0, 255, size) for size in ((9, 9, 3), (7, 10, 3), (11, 6, 3))]
