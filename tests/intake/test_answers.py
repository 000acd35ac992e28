"""answers.toml is read or explained; numbers are understood however they are written."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake import AnswersError, parse_answers, parse_number


def test_answers() -> None:
    """Keys and values as they stand; none without a file; a byte order mark does not matter."""
    assert parse_answers(b"n = 1\nwhy = '''a\nb'''\n") == {"n": 1, "why": "a\nb"}
    assert parse_answers(b"\xef\xbb\xbfn = 1") == {"n": 1}
    assert parse_answers(None) == {}
    assert parse_answers(b"") == {}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"n = 1\nm = 37,146\n", r"line 2, column 7: .* in: m = 37,146\. Write numbers bare"),
        (b"n = \n", r"line 1, column 5: Invalid value in: n ="),
        (b"n = 'a\n", r"at the end: Expected \"'\"\. Write numbers bare"),
        (b"n = 1\nn = 2\n", r"line 2, column 6: .*overwrite.* Each key may stand only once"),
        (b"text = '''never closed\n", "at the end: "),
        ("n = 1\nm = 'é'".encode("latin-1"), "line 2: the file is not UTF-8"),
        (b"n = " + b"[" * 10_000, "nested too deeply"),
        (b"n = 1\nx = '\x1b[31m'", "line 2"),
        (b"n = 1\n" + b"a." * 500_000 + b"b = 1", "line 2: more than 50 names are joined by dots"),
        (b"n = 0x" + b"f" * 5_000, "holds an impossible value"),
        (b"n = [{a = [0o" + b"7" * 5_000 + b"]}]", "holds an impossible value"),
    ],
)
def test_faults_with_place_and_next_step(raw: bytes, message: str) -> None:
    """Line, column, the line itself and what to write instead."""
    with pytest.raises(AnswersError, match=message) as caught:
        parse_answers(raw)
    assert str(caught.value).isprintable()
    assert str(caught.value).endswith(".")


@given(st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_explained(raw: bytes) -> None:
    """Nothing but AnswersError comes out."""
    with contextlib.suppress(AnswersError):
        assert isinstance(parse_answers(raw), dict)


def test_dots_are_no_fault_in_themselves() -> None:
    """Only what could cost hours is refused: neither keys of a few parts nor an answer full of dots."""
    answers = parse_answers(b"a.b.'c d' = 1\nt = '''..........\n1.2.3.\n'''")
    assert answers == {"a": {"b": {"c d": 1}}, "t": "..........\n1.2.3.\n"}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (37146, 37146), (0.48, 0.48), ("37146", 37146), ("37,146", 37146), ("37 146", 37146),
        ("37.146", 37.146), ("37\u202f146", 37146), ("37'146", 37146), ("1,234,567", 1234567),
        ("1,234,567.5", 1234567.5), ("48 %", 0.48), ("48%", 0.48), ("48.5 percent", 0.485), ("48,5 %", 0.485),
        ("~48 %", 0.48), ("≈ 0.48", 0.48), ("about 0.48", 0.48), ("0,48", 0.48), (".48", 0.48),
        ("1e-4", 1e-4), ("-3", -3), ("−3", -3), (" 7. ", 7), ("0", 0), ("٣", 3),
    ],
)  # fmt: skip
def test_numbers(value: object, number: float) -> None:
    """Separators, percent signs, spaces and the words for about."""
    assert parse_number(value) == pytest.approx(number)


@pytest.mark.parametrize(
    "value", ["", "many", "37146 parameters", "1,23,456", "12,34,567", "1 2", None, True, [1], float("nan"),
              float("inf"), "nan", "1e999", 10**400, "0x10", "9" * 200],
)  # fmt: skip
def test_what_is_no_number(value: object) -> None:
    """None, and no exception."""
    assert parse_number(value) is None


@given(st.integers(-(10**12), 10**12))
def test_any_integer_however_grouped(number: int) -> None:
    """Plain and with thousands separators."""
    assert parse_number(str(number)) == number
    assert parse_number(f"{number:,}") == number
    assert parse_number(f"{number:,}".replace(",", " ")) == number


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    """Nothing else comes out."""
    number = parse_number(text)
    assert number is None or isinstance(number, float)
