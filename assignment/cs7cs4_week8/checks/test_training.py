"""Public checks of the baseline, of training and of the sweeps, on a handful of black images."""

import numpy as np

from grader.checks import check, expect_close
from grader.checks.history import expect_epochs, expect_history
from grader.checks.sweeps import expect_rows
from grader.checks.train_probe import PROBE_COMPILE, PROBE_CONFIG, probe_data
from grader.sandbox import BuiltModel

TRAINING_SECONDS = 90.0
LABELS = np.array([4, 7, 7, 1, 7, 4])


@check(
    task="ii.b.i",
    points=1,
    title="Six labels",
    feedback="The commonest of 4, 7, 7, 1, 7, 4 is 7.",
)
def test_six_labels(submission):
    expect_close(
        submission.baseline_predictions(LABELS, 3), [7, 7, 7], what="baseline_predictions(labels, 3)"
    )


@check(
    task="ii.b.ii",
    points=1,
    title="A history of two epochs",
    feedback="Return what model.fit(..., validation_split=0.1) returns.",
)
def test_two_epochs(submission):
    x, y = probe_data(40)
    history = submission.allowing(TRAINING_SECONDS).train(
        BuiltModel(config=PROBE_CONFIG, compile=PROBE_COMPILE), x, y, 2, 10
    )
    expect_history(history)
    expect_epochs(history, 2)


@check(
    task="ii.b.iii",
    points=1,
    title="A sweep over two sizes",
    feedback="Return a list with one dict for each n: n, seconds, train_accuracy, test_accuracy.",
)
def test_two_sizes(submission):
    x, y = probe_data(30)
    expect_rows(submission.allowing(TRAINING_SECONDS).size_sweep(x, y, x, y, [10, 20], 1, 10), "n", [10, 20])


@check(
    task="ii.b.iv",
    points=1,
    title="A sweep over two L1 weights",
    feedback="Return a list with one dict for each weight: l1, seconds, train_accuracy, test_accuracy.",
)
def test_two_weights(submission):
    x, y = probe_data(20)
    expect_rows(
        submission.allowing(TRAINING_SECONDS).l1_sweep(x, y, x, y, [0.0, 0.1], 1, 10), "l1", [0.0, 0.1]
    )
