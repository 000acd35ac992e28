"""Public checks of the runs, the sweep and the confusion matrix, on a handful of grey images."""

import numpy as np

from grader.checks import check, expect_close
from grader.checks.mean_sweep import read_mean_rows
from grader.checks.repeats import read_curves

TRAINING_SECONDS = 120.0
IMAGES = np.full((20, 28, 28), 0.5, dtype=np.float32)
LABELS = np.arange(20) % 10
Y_TRUE, Y_PRED = np.array([3, 3, 3, 8]), np.array([3, 5, 3, 8])


@check(
    task="1",
    points=1,
    title="Two runs of two epochs",
    feedback="Return a list with one dict of four curves for each run.",
)
def test_two_runs(submission):
    rows = np.eye(10, dtype=np.float32)[LABELS]
    value = submission.allowing(TRAINING_SECONDS).repeat_runs(
        IMAGES, rows, IMAGES, rows, runs=2, epochs=2, batch_size=10
    )
    read_curves(value, 2)


@check(
    task="6",
    points=1,
    title="A sweep over two widths",
    feedback="Return a list with one dict for each width: hidden, parameters, train_accuracy, test_accuracy.",
)
def test_two_widths(submission):
    value = submission.allowing(TRAINING_SECONDS).hidden_sweep(
        IMAGES, LABELS, IMAGES, LABELS, [2, 3], runs=1, epochs=1, batch_size=10
    )
    read_mean_rows(value, [2, 3])


@check(
    task="c",
    points=1,
    title="Four labels",
    feedback="Of the three images of class 3, two are right and one is taken for a 5; the 8 is right.",
)
def test_four_labels(submission):
    counts = np.zeros((10, 10))
    counts[3, 3], counts[3, 5], counts[8, 8] = 2, 1, 1
    actual = np.asarray(submission.confusion(Y_TRUE, Y_PRED))
    turned = actual.shape == (10, 10) and actual[5, 3] == 1
    expect_close(actual.T if turned else actual, counts, what="confusion([3, 3, 3, 8], [3, 5, 3, 8])")
