"""Answers of several parts: partial credit, named slips, and feedback without the right answer."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed, Slip, expect_choices, expect_grid, expect_size

CHOICES = ("relu", "max_pooling", "tanh", "dropout")
GRID = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 161]])


def judge_choices(answer):
    expect_choices(
        answer,
        ("relu", "tanh"),
        CHOICES,
        key="functions",
        feedback="Think.",
        hints={"dropout": "dropout switches units off."},
    )


def judge_size(answer, slips=()):
    expect_size(answer, (7, 7), key="size", feedback="Think.", slips=slips)


def judge_grid(answer, slips=()):
    expect_grid(answer, GRID, key="map", feedback="Think.", slips=slips)


def failure(judge, *arguments):
    with pytest.raises(CheckFailed) as caught:
        judge(*arguments)
    return caught.value


@pytest.mark.parametrize(
    "answer", [["relu", "tanh"], ["Tanh", "ReLU"], "ReLU, tanh", ["relu", "relu", "tanh"]]
)
def test_right_choices(answer):
    """Order, case and repetition do not matter."""
    judge_choices(answer)


@pytest.mark.parametrize(
    ("answer", "earned", "words"),
    [
        (["relu"], 0.5, "is missing"),
        (["relu", "tanh", "dropout"], 0.5, "dropout switches units off."),
        (["relu", "max_pooling"], 0.0, "max_pooling does not belong"),
        (list(CHOICES), 0.0, "dropout switches units off."),
        (["relu", "sine"], 0.0, "sine is not among the choices: relu, max_pooling"),
        (3, 0.0, "is no list"),
    ],
)
def test_wrong_choices(answer, earned, words):
    """Right ones less wrong ones; naming everything gains nothing; what is missing is not told."""
    error = failure(judge_choices, answer)
    assert error.earned == earned
    assert words in error.feedback
    assert "tanh" not in error.feedback.replace(", ".join(CHOICES), "")


@pytest.mark.parametrize("answer", [[7, 7], "7x7", "7 × 7", 7, "7"])
def test_right_sizes(answer):
    """Also as one number, which stands for a square."""
    judge_size(answer)


def test_a_slip_is_named():
    """Where two slips give the same number both are named, and the dearer one counts."""
    slips = [
        Slip((6, 6), "the padding is left out", earned=0.5),
        Slip((6, 6), "the 1 at the end is left out"),
        Slip((9, 9), "the dilation is left out", earned=0.25),
    ]
    one = failure(judge_size, "9x9", slips)
    assert "It is what comes out when the dilation is left out. Think." in one.feedback
    assert one.earned == 0.25
    two = failure(judge_size, 6, slips)
    assert "the padding is left out, or when the 1 at the end is left out." in two.feedback
    assert two.earned == 0.0
    unknown = failure(judge_size, 5, slips)
    assert "comes out" not in unknown.feedback
    assert "7" not in unknown.feedback


@pytest.mark.parametrize("answer", ["seven", [7, 7, 7], [7.5, 7.5], [[7, 7]], {}])
def test_what_is_no_size(answer):
    """The feedback shows the form."""
    assert "Write them as [" in failure(judge_size, answer).feedback


@pytest.mark.parametrize("answer", [GRID.tolist(), str(GRID), (GRID * 1.0).tolist()])
def test_right_grids(answer):
    """As lists, or as NumPy prints an array."""
    judge_grid(answer)


@pytest.mark.parametrize(("slips", "earned"), [(1, 0.875), (4, 0.5), (5, 0.0), (16, 0.0)])
def test_wrong_entries(slips, earned):
    """A few cost an eighth each, and their places are told; more are no slips."""
    wrong = GRID.copy().ravel()
    wrong[:slips] += 1_000
    error = failure(judge_grid, wrong.reshape(4, 4).tolist())
    assert error.earned == earned
    assert f"{16 - slips} of 16 numbers are right. Work out again: row 1, column 1" in error.feedback
    assert "161" not in error.feedback


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (GRID[:3].tolist(), "has 3 rows; the output has 4"),
        ([[1, 2, 3, 4], [5, 6, 7], [8, 9, 10, 11], [1, 2, 3, 4]], "row 2 has 3 numbers instead of 4"),
        ("none", "no grid of numbers"),
        (17, "no grid of numbers"),
    ],
)
def test_what_is_no_such_grid(answer, words):
    """Rows are counted before numbers are compared."""
    assert words in failure(judge_grid, answer).feedback


def test_a_slip_throughout_the_grid():
    """It is named, also where it gives another shape."""
    slips = [Slip(-GRID, "every sign is turned", 0.25), Slip(GRID[::2, ::2], "every other place is left out")]
    assert failure(judge_grid, (-GRID).tolist(), slips).earned == 0.25
    assert "every other place is left out" in failure(judge_grid, GRID[::2, ::2].tolist(), slips).feedback
