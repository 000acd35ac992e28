"""answers.toml: values or the line at fault; every reader of answers bears whatever the values are."""

from __future__ import annotations

import math
from datetime import date, datetime, time

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from grader.assignment_folder import clone_root, load_assignment
from grader.grading.answers import free_text_answers
from grader.intake import (
    AnswersError,
    answer_text,
    parse_answers,
    parse_grid,
    parse_names,
    parse_number,
    parse_numbers,
)
from grader.intake.files import ANSWERS_LIMIT
from grader.submission import Submission
from tests.fuzz.spoil import edited
from tests.fuzz.target import ACCEPTED, Target, refusal, require_encodable, require_message

ASSIGNMENT = load_assignment("cs7cs4_week8", clone_root()).assignment
TEXTS = [question.id for question in ASSIGNMENT.answers if question.kind == "text"]
NUMBERS = [question.id for question in ASSIGNMENT.answers if question.kind != "text"]
_SHOWN = 2_000_000


def contract(case: bytes) -> str:
    raw = case[:ANSWERS_LIMIT]  # intake leaves larger files out
    submission = Submission("student", "0" * 64, (), (), answers=raw)
    free = free_text_answers(submission, ASSIGNMENT)
    try:
        answers = parse_answers(raw)
    except AnswersError as error:
        require_message(str(error))
        assert free == ()
        return refusal(error, str(error).partition(": ")[2][:12])
    for question in free:
        require_encodable(question.text)
    for key, value in answers.items():
        require_encodable(key)
        _check_value(value)
    return ACCEPTED


def _check_value(value: object) -> None:
    """Read as every kind of answer there is, and as text for a report."""
    number = parse_number(value)
    assert number is None or math.isfinite(number)
    for numbers in (parse_numbers(value) or (), *(parse_grid(value) or ())):
        assert all(math.isfinite(item) for item in numbers)
    for name in parse_names(value) or ():
        assert name == name.strip() != ""
    text = answer_text(value)
    require_encodable(text)
    assert len(text) <= _SHOWN
    if isinstance(value, dict):
        for inner in value.values():
            _check_value(inner)
    elif isinstance(value, list):
        for inner in value[:50]:
            _check_value(inner)
    else:
        assert isinstance(value, (str, bool, int, float, date, datetime, time))


# --- cases ---------------------------------------------------------------------------------------

SAMPLES = clone_root() / "tests" / "submissions"


def genuine() -> list[bytes]:
    paths = [
        *SAMPLES.glob("correct/*/*/answers.toml"),
        *clone_root().glob("assignment/*/starter/answers.toml"),
    ]
    return [path.read_bytes() for path in sorted(paths)]


SPELLINGS = (
    b'""', b"37146", b'"37,146"', b'"~ 48 %"', b"0.48", b"1e-4", b"inf", b"-nan", b"true",
    b"1979-05-27T07:32:00Z", b"1979-05-27", b"07:32:00", b"[3, 32]", b'"7 x 7"', b"[[1, 2], [3, 4]]",
    b'["1 2", "3 4"]', b"{a = 1, b = [2]}", b"0x" + b"f" * 4000, b"0b1", b"0o7", b"9" * 4301, b"1_000", b"-0",
    b"+1", b"1e400", b'"""\nlines\n"""', b"'''x'''", b'"\\u001b[31m"', b'"\\U0010FFFF"', b'"\\ud800"', b"{}",
    b"[]", b'"conv1; conv2 and dense"', b'"(7, 7)"', b"24:00:00", b"2024-02-30", b"[" * 30 + b"]" * 30,
    b'{a.b.c = 1}', b'"9" ', b"[[1], 2, [[3]]]", b"[0x" + b"9" * 4000 + b"]",
)  # fmt: skip
TOKENS = (
    *SPELLINGS, b"\n", b" = ", b".", b"a.", b'"".', b"''.", b"#", b"\r", b"\t", b"\\", b'"""', b"'''",
    b"[a]\n", b"[[a]]\n", b"[a.b]\n", b"\xff", b"\xef\xbb\xbf", b"\x00", b"\x1b", b",", b"{a=", b"[", b"]",
    b"}", b"a=1\n", b"_", b"e", b"1979-", b"\\u", b"\\\n", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"a.b=1\n",
    b"1,", b"x ", b"and ",
)  # fmt: skip
_KEYS = st.sampled_from(
    [*(key.encode() for key in [*TEXTS, *NUMBERS]), b"a", b"a.b", b'"\\u202e"', b"", b'a."b c"']
)


@st.composite
def _files(draw: DrawFn) -> bytes:
    """A few keys with answers of any kind, some of them twice."""
    lines = [draw(_KEYS) + b" = " + draw(_SPELLING) for _ in range(draw(_COUNT))]
    return draw(_HEADS) + b"\n".join(lines)


_SPELLING = st.sampled_from(SPELLINGS)
_COUNT, _HEADS = st.integers(0, 6), st.sampled_from([b"", b"", b"# text\n", b"[table]\n", b"[[tables]]\n"])
_REAL: SearchStrategy[bytes] = st.sampled_from(genuine())

TARGET = Target(
    name="answers",
    contract=contract,
    cases=edited(_files(), TOKENS, one_in=3) | edited(_REAL, TOKENS, one_in=1),
    genuine=genuine,
    tokens=TOKENS,
)
