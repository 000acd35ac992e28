"""Text from students on a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.text import one_line, plain


def test_escape_sequences_and_direction_marks_are_removed() -> None:
    """No text can colour, move or reverse what a lecturer's terminal shows."""
    assert plain("\x1b[2Jhello\u202eolleh\x07") == "[2Jhelloolleh"


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_one_line_is_short_and_on_one_line(text: str, length: int) -> None:
    """Whatever the text, one line of at most `length` characters comes out."""
    line = one_line(text, length)
    assert len(line) <= length
    assert "\n" not in line
    assert "\x1b" not in line
