"""Tables of sweeps are read in all usual forms, and the probes tell what a network was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.sweep_probes import L1Probe, SizeProbe
from grader.checks.sweeps import (
    CLASSES,
    SweepRow,
    answered_class,
    balanced_test_labels,
    expect_durations,
    expect_rows,
    shares,
)

ROWS = (SweepRow(10, 1.5, 0.5, 0.25), SweepRow(20, 3.0, 0.75, 0.5))


@pytest.mark.parametrize(
    "table",
    [
        [
            {"n": 10, "seconds": 1.5, "train_accuracy": 0.5, "test_accuracy": 0.25},
            {"n": 20, "seconds": 3.0, "train_accuracy": 0.75, "test_accuracy": 0.5},
        ],
        [
            {"Test Accuracy": 0.25, "size": np.int64(10), "time": 1.5, "train_acc": np.float32(0.5)},
            {"Test Accuracy": 0.5, "size": 20, "time": 3.0, "train_acc": 0.75},
        ],
        [(10, 1.5, 0.5, 0.25), (20, 3.0, 0.75, 0.5)],
        np.array([[10, 1.5, 0.5, 0.25], [20, 3.0, 0.75, 0.5]]),
        {"10": {"seconds": 1.5, "train_accuracy": 0.5, "test_accuracy": 0.25}, 20: (3.0, 0.75, 0.5)},
        {"n": [10, 20], "seconds": [1.5, 3], "train_accuracy": [0.5, 0.75], "test_accuracy": [0.25, 0.5]},
        [(10, 1.5, 50.0, 25.0), (20, 3.0, 75.0, 50.0)],
    ],
    ids=["dicts", "other names", "tuples", "array", "dict of rows", "columns", "per cent"],
)
def test_forms_of_a_table(table):
    """All of these are the same table."""
    assert expect_rows(table, "n", [10, 20]) == ROWS


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (None, "returns None"),
        ([], "returns 0 rows"),
        ([(10, 1.5, 0.5, 0.25)], "returns 1 row"),
        ([(10, 1.5, 0.5, 0.25), (10, 1.5, 0.5, 0.25)], "where 20 was asked for"),
        ([(10, 0.5), (20, 0.5)], "has 2 values"),
        ([{"n": 10, "test_accuracy": 0.5}, {"n": 20, "test_accuracy": 0.5}], 'no "seconds"'),
        ({"best": (1.0, 0.5, 0.5), "worst": (1.0, 0.5, 0.5)}, "is no value of n"),
        ([(10, 1.5, 0.5, 2.3), (20, 1.5, 0.5, 2.3)], "may be the loss"),
        ([(10, 1.5, 0.5, float("nan")), (20, 1.5, 0.5, 0.5)], "finite number"),
        (3.5, "returns a float"),
    ],
)
def test_broken_tables(table, words):
    """Each says what is missing and how a row looks."""
    with pytest.raises(CheckFailed) as failure:
        expect_rows(table, "n", [10, 20])
    assert words in failure.value.feedback


def test_every_class_has_its_own_share():
    """A test accuracy, even rounded to two digits, tells which class was answered."""
    labels = balanced_test_labels(np.random.default_rng(0))
    assert [answered_class(round(share, 2), labels) for share in shares(labels)] == list(range(10))
    assert answered_class(0.5, labels) is None


class Sweep:
    """What a size sweep returns whose networks answer `answers`, one class for each n."""

    def __init__(self, probe, answers):
        self.probe, self.answers = probe, answers

    def rows(self, *, on_training=False):
        rows = []
        for n, answer in zip(self.probe.sizes, self.answers, strict=True):
            trained = float(np.mean(self.probe.y_train[:n] == answer))
            tested = trained if on_training else float(shares(self.probe.y_test)[answer])
            rows.append(SweepRow(n, 1.0, trained, tested))
        return rows


@pytest.fixture(params=range(5))
def probe(request):
    return SizeProbe.draw(np.random.default_rng(request.param))


def test_right_sweep_passes(probe):
    """New networks, trained on the first n images, measured on the right ones."""
    rows = Sweep(probe, [probe.first, probe.second]).rows()
    probe.expect_measured(rows)
    probe.expect_fresh(rows)


def test_sweep_that_trains_on(probe):
    """The second network still answers as the first did."""
    rows = Sweep(probe, [probe.first, probe.first]).rows()
    probe.expect_measured(rows)
    with pytest.raises(CheckFailed, match="inside the loop"):
        probe.expect_fresh(rows)


def test_sweep_over_all_images(probe):
    """Both answer as a network does that has seen more than n images."""
    with pytest.raises(CheckFailed, match=r"x_train\[:n\]"):
        probe.expect_fresh(Sweep(probe, [probe.second, probe.second]).rows())


def test_tested_on_training_images(probe):
    """The test accuracy is the training accuracy."""
    with pytest.raises(CheckFailed, match="accuracy on training images"):
        probe.expect_measured(Sweep(probe, [probe.first, probe.second]).rows(on_training=True))


def test_l1_probe():
    """A broken network answers class 0; the same answer for both weights means no effect."""
    probe = L1Probe.draw(np.random.default_rng(3))
    share = shares(probe.y_test)
    trained = float(shares(probe.y_train)[probe.commonest])
    learned = SweepRow(0.0, 1.0, trained, float(share[probe.commonest]))
    broken = SweepRow(1e30, 1.0, 0.0, float(share[0]))
    probe.expect_measured([learned, broken])
    probe.expect_effect([learned, broken])
    with pytest.raises(CheckFailed, match="does not reach the network"):
        probe.expect_effect([learned, learned])
    with pytest.raises(CheckFailed, match="changed places"):
        probe.expect_measured([SweepRow(0.0, 1.0, learned.test_accuracy, trained), broken])


def test_only_one_label_can_be_learnt() -> None:
    """Whatever is drawn. Before, one secret seed in ten failed about half of the right answers: where the
    white image had the other label."""
    for seed in range(200):
        probe = L1Probe.draw(np.random.default_rng(seed))
        (white,) = np.flatnonzero(probe.x_train.any(axis=(1, 2, 3)))
        assert probe.y_train[white] == probe.commonest
        for part in (probe.y_train, probe.y_train[1:], probe.y_train[:36]):
            others = np.delete(shares(part), probe.commonest)
            assert others.max() < 1 / CLASSES


def test_durations_are_differences() -> None:
    """A clock that was read once says how long the machine has run, not how long the sweep took."""
    expect_durations([SweepRow(2, 1.5, 0.5, 0.5), SweepRow(5, 3.0, 0.5, 0.5)], 90)
    with pytest.raises(CheckFailed, match="difference of two readings"):
        expect_durations([SweepRow(2, 61_000.0, 0.5, 0.5), SweepRow(5, 61_002.0, 0.5, 0.5)], 90)
