"""Numbers and strange text, made fit to print."""

from __future__ import annotations

import math

import pytest

from grader.report.words import (
    align_decimals,
    clean,
    decimals_for,
    first_sentence,
    is_numeric,
    number,
    percent,
    plain_number,
)


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
        clean("\x1b[1;31mred\x1b[0m\x07 \u202eabc\u2066 Ζωή 漢字\ttab\r\nline\x00")
        == "red abc Ζωή 漢字\ttab\nline"
    )
    clean("\ud800").encode()


def test_the_first_sentence_is_enough_for_a_list():
    """Abbreviations and numbers do not end it, a line break does."""
    assert first_sentence("Write this function first. Then test it.") == "Write this function first."
    assert first_sentence("got 3.14 where 2.72 was wanted\nmore") == "got 3.14 where 2.72 was wanted"
