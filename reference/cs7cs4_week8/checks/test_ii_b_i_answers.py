"""Part (ii.b.i): short answers, and the baseline."""

from __future__ import annotations

import numpy as np

from grader.checks import (
    CheckFailed,
    as_array,
    check,
    expect_choice,
    expect_fraction,
    expect_integer,
    judge_stated,
)
from grader.checks.baseline import BASELINE_MISTAKES, expect_baseline
from grader.sandbox import SubmissionFault

LAYERS = ("conv1", "conv2", "conv3", "conv4", "dense")
CONVOLUTION = (
    "A convolutional layer has (kernel height x kernel width x channels that come in + 1) parameters for each"
    " of its filters; the 1 is the bias. The channels that come in are the filters of the layer before."
)
DENSE = "A Dense layer has one weight for each pair of an input and an output, and one bias for each output."


@check(
    task="ii.b.i",
    points=2,
    title="Parameters in total",
    feedback="model.summary() gives the total; each layer's share you can work out by hand.",
)
def test_total_parameters(submission, reference):
    expect_integer(
        submission.answer("strided_parameters"),
        reference.spec("build_strided").parameters,
        key="strided_parameters",
        feedback=(
            "It is the sum over the five layers with weights of the network that the handout describes. If"
            " your own model.summary() says what you wrote, the network differs: see the checks on its"
            " layers."
        ),
    )


@check(
    task="ii.b.i",
    points=2,
    title="Parameters of each layer",
    feedback="Work out one layer by hand, then compare with model.summary().",
)
def test_layer_parameters(submission, reference):
    counts = [row.parameters for row in reference.spec("build_strided").layers() if row.parameters]
    problems = []
    for layer, count in zip(LAYERS, counts, strict=True):
        key = f"strided_{layer}_parameters"
        try:
            expect_integer(
                submission.answer(key), count, key=key, feedback=DENSE if layer == "dense" else CONVOLUTION
            )
        except CheckFailed as error:
            problems.append(error.feedback)
        except SubmissionFault as fault:
            problems.append(fault.message)
    if len(problems) == len(LAYERS):
        submission.answer("strided_conv1_parameters")
    if problems:
        raise CheckFailed(problems[0], earned=1 - len(problems) / len(LAYERS))


@check(
    task="ii.b.i",
    points=1,
    title="The largest layer",
    feedback="Compare the five counts.",
)
def test_largest_layer(submission):
    expect_choice(
        submission.answer("strided_largest_layer"),
        "dense",
        LAYERS,
        key="strided_largest_layer",
        feedback=(
            "Compare the counts of all five layers: filters are shared by all places of the image,"
            " connections to every place are not."
        ),
    )


@check(
    task="ii.b.i",
    points=1,
    title="Your accuracies",
    feedback="Give both accuracies for n = 5,000 as numbers from 0 to 1.",
)
def test_accuracies_stated(submission, reference, assignment, dataset, evidence):
    _, claims = judge_stated(
        {
            "strided_train_accuracy": "strided-5k:train_accuracy",
            "strided_test_accuracy": "strided-5k:test_accuracy",
        },
        submission=submission,
        assignment=assignment,
        reference=reference,
        dataset=dataset,
    )
    evidence.add(claims)


@check(
    task="ii.b.i",
    points=3,
    title="The baseline's answers",
    feedback="Count the labels in y_train, take the commonest, and return it n times: np.full(n, label).",
)
def test_baseline(submission, rng):
    cases = []
    for n in (7, 40):
        labels = _labels(rng)
        cases.append((labels, n, int(np.bincount(labels).argmax())))
    expect_baseline(submission.baseline_predictions, cases, BASELINE_MISTAKES)


@check(
    task="ii.b.i",
    points=2,
    title="The baseline with one-hot labels, and with ties",
    feedback="Where y_train has ten columns, turn it into class numbers first: y_train.argmax(axis=1).",
)
def test_baseline_one_hot(submission, rng):
    labels = _labels(rng)
    commonest = int(np.bincount(labels).argmax())
    expect_baseline(
        lambda y_train, n: submission.baseline_predictions(np.eye(10, dtype=np.float32)[y_train], n),
        [(labels, 15, commonest)],
        BASELINE_MISTAKES,
    )
    tied = rng.permutation(np.repeat(rng.choice(10, 3, replace=False), 6))
    answer = np.unique(as_array(submission.baseline_predictions(tied, 9), "baseline_predictions"))
    if len(answer) != 1 or answer[0] not in tied:
        raise CheckFailed(
            "When two labels are equally common, your baseline does not settle on one of them. Any of them"
            " will do, but the same for all n images."
        )


@check(
    task="ii.b.i",
    points=1,
    title="The baseline's accuracy",
    feedback=(
        "The test images are spread evenly over the ten classes: which share has the one that the baseline"
        " names?"
    ),
)
def test_baseline_accuracy(submission):
    expect_fraction(
        submission.answer("baseline_accuracy"),
        0.085,
        0.13,
        key="baseline_accuracy",
        feedback=(
            "The test images are spread about evenly over ten classes, and the baseline names the same class"
            " every time: which share of the images is in that class?"
        ),
    )


def _labels(rng):
    """60 to 90 integers with one commonest class that is neither 0 nor the first nor the largest."""
    while True:
        labels = rng.permutation(np.repeat(np.arange(10), rng.permutation([2, 3, 4, 5, 6, 7, 8, 9, 10, 19])))
        commonest = np.bincount(labels).argmax()
        if commonest not in (0, 9, labels[0], labels[-1]):
            return labels
