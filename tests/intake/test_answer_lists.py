"""Answers of several parts are understood however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake import answer_text, parse_grid, parse_names, parse_numbers

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@pytest.mark.parametrize(
    "value",
    [
        ["relu", "tanh"],
        "relu, tanh",
        "relu and tanh",
        "[relu, tanh]",
        '["relu", "tanh"]',
        "relu\ntanh",
        "relu,\u00a0tanh\u00a0",
    ],
)
def test_spellings_of_names(value: object) -> None:
    """A list, or a text with commas, "and" or line breaks."""
    assert parse_names(value) == ("relu", "tanh")


@pytest.mark.parametrize("value", [3, None, [1, 2], {"relu": True}, ["a"] * 2_000])
def test_what_is_no_list_of_names(value: object) -> None:
    assert parse_names(value) is None


@pytest.mark.parametrize(
    "value",
    [[7, 6], "7x6", "7 x 6", "7 × 6", "7 by 6", "(7, 6)", "[7, 6]", "7*6", "7 6", ["7", "6"], [7.0, 6]],
)
def test_spellings_of_a_size(value: object) -> None:
    """As people write sizes."""
    assert parse_numbers(value) == (7.0, 6.0)


@pytest.mark.parametrize(
    "value",
    [
        [[1, -2], [30, 4]],
        [["1", "-2"], ["30", "4"]],
        ["1 -2", "30 4"],
        "1 -2\n30 4\n",
        "\n  1, −2,\n 30, 4\n",
        "[[1, -2], [30, 4]]",
        "[[ 1 -2]\n [30  4]]",
        "1 -2; 30 4",
        [[1.0, -2.0], [30.0, 4.0]],
    ],
)
def test_spellings_of_a_grid(value: object) -> None:
    """Lists of rows, or text with a row a line, as NumPy prints it too; any minus sign."""
    assert parse_grid(value) == ((1.0, -2.0), (30.0, 4.0))


@pytest.mark.parametrize("value", [7, None, "", [], [[]], "none", [[1, "a"]], [{"a": 1}], [[True]]])
def test_what_is_no_grid(value: object) -> None:
    assert parse_grid(value) is None


def test_rows_of_a_grid_may_differ() -> None:
    """Then the check says so, with the row."""
    assert parse_grid([[1, 2], [3]]) == ((1.0, 2.0), (3.0,))


@settings(deadline=None)
@given(ANY)
def test_any_value_is_parsed_or_refused(value: object) -> None:
    """Nothing that TOML can hold raises."""
    for parse in (parse_names, parse_numbers, parse_grid):
        parse(value)
    assert isinstance(answer_text(value), str)


def test_answers_in_words() -> None:
    """Grids line up, lists have commas, the rest is as it is."""
    assert answer_text([[1, -2], [30, 4]]) == "\u20071  −2\n30  \u20074"
    assert answer_text(["relu", "tanh"]) == "relu, tanh"
    assert answer_text(0.5) == "0.5"
