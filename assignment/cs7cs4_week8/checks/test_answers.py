"""Public checks of answers.toml: can the numbers be read? Whether they are right is marked later."""

import pytest

from grader.checks import CheckFailed, check, fraction_answer
from grader.checks.answers import number_answer

COUNTS = [
    "strided_parameters",
    "strided_conv1_parameters",
    "strided_conv2_parameters",
    "strided_conv3_parameters",
    "strided_conv4_parameters",
    "strided_dense_parameters",
]


@check(
    task="ii.b.i",
    points=1,
    title="Parameter counts are numbers",
    feedback='Write the number alone, such as 1234 or "1,234".',
)
@pytest.mark.parametrize("key", COUNTS)
def test_counts_are_numbers(submission, key):
    number_answer(submission.answer(key), key)


@check(
    task="ii.b.i",
    points=1,
    title="The counts of the layers add up to the total",
    feedback="The total is the sum over the five layers with weights.",
)
def test_counts_add_up(submission):
    total, *layers = (number_answer(submission.answer(key), key) for key in COUNTS)
    if total != sum(layers):
        raise CheckFailed(
            f"Your five layers add up to {sum(layers):,.0f}, but strided_parameters says {total:,.0f}. One of"
            " the six is wrong."
        )


@check(
    task="ii.b.i",
    points=1,
    title="Accuracies are shares",
    feedback="Write accuracies as numbers from 0 to 1, or in per cent.",
)
@pytest.mark.parametrize("key", ["strided_train_accuracy", "strided_test_accuracy", "baseline_accuracy"])
def test_accuracies_are_shares(submission, key):
    fraction_answer(submission.answer(key), key)


@check(
    task="ii.c",
    points=1,
    title="The pooled network's count is a number",
    feedback="Write the number alone.",
)
def test_pooled_count_is_a_number(submission):
    number_answer(submission.answer("pooled_parameters"), "pooled_parameters")


@check(
    task="ii.d",
    points=1,
    title="The deep network's count is a number",
    feedback="Write the number alone.",
)
def test_deep_count_is_a_number(submission):
    number_answer(submission.answer("deep_parameters"), "deep_parameters")
