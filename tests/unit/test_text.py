"""Text from students on a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.text import one_line, plain


def test_escape_sequences_and_direction_marks_are_removed() -> None:
    """No text can colour, move or reverse what a lecturer's terminal shows."""
    assert plain("\x1b[2Jhello\u202eolleh\x07") == "helloolleh"
    assert plain("\x1b]0;title\x07a\x1b]8;;http://b\x1b\\c\x1b]8;;\nnext") == "ac\nnext"


def test_breaks_of_every_kind_are_one_kind() -> None:
    """No text is one line for us and two for a spreadsheet, or overwrites what stands before it."""
    assert plain("a\r\nb\rc\u2028d\u2029e\x85f\x0bg") == "a\nb\nc\nd\ne\nf\ng"


@given(st.text())
def test_what_is_left_is_harmless(text: str) -> None:
    """No control character but tab and newline, valid UTF-8, and nothing more to remove."""
    left = plain(text)
    left.encode()
    assert [c for c in left if ord(c) < 32 and c not in "\t\n"] == []
    assert left.splitlines() == left.removesuffix("\n").split("\n") or left in ("", "\n")
    assert plain(left) == left


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_one_line_is_short_and_on_one_line(text: str, length: int) -> None:
    """Whatever the text, one line of at most `length` characters comes out."""
    line = one_line(text, length)
    assert len(line) <= length
    assert "\n" not in line
    assert "\x1b" not in line
