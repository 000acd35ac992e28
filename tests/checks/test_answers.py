"""Short answers are read as people write them."""

from __future__ import annotations

import pytest

from grader.checks import CheckFailed, expect_choice, expect_fraction, expect_integer


@pytest.mark.parametrize("answer", [37146, "37146", "37,146", "37 146", 37146.0])
def test_spellings_of_an_integer(answer):
    """Thousands separators and quotes do no harm."""
    expect_integer(answer, 37146, key="total", feedback="")


@pytest.mark.parametrize("answer", [0.48, "0.48", "48%", "48 %", 48, "0,48"])
def test_spellings_of_a_share(answer):
    """Fractions and per cent are the same."""
    assert expect_fraction(answer, 0.47, 0.49, key="accuracy", feedback="") == pytest.approx(0.48)


@pytest.mark.parametrize("answer", ["dense", "Dense", " DENSE ", "de_nse"])
def test_spellings_of_a_choice(answer):
    """Case, blanks and underscores do not count."""
    expect_choice(answer, "dense", ["conv1", "dense"], key="largest", feedback="")


@pytest.mark.parametrize(
    ("judge", "words"),
    [
        (lambda: expect_integer("many", 37146, key="total", feedback="Think."), "is not a number"),
        (lambda: expect_integer(37145, 37146, key="total", feedback="Think."), "Think."),
        (lambda: expect_fraction(480, 0, 1, key="accuracy", feedback="Think."), "is not an accuracy"),
        (lambda: expect_fraction(-1, 0, 1, key="accuracy", feedback="Think."), "is not an accuracy"),
        (
            lambda: expect_choice("conv9", "dense", ["conv1", "dense"], key="largest", feedback=""),
            "not one of",
        ),
        (
            lambda: expect_choice("conv1", "dense", ["conv1", "dense"], key="largest", feedback="Think."),
            "Think.",
        ),
    ],
)
def test_wrong_answers(judge, words):
    """The feedback says what is wrong with the answer, or how to find the right one; never that one."""
    with pytest.raises(CheckFailed) as failure:
        judge()
    assert words in failure.value.feedback
    assert "37146" not in failure.value.feedback
