"""Public checks of answers.toml: can the answers be read? Whether they are right is marked later."""

import pytest

from grader.checks import CheckFailed, check, fraction_answer
from grader.checks.answer_lists import chosen, grid_answer, size_answer
from grader.checks.answers import expect_one_of, number_answer


@check(
    task="1",
    points=1,
    title="Your activation functions are among the choices",
    feedback="Copy the names from the comment above the key.",
)
def test_activation_functions_can_be_read(submission, assignment):
    _expect_choices(submission, assignment, "activation_functions")


@check(
    task="1",
    points=1,
    title="What an MLP becomes is among the choices",
    feedback="Copy the name from the comment above the key.",
)
def test_without_activation_can_be_read(submission, assignment):
    _expect_choice(submission, assignment, "without_activation")


@check(
    task="2",
    points=1,
    title="Your measures are among the choices",
    feedback="Copy the names from the comment above the key.",
)
def test_measures_can_be_read(submission, assignment):
    _expect_choices(submission, assignment, "overfitting_measures")


@check(
    task="2",
    points=1,
    title="Your answer on penalties is among the choices",
    feedback="Copy the name from the comment above the key.",
)
def test_penalties_can_be_read(submission, assignment):
    _expect_choice(submission, assignment, "penalties_apply")


@check(
    task="3",
    points=1,
    title="Four rows of four numbers",
    feedback="The filter fits into the input at four places down and four across.",
)
def test_feature_map_can_be_read(submission):
    rows = grid_answer(submission.answer("feature_map"), key="feature_map")
    sizes = {len(row) for row in rows}
    if len(rows) != 4 or sizes != {4}:
        raise CheckFailed(
            f"feature_map has {len(rows)} rows of {' or '.join(map(str, sorted(sizes)))} numbers; wanted are"
            " four rows of four."
        )


@check(
    task="4.1",
    points=1,
    title="The count of parameters is a number",
    feedback='Write the number alone, such as 1234 or "1,234".',
)
def test_base_count_is_a_number(submission):
    number_answer(submission.answer("base_parameters"), "base_parameters")


@check(
    task="4.2",
    points=1,
    title="The outcomes are among the choices",
    feedback="Copy the name from the comment above the key.",
)
@pytest.mark.parametrize("key", ["rate_1_outcome", "rate_small_outcome"])
def test_outcomes_can_be_read(submission, assignment, key):
    _expect_choice(submission, assignment, key)


@check(
    task="4.2",
    points=1,
    title="Accuracies are shares",
    feedback="Write accuracies as numbers from 0 to 1, or in per cent.",
)
@pytest.mark.parametrize(
    "key",
    [
        "base_test_accuracy",
        "rate_1_test_accuracy",
        "rate_small_test_accuracy",
        "momentum_test_accuracy",
        "two_conv_test_accuracy",
    ],
)
def test_accuracies_are_shares(submission, key):
    fraction_answer(submission.answer(key), key)


@check(
    task="4.4",
    points=1,
    title="The count of the deeper network is a number",
    feedback="Write the number alone.",
)
def test_two_conv_count_is_a_number(submission):
    number_answer(submission.answer("two_conv_parameters"), "two_conv_parameters")


@check(
    task="5",
    points=1,
    title="Sizes are two whole numbers",
    feedback='Write [12, 12] or "12 x 12".',
)
@pytest.mark.parametrize("key", ["dilated_size", "two_layers_size", "receptive_field"])
def test_sizes_can_be_read(submission, key):
    size_answer(submission.answer(key), 2, key=key)


def _expect_choices(submission, assignment, key):
    chosen(submission.answer(key), assignment.question(key).choices, key=key)


def _expect_choice(submission, assignment, key):
    expect_one_of(submission.answer(key), assignment.question(key).choices, key=key)
