"""Edge responses: every usual form is read, wrong channels and kernels are named."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.convolution_mistakes import correlate
from grader.checks.edges import K1, K2, expect_response, response_pictures, two_responses

PICTURES = [np.random.default_rng(4).uniform(0, 255, size) for size in ((9, 9, 3), (7, 10, 3), (11, 6, 3))]


def responses(rgb, first=K1, second=K2, channel=0):
    return correlate(rgb[:, :, channel], first), correlate(rgb[:, :, channel], second)


@pytest.mark.parametrize(
    "form",
    [
        tuple,
        list,
        np.stack,
        lambda pair: {"K1": pair[0], "K2": pair[1]},
        lambda pair: [item.tolist() for item in pair],
    ],
    ids=["tuple", "list", "stack", "dict", "nested lists"],
)
def test_all_forms_are_read(form):
    """A tuple, a list, a stack, a dict and nested lists all pass."""
    for place, kernel in ((0, K1), (1, K2)):
        expect_response(lambda rgb: form(responses(rgb)), PICTURES, kernel, place)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda rgb: responses(rgb, channel=1), "green channel"),
        (lambda rgb: responses(rgb, channel=2), "blue channel"),
        (lambda rgb: responses(rgb, first=K2, second=K1), "K1 comes first"),
        (lambda rgb: responses(rgb.mean(axis=2, keepdims=True)), "mean of the three channels"),
        (lambda rgb: responses(rgb, first=-K1), "All signs"),
        (lambda rgb: responses(rgb / 255), "divide the picture by 255"),
        (lambda rgb: tuple(np.clip(item, 0, 255) for item in responses(rgb)), "cut the result off"),
        (lambda rgb: responses(rgb, first=K1 * 3 + 1), "which channel and which kernel"),
        (lambda rgb: responses(rgb)[0], "wanted are two"),
        (lambda rgb: (*responses(rgb), 1), "returns 3 values"),
        (lambda rgb: None, "None"),
    ],
)
def test_first_response_mistakes(code, words):
    """Each gets advice of its own."""
    with pytest.raises(CheckFailed) as failure:
        expect_response(code, PICTURES, K1, 0)
    assert words in failure.value.feedback


def test_centre_of_k2():
    """The Laplacian with a 4 is the usual slip."""
    wrong = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    with pytest.raises(CheckFailed, match="a 4 in its centre"):
        expect_response(lambda rgb: responses(rgb, second=wrong), PICTURES, K2, 1)


def test_pictures_hold_the_students_values_only():
    """Three panels: the red channel and what came back."""
    pair = two_responses([np.zeros((7, 7)), np.ones((7, 7))])
    panels = response_pictures(PICTURES[0], pair).panels
    assert [len(panel.values) for panel in panels] == [9, 7, 7]
