"""Parts (ii.b.ii) to (ii.b.iv): the training function and the two sweeps, on data made for it."""

from __future__ import annotations

import pytest

from grader.checks import check
from grader.checks.history import expect_epochs, expect_history, expect_steps
from grader.checks.sweep_probes import L1Probe, SizeProbe
from grader.checks.sweeps import expect_durations, expect_rows
from grader.checks.train_probe import PROBE_COMPILE, PROBE_CONFIG, probe_data
from grader.sandbox import BuiltModel

IMAGES, BATCH, EPOCHS = 60, 25, 3

TRAINING_SECONDS = 90.0
"""Two small trainings take three seconds; the rest is for a machine that has other work."""


@pytest.fixture(scope="module")
def history(submission):
    """What `train` returns for a network of which every loss is known beforehand."""
    x, y = probe_data(IMAGES)
    return submission.allowing(TRAINING_SECONDS).train(
        BuiltModel(config=PROBE_CONFIG, compile=PROBE_COMPILE), x, y, EPOCHS, BATCH
    )


@pytest.fixture(scope="module")
def sizes(submission, module_rng):
    """The probe, and what `size_sweep` returns for it."""
    probe = SizeProbe.draw(module_rng)
    return probe, _sweep(submission.allowing(TRAINING_SECONDS).size_sweep, probe, probe.sizes)


@pytest.fixture(scope="module")
def penalties(submission, module_rng):
    """The probe, and what `l1_sweep` returns for it."""
    probe = L1Probe.draw(module_rng)
    return probe, _sweep(submission.allowing(TRAINING_SECONDS).l1_sweep, probe, probe.weights)


def _sweep(function, probe, settings):
    """By position, so that the names of a student's parameters are free."""
    images = probe.x_train, probe.one_hot_train, probe.x_test, probe.one_hot_test
    return function(*images, list(settings), probe.EPOCHS, probe.BATCH)


@check(
    task="ii.b.ii",
    points=3,
    title="The history has four curves",
    feedback="Return what model.fit returns: its history holds loss, accuracy, val_loss and val_accuracy.",
)
def test_history_curves(history):
    expect_history(history)


@check(
    task="ii.b.ii",
    points=2,
    title="As many epochs as asked for",
    feedback="Hand the arguments on: model.fit(x, y, epochs=epochs, ...).",
)
def test_history_epochs(history):
    expect_epochs(history, EPOCHS)


@check(
    task="ii.b.ii",
    points=3,
    title="Batches as asked for, a tenth held back",
    feedback="model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1)",
)
def test_history_steps(history):
    expect_steps(history, IMAGES, BATCH)


@check(
    task="ii.b.iii",
    points=3,
    title="A row for each number of images",
    feedback="Return a list with one dict for each n: n, seconds, train_accuracy, test_accuracy.",
)
def test_size_rows(sizes):
    probe, table = sizes
    expect_durations(expect_rows(table, "n", probe.sizes), TRAINING_SECONDS)


@check(
    task="ii.b.iii",
    points=3,
    title="Accuracies on all test images and on the training images",
    feedback=(
        "Measure the test accuracy on the whole of x_test, the training accuracy on the n images trained on."
    ),
)
def test_size_accuracies(sizes):
    probe, table = sizes
    probe.expect_measured(expect_rows(table, "n", probe.sizes))


@check(
    task="ii.b.iii",
    points=4,
    title="A new network for each n, trained on the first n images",
    feedback="Build the network inside the loop, and train it on x_train[:n], y_train[:n].",
)
def test_size_fresh(sizes):
    probe, table = sizes
    probe.expect_fresh(expect_rows(table, "n", probe.sizes))


@check(
    task="ii.b.iv",
    points=3,
    title="A row for each L1 weight",
    feedback="Return a list with one dict for each weight: l1, seconds, train_accuracy, test_accuracy.",
)
def test_l1_rows(penalties):
    probe, table = penalties
    expect_durations(expect_rows(table, "l1", probe.weights), TRAINING_SECONDS)


@check(
    task="ii.b.iv",
    points=2,
    title="Accuracies of the networks",
    feedback="Train each network with the epochs and the batch size given, and measure it on all images.",
)
def test_l1_accuracies(penalties):
    probe, table = penalties
    probe.expect_measured(expect_rows(table, "l1", probe.weights))


@check(
    task="ii.b.iv",
    points=3,
    title="The weight reaches the network",
    feedback="Build each network with its own weight: build_strided(l1=weight), inside the loop.",
)
def test_l1_effect(penalties):
    probe, table = penalties
    probe.expect_effect(expect_rows(table, "l1", probe.weights))
