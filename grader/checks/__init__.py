"""What hidden and public checks are written with."""

from grader.checks.accuracy import expect_accuracy
from grader.checks.answer_lists import Slip, expect_choices, expect_grid, expect_size
from grader.checks.answers import expect_choice, expect_fraction, expect_integer, fraction_answer
from grader.checks.claims import claims_of, judge_claim, judge_run, judge_stated
from grader.checks.compiled import expect_compile
from grader.checks.convolution import expect_convolutions
from grader.checks.diagnosis import Case, Mistake, find_mistake
from grader.checks.expect import (
    as_array,
    expect_close,
    expect_equal,
    expect_finite,
    expect_number,
    expect_shape,
    shape_words,
)
from grader.checks.inspect_source import find_library_convolutions
from grader.checks.mark import CheckFailed, Inconclusive, check
from grader.checks.models import expect_layers, expect_penalty
from grader.checks.student_model import expect_spec
from grader.checks.timing import expect_time, measure

__all__ = [
    "Case",
    "CheckFailed",
    "Inconclusive",
    "Mistake",
    "Slip",
    "as_array",
    "check",
    "claims_of",
    "expect_accuracy",
    "expect_choice",
    "expect_choices",
    "expect_close",
    "expect_compile",
    "expect_convolutions",
    "expect_equal",
    "expect_finite",
    "expect_fraction",
    "expect_grid",
    "expect_integer",
    "expect_layers",
    "expect_number",
    "expect_penalty",
    "expect_shape",
    "expect_size",
    "expect_spec",
    "expect_time",
    "find_library_convolutions",
    "find_mistake",
    "fraction_answer",
    "judge_claim",
    "judge_run",
    "judge_stated",
    "measure",
    "shape_words",
]
