"""The comparisons say what is wrong and never what is right."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed, expect_close, expect_equal, expect_number
from grader.sandbox import Opaque

CANARY = 86.420135


@pytest.mark.parametrize(
    "actual",
    [
        [[1, 2], [3, 4]],
        ((1, 2), (3, 4)),
        np.array([[1, 2], [3, 4]], dtype=np.uint8),
        np.array([[1, 2], [3, 4]], dtype=np.float32),
        [np.array([1, 2]), np.array([3, 4])],
    ],
)
def test_equivalent_kinds_pass(actual):
    """Lists, tuples, integers and floats of any width count as the array they stand for."""
    expect_close(actual, [[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (None, "return"),
        ("text", "a str"),
        (Opaque("DataFrame"), "a DataFrame"),
        ([[1], [2, 3]], "rows differ in length"),
        (np.array(["a"]), "wanted are numbers"),
        ([1, 2, 3], "shape (3,)"),
        ([[1.0, float("nan")]], "NaN or infinity"),
        ([[1.0, 3.0]], "1 of 2 values is wrong"),
    ],
)
def test_kind_shape_finiteness_values_in_this_order(actual, words):
    """Each way of being wrong has its own message."""
    with pytest.raises(CheckFailed) as failure:
        expect_close(actual, [[1.0, 2.0]])
    assert words in failure.value.feedback


def test_expected_values_stay_with_the_instructor():
    """A canary among the expected values shows up in the detail and never in the feedback."""
    for actual in ([0.0, 1.0], [[0.0]], [float("inf"), 0.0], None):
        with pytest.raises(CheckFailed) as failure:
            expect_close(actual, [CANARY, 0.0])
        assert "86.42" not in failure.value.feedback
    with pytest.raises(CheckFailed) as failure:
        expect_close([0.0, 0.0], [CANARY, 0.0])
    assert "86.42" in failure.value.detail


def test_equal_is_exact_and_silent():
    """A list counts as a tuple; the expected value is not told."""
    expect_equal([1, (2, 3)], (1, [2, 3]))
    with pytest.raises(CheckFailed) as failure:
        expect_equal("no", "the secret")
    assert "secret" not in failure.value.feedback


@pytest.mark.parametrize("actual", [float("nan"), 1.5, [0.1, 0.2], None, "0.5"])
def test_number_refuses_what_is_none(actual):
    """One finite number within the bounds is wanted."""
    with pytest.raises(CheckFailed):
        expect_number(actual, 0, 1)
