"""Part 4: outcomes, and the accuracies of the student's own runs, held against calibration."""

from __future__ import annotations

import pytest

from grader.checks import CheckFailed, check, expect_choice, judge_stated

OUTCOMES = {
    "never_learns": (0.0, 0.3),
    "learns_too_slowly": (0.0, 0.9),
    "learns_well": (0.6, 1.0),
}
"""Which accuracies an outcome goes with; generous, and wide enough for a run on few images."""


@pytest.fixture
def judge(submission, reference, assignment, dataset, evidence):
    """Reads the stated accuracies, shows them beside the reference's, and returns them as fractions."""

    def judge(stated):
        fractions, claims = judge_stated(
            {key: f"{experiment}:test_accuracy" for key, experiment in stated.items()},
            submission=submission,
            assignment=assignment,
            reference=reference,
            dataset=dataset,
            runs=tuple(stated.values()),
        )
        evidence.add(claims)
        return fractions

    return judge


def _expect_outcome(submission, assignment, key, expected, feedback):
    expect_choice(
        submission.answer(key), expected, assignment.question(key).choices, key=key, feedback=feedback
    )


@check(
    task="4.2",
    points=2,
    title="A learning rate of 1",
    feedback="Look at the accuracy after the first epoch and after the last: does it ever leave chance?",
)
def test_rate_1_outcome(submission, assignment):
    _expect_outcome(
        submission,
        assignment,
        "rate_1_outcome",
        "never_learns",
        "Compare the accuracy after ten epochs with that of guessing one of ten digits, and look at the loss:"
        " does it fall at all?",
    )


@check(
    task="4.2",
    points=2,
    title="A learning rate of 1e-5",
    feedback="Look at the direction of the curve after ten epochs, not only at its height.",
)
def test_rate_small_outcome(submission, assignment):
    _expect_outcome(
        submission,
        assignment,
        "rate_small_outcome",
        "learns_too_slowly",
        "Look at the direction in which loss and accuracy go, and at where they are after ten epochs: what"
        " would a hundred epochs do?",
    )


@check(
    task="4.2",
    points=1,
    title="Your accuracies for three learning rates",
    feedback="Give the test accuracies as numbers from 0 to 1, as your runs found them.",
)
def test_rates_stated(submission, judge):
    fractions = judge(
        {
            "base_test_accuracy": "base",
            "rate_1_test_accuracy": "rate-1",
            "rate_small_test_accuracy": "rate-1e-5",
        }
    )
    for rate in ("rate_1", "rate_small"):
        key, outcome = f"{rate}_test_accuracy", str(submission.answer(f"{rate}_outcome"))
        _expect_agreement(key, fractions[key], outcome)
        if fractions[key] > fractions["base_test_accuracy"]:
            raise CheckFailed(
                f"By your figures the base network is better with another learning rate ({key} ="
                f" {fractions[key]:g}) than with 0.01 ({fractions['base_test_accuracy']:g}). Have two figures"
                " changed places? If your runs really say so, look at the learning rate that reached the"
                " optimizer."
            )


def _expect_agreement(key, accuracy, outcome):
    low, high = OUTCOMES.get(outcome.strip().lower(), (0.0, 1.0))
    if not low <= accuracy <= high:
        raise CheckFailed(
            f"You answer that the network {outcome.replace('_', ' ')}, and state {key} = {accuracy:g}. These"
            " two do not go together: look at the curves again."
        )


@check(
    task="4.3",
    points=1,
    title="Your accuracy with momentum",
    feedback="Give the test accuracy as a number from 0 to 1.",
)
def test_momentum_stated(judge):
    judge({"momentum_test_accuracy": "momentum"})


@check(
    task="4.4",
    points=1,
    title="Your accuracy with two convolutions",
    feedback="Give the test accuracy as a number from 0 to 1.",
)
def test_two_conv_stated(judge):
    judge({"two_conv_test_accuracy": "two-conv"})
