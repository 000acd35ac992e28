"""The probes hold for Keras itself: losses are as computed by hand, networks answer as foretold."""

from __future__ import annotations

import numpy as np
import pytest

from grader.assignment_folder import clone_root
from grader.checks.history import expect_epochs, expect_history, expect_steps
from grader.checks.sweep_probes import L1Probe, SizeProbe
from grader.checks.sweeps import expect_rows
from grader.checks.train_probe import PROBE_COMPILE, PROBE_CONFIG, probe_data, probe_losses
from grader.sandbox import History

SOLUTION = clone_root() / "reference" / "cs7cs4_week8" / "solution"

pytestmark = pytest.mark.xdist_group("tensorflow")


@pytest.fixture(scope="module")
def experiments():
    """The solution's module experiments, imported as a student's own machine would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SOLUTION))
        import experiments

        yield experiments


@pytest.fixture
def probe_network():
    import keras

    network = keras.models.model_from_json(PROBE_CONFIG)
    network.compile_from_config(PROBE_COMPILE)
    return network


def test_losses_are_those_of_keras(experiments, probe_network):
    """The hand-written Adam gives Keras' history to six digits, with a smaller last batch too."""
    x, y = probe_data(50)
    history = experiments.train(probe_network, x, y, epochs=3, batch_size=20).history
    assert history["loss"] == pytest.approx(probe_losses(45, 20, 3), abs=2e-6)
    expect_history(History(history))
    expect_epochs(History(history), 3)
    expect_steps(History(history), 50, 20)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_size_probe(experiments, optimizer, monkeypatch):
    """The solution's sweep passes with Adam, and with gradient descent, which another check takes off."""
    monkeypatch.setattr(experiments, "build_strided", _eager(experiments.build_strided, optimizer))
    probe = SizeProbe.draw(np.random.default_rng(11))
    table = experiments.size_sweep(
        probe.x_train,
        probe.one_hot_train,
        probe.x_test,
        probe.one_hot_test,
        probe.sizes,
        probe.EPOCHS,
        probe.BATCH,
    )
    rows = expect_rows(table, "n", probe.sizes)
    probe.expect_measured(rows)
    probe.expect_fresh(rows)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_l1_probe(experiments, optimizer, monkeypatch):
    """An enormous weight breaks the network under both optimizers, none does not."""
    monkeypatch.setattr(experiments, "build_strided", _eager(experiments.build_strided, optimizer))
    probe = L1Probe.draw(np.random.default_rng(12))
    table = experiments.l1_sweep(
        probe.x_train,
        probe.one_hot_train,
        probe.x_test,
        probe.one_hot_test,
        probe.weights,
        probe.EPOCHS,
        probe.BATCH,
    )
    rows = expect_rows(table, "l1", probe.weights)
    probe.expect_measured(rows)
    probe.expect_effect(rows)


def _eager(build, optimizer):
    """The builder with another optimizer, and without the seconds that compiling a graph takes."""

    def built(l1=1e-4):
        model = build(l1)
        model.compile(optimizer=optimizer, loss=model.loss, metrics=["accuracy"], run_eagerly=True)
        return model

    return built
