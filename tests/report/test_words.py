"""Numbers and strange text, made fit to print."""

from __future__ import annotations

import math

import pytest

from grader.report.words import (
    align_decimals,
    decimals_for,
    first_sentence,
    is_numeric,
    number,
    open_points,
    opening,
    percent,
    plain_number,
    true_times,
    unwrap,
)
from grader.text import plain


@pytest.mark.parametrize(
    ("value", "said"),
    [(5000, "5,000"), (0.0001, "0.0001"), (1e-7, "1e−7"), (-12, "−12"), (0.5, "0.5"), (math.nan, "nan")],
)
def test_numbers_are_short(value, said):
    """As few digits as say it, with a real minus sign."""
    assert plain_number(value) == said


def test_no_negative_zero():
    """A rounded-away minus leaves no sign."""
    assert number(-0.001, 1) == "0.0"


def test_a_column_gets_the_decimals_it_needs():
    """None for whole numbers, at most two."""
    assert decimals_for([1.0, 2.0]) == 0
    assert decimals_for([1.0, 2.5]) == 1
    assert decimals_for([1.0, 1 / 3]) == 2


def test_percentages_do_not_flatter():
    """Nearly all is not all, nearly nothing is not nothing."""
    assert [percent(share) for share in (0.999, 1.0, 0.001, 0.0)] == [
        "99\u202f%", "100\u202f%", "1\u202f%", "0\u202f%",
    ]  # fmt: skip


def test_points_line_up():
    """Padding on the right has the width of the digits that are not there."""
    assert align_decimals(["1.5", "12", "–", "3.25"]) == ("1.5\u2007", "12\u2008\u2007\u2007", "–", "3.25")
    assert is_numeric(["1,234.5", "−2", "–"])
    assert not is_numeric(["–", ""])
    assert not is_numeric(["16 × 16", "2"])


def test_terminal_codes_and_direction_marks_go():
    """What could hide or reorder text is gone; text of all scripts stays."""
    assert (
        plain("\x1b[1;31mred\x1b[0m\x07 \u202eabc\u2066 Ζωή 漢字\ttab\r\nline\x00")
        == "red abc Ζωή 漢字\ttab\nline"
    )
    plain("\ud800").encode()


def test_the_first_sentence_is_enough_for_a_list():
    """Abbreviations and numbers do not end it, a line break does."""
    assert first_sentence("Write this function first. Then test it.") == "Write this function first."
    assert first_sentence("got 3.14 where 2.72 was wanted\nmore") == "got 3.14 where 2.72 was wanted"


def test_line_breaks_of_an_editor_are_joined():
    """Blank lines and list items keep their lines; everything else flows."""
    answer = (
        "The entries sum to 0, so flat\nareas answer with 0.\n \nSecond paragraph:\n- one\n  goes on\n"
        "* two\n1. three\n2) four\n3.5 is no item\n"
    )
    assert unwrap(answer) == (
        "The entries sum to 0, so flat areas answer with 0.\n\n"
        "Second paragraph:\n- one goes on\n* two\n1. three\n2) four 3.5 is no item"
    )
    assert unwrap("\n \n") == ""


def test_the_opening_holds_whole_sentences():
    """Never more than asked for, except that one sentence is always there."""
    text = "The first sentence stands here. The second one as well. And so does the third.\n\nMore."
    assert opening(text) == "The first sentence stands here. The second one as well. And so does the third."
    assert opening(text, 60) == "The first sentence stands here. The second one as well."
    assert opening(text, 5) == "The first sentence stands here."
    assert opening("") == ""


def test_sizes_get_the_multiplication_sign():
    """Only between digits: names and formulas in letters stay."""
    assert true_times("16 x 16 x 32, n x m, 0x10") == "16 × 16 × 32, n x m, 0x10"


def test_open_points_say_whom_they_wait_for():
    """Checks that came to no verdict and answers that nobody has read are two things."""
    assert open_points(0, 0) == ""
    assert open_points(0, 4) == "4 points not marked yet"
    assert open_points(1.5, 1) == "1.5 points not decided yet, 1 point not marked yet"
