"""Public checks of answers.toml: can the answers be read? Whether they are right is marked later."""

import pytest

from grader.checks import check, fraction_answer
from grader.checks.answers import expect_one_of, number_answer

COUNTS = {
    "mlp_parameters": "1",
    "wide_parameters": "6",
    "cifar_mlp_parameters": "8",
    "cnn_parameters": "9",
}


@check(
    task="1",
    points=1,
    title="Accuracies and counts are numbers",
    feedback='Write the number alone, such as 1234, "1,234", 0.48 or 48%.',
)
@pytest.mark.parametrize("key", [*COUNTS, "untrained_accuracy", "cross_entropy_start"])
def test_numbers(submission, key):
    value = number_answer(submission.answer(key), key)
    if key == "untrained_accuracy":
        fraction_answer(value, key)


@check(
    task="2",
    points=1,
    title="Mean accuracies are shares",
    feedback="Write accuracies as numbers from 0 to 1, or in per cent.",
)
@pytest.mark.parametrize("key", ["task1_test_accuracy", "task2_test_accuracy"])
def test_shares(submission, key):
    fraction_answer(submission.answer(key), key)


@check(
    task="3",
    points=1,
    title="Choices are from the list",
    feedback="Choose one of the answers that stand above the key in answers.toml.",
)
@pytest.mark.parametrize("key", ["rate_effect", "adam_effect", "confusion_rows"])
def test_choices(submission, assignment, key):
    expect_one_of(submission.answer(key), assignment.question(key).choices, key=key)
