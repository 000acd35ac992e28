"""Task 2, and counts of tasks 6, 8 and 9: the student's own figures."""

from __future__ import annotations

from grader.checks import CheckFailed, check, expect_integer, judge_stated

DENSE = (
    "A Dense layer has a weight for each input and unit, and a bias for each unit. How many numbers reach the"
    " first one?"
)


@check(
    task="2",
    points=2,
    title="Your mean accuracies",
    feedback="Give both mean accuracies on the test images as numbers from 0 to 1.",
)
def test_accuracies_stated(submission, reference, assignment, dataset, evidence):
    fractions, claims = judge_stated(
        {"task1_test_accuracy": "mlp-5:test_accuracy", "task2_test_accuracy": "mlp-20:test_accuracy"},
        submission=submission,
        assignment=assignment,
        reference=reference,
        dataset=dataset,
    )
    evidence.add(claims)
    five, twenty = fractions["task1_test_accuracy"], fractions["task2_test_accuracy"]
    if twenty < five - 0.02:
        raise CheckFailed(
            f"By your figures the mean accuracy falls from {five:g} after 5 epochs to {twenty:g} after 20."
            " Have two figures changed places? Look at the curves of task 2: where are they after 5 epochs?",
            earned=0.5,
        )


@check(
    task="6",
    points=2,
    title="Parameters of a wide network",
    feedback="Count as in task 1, with 128 hidden units.",
)
def test_wide_parameters(submission, reference):
    per_unit = 28 * 28 + 1 + 10
    expect_integer(
        submission.answer("wide_parameters"), 128 * per_unit + 10, key="wide_parameters", feedback=DENSE
    )


@check(
    task="8",
    points=1,
    title="Parameters of the dense network for CIFAR-10",
    feedback="A picture has 32 x 32 pixels of three colours each.",
)
def test_cifar_mlp_parameters(submission, reference):
    _expect_count(submission, reference, "cifar_mlp_parameters", "build_cifar_mlp", DENSE)


@check(
    task="9",
    points=1,
    title="Parameters of the convolutional network",
    feedback="Follow the shapes: without padding a 3 x 3 convolution takes two pixels off each side.",
)
def test_cnn_parameters(submission, reference):
    _expect_count(
        submission,
        reference,
        "cnn_parameters",
        "build_cifar_cnn",
        "A convolution has 3 x 3 weights for each pair of an input channel and a filter, and a bias for each"
        " filter. Without padding it takes two pixels off each side; pooling halves and rounds down.",
    )


def _expect_count(submission, reference, key, builder, feedback):
    expect_integer(submission.answer(key), reference.spec(builder).parameters, key=key, feedback=feedback)
