"""Repeated runs, means of a sweep, and the confusion matrix: mistakes are named, right answers pass."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.confusion import counted, expect_counts
from grader.checks.mean_sweep import MeanProbe, expect_means
from grader.checks.repeats import CONTINUED, RunsProbe, read_curves
from grader.checks.sweeps import shares


def curves_of(probe, starts, test=None):
    """Losses that halve each epoch from `starts`; test accuracies that are shares of a class."""
    tested = shares(probe.y_test)[4] if test is None else test
    halves = 0.5 ** np.arange(probe.EPOCHS)
    return [
        {
            "loss": list(0.1 + start * halves),
            "accuracy": [0.1] * probe.EPOCHS,
            "val_loss": [0.2] * probe.EPOCHS,
            "val_accuracy": [tested] * probe.EPOCHS,
        }
        for start in starts
    ]


@pytest.fixture
def probe():
    return RunsProbe.draw(np.random.default_rng(3))


def test_new_networks_pass(probe):
    """Keras' own names of the curves are read, lists of dicts as well as columns."""
    value = curves_of(probe, [0.5, 0.3, 0.4, 0.6])
    columns = {name: [run[name] for run in value] for name in value[0]}
    for given in (value, columns):
        curves = read_curves(given, 4)
        probe.expect_fresh(curves)
        probe.expect_epochs(curves)
        probe.expect_test_images(curves)


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ([0.5 * 2.0 ** (-(RunsProbe.EPOCHS - 1) * run) for run in range(4)], "trained on and on"),
        ([0.4] * 4, "same start"),
    ],
)
def test_old_networks_are_named(probe, starts, words):
    """The same network trained on, and the same seed each time."""
    with pytest.raises(CheckFailed, match=words):
        probe.expect_fresh(read_curves(curves_of(probe, starts), 4))


def first_and_last_loss(rng, probe, hidden=32, rate=0.1):
    """Of a new network of task 1 (dense, relu twice, mean squared error, SGD), one step an epoch."""
    x, y = probe.x_train.reshape(len(probe.labels), -1), np.eye(10)[probe.labels]
    weights = [
        rng.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape)) for shape in ((x.shape[1], hidden), (hidden, 10))
    ]
    biases = [np.zeros(hidden), np.zeros(10)]
    losses = []
    for _ in range(probe.EPOCHS):
        between = np.maximum(x @ weights[0] + biases[0], 0)
        output = np.maximum(between @ weights[1] + biases[1], 0)
        losses.append(np.mean((output - y) ** 2))
        outer = 2 * (output - y) / y.size * (output > 0)
        inner = (outer @ weights[1].T) * (between > 0)
        for layer, (given, error) in enumerate(((x, inner), (between, outer))):
            weights[layer] -= rate * given.T @ error
            biases[layer] -= rate * error.sum(axis=0)
    return losses[0], losses[-1]


def test_new_networks_begin_far_from_where_the_last_one_ended():
    """80 pairs: the least of them is more than twice as far back up as what counts as continued."""
    rng = np.random.default_rng(0)
    back = []
    for _ in range(80):
        probe = RunsProbe.draw(rng)
        (start, end), (new, _) = first_and_last_loss(rng, probe), first_and_last_loss(rng, probe)
        back.append((new - end) / (start - end))
    assert min(back) > 2 * CONTINUED


@pytest.mark.parametrize(("test", "words"), [(0.1, "those of the training"), (0.2, "validation_split")])
def test_other_images_are_named(probe, test, words):
    """Curves that are not measured on the test images."""
    with pytest.raises(CheckFailed, match=words):
        probe.expect_test_images(read_curves(curves_of(probe, [0.5, 0.3, 0.4, 0.6], test), 4))


@pytest.mark.parametrize(
    ("value", "words"), [(None, "None"), ([], "returns 0"), ([{}] * 4, "lacks the curve")]
)
def test_unreadable_curves_are_named(value, words):
    """What is missing is said."""
    with pytest.raises(CheckFailed, match=words):
        read_curves(value, 4)


def simulated_sweep(rng, combine):
    """Networks that answer with a class at random, as untrained ones nearly do."""

    def sweep(x_train, y_train, x_test, y_test, widths, runs, epochs, batch_size):
        rows = []
        for width in widths:
            answers = rng.integers(0, 10, runs)
            rows.append(
                {
                    "hidden": width,
                    "parameters": 795 * width + 10,
                    "train_accuracy": combine([float(np.mean(y_train == answer)) for answer in answers]),
                    "test_accuracy": combine([float(np.mean(y_test == answer)) for answer in answers]),
                }
            )
        return rows

    return sweep


def judge(sweep, rng):
    probe = MeanProbe.draw(rng)
    expect_means(probe, probe.rows(sweep), sweep, lambda: MeanProbe.draw(rng))


def test_means_of_runs_never_fail():
    """Not in 2,000 sweeps, with four digits as with all."""
    rng = np.random.default_rng(5)
    for digits in (4, 16):
        sweep = simulated_sweep(rng, lambda values, digits=digits: round(float(np.mean(values)), digits))
        for _ in range(1000):
            judge(sweep, rng)


@pytest.mark.parametrize("combine", [max, lambda values: values[-1], lambda values: values[0]])
def test_single_runs_are_found(combine):
    """The best, the last and the first run instead of the mean."""
    rng = np.random.default_rng(6)
    with pytest.raises(CheckFailed, match="only one run"):
        judge(simulated_sweep(rng, combine), rng)


LABELS = np.array([0, 1, 2, 2, 2, 5]), np.array([0, 2, 2, 1, 0, 5])


def test_either_orientation_counts():
    """And the answer says which it is."""
    assert expect_counts(counted, *LABELS)
    assert not expect_counts(lambda y_true, y_pred: counted(y_true, y_pred).T, *LABELS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda counts: counts / counts.sum(), "normalised"),
        (lambda counts: counts / np.maximum(counts.sum(axis=0), 1), "normalised"),
        (lambda counts: counts[np.ix_([0, 1, 2, 5], [0, 1, 2, 5])], "classes that occur"),
        (lambda counts: counts - np.diag(np.diag(counts)), "diagonal"),
        (lambda counts: counts + 1, "not right in either"),
        (lambda counts: counts[:9], "shape 9 x 10"),
    ],
)
def test_mistakes_in_the_matrix_are_named(change, words):
    """Each with words of its own."""
    with pytest.raises(CheckFailed, match=words):
        expect_counts(lambda y_true, y_pred: change(counted(y_true, y_pred)), *LABELS)
