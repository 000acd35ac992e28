"""The confusion matrix: counts, classes that do not occur, probabilities, and which axis is which."""

from __future__ import annotations

import numpy as np

from grader.checks import check, expect_choice
from grader.checks.confusion import CLASSES, expect_counts


def _labels(rng, classes=CLASSES, n=80):
    """Labels and answers in which some classes are taken for others, and never as often back."""
    y_true = np.concatenate([np.arange(classes), rng.integers(0, classes, n)])
    y_pred = np.where(rng.uniform(size=len(y_true)) < 0.6, y_true, (y_true + 1) % classes)
    y_pred[:classes] = (np.arange(classes) + 1) % classes
    return y_true, y_pred


@check(
    task="c",
    points=4,
    title="Counts",
    feedback="Begin with zeros((10, 10)) and add 1 for each image, at its true and its predicted class.",
)
def test_confusion_counts(submission, rng):
    for _ in range(2):
        expect_counts(submission.confusion, *_labels(rng))


@check(
    task="c",
    points=2,
    title="Classes that do not occur",
    feedback="There are ten rows and ten columns, whatever occurs in these labels.",
)
def test_confusion_all_classes(submission, rng):
    expect_counts(submission.confusion, *_labels(rng, classes=7, n=30))


@check(
    task="c",
    points=2,
    title="Probabilities as predictions",
    feedback="Where y_pred has ten columns, take the largest of each row first: y_pred.argmax(axis=1).",
)
def test_confusion_of_probabilities(submission, rng):
    y_true, y_pred = _labels(rng)
    weights = rng.uniform(0, 1, (len(y_pred), CLASSES))
    weights[np.arange(len(y_pred)), y_pred] += 1
    probabilities = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    expect_counts(submission.confusion, y_true, probabilities)


@check(
    task="c",
    points=2,
    title="Which axis is which",
    feedback="Look at the entry of a single pair: true class 3, predicted 5. Is it in row 3 or in column 3?",
)
def test_confusion_axes(submission, assignment, rng):
    rows_are_true = expect_counts(submission.confusion, *_labels(rng))
    expect_choice(
        submission.answer("confusion_rows"),
        "true" if rows_are_true else "predicted",
        assignment.question("confusion_rows").choices,
        key="confusion_rows",
        feedback="Both orientations are in use, but the answer must fit your own function: give it one pair,"
        " y_true = [3] and y_pred = [5], and look where the 1 is.",
    )
