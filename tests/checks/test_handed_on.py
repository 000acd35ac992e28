"""Networks that were trained as asked for are told from those that were not, whatever their start weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import CheckFailed
from grader.checks.handed_on import LABELS, LEARNING, LEARNT, LearningProbe, expect_settings
from grader.checks.repeats import RunsProbe

CLASSES = 10
NETS = 4_000


def train(width: int, batch: int, epochs: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """The class that each of NETS networks 784-width-10 answers with after its training, and its accuracy
    while it saw the labels for the last time: uniform start weights and Adam as in Keras.

    Only the weights of the bright pixel count; all others get no gradient.
    """
    edge, edge_out = np.sqrt(6 / (784 + width)), np.sqrt(6 / (width + CLASSES))
    weights = [
        rng.uniform(-edge, edge, (NETS, width)),
        np.zeros((NETS, width)),
        rng.uniform(-edge_out, edge_out, (NETS, width, CLASSES)),
        np.zeros((NETS, CLASSES)),
    ]
    moments = [np.zeros_like(item) for item in weights]
    squares = [np.zeros_like(item) for item in weights]
    labels, step, right = np.repeat(np.arange(CLASSES), LABELS), 0, np.zeros(NETS)
    for _ in range(epochs):
        order = rng.permuted(np.tile(labels, (NETS, 1)), axis=1)
        right = np.zeros(NETS)
        for begin in range(0, len(labels), batch):
            step += 1
            part = order[:, begin : begin + batch]
            right += (part == _logits(weights)[1].argmax(axis=1)[:, None]).sum(axis=1)
            wanted = np.eye(CLASSES)[part].mean(axis=1)
            for item, gradient, moment, square in zip(
                weights, _gradients(weights, wanted), moments, squares, strict=True
            ):
                moment += 0.1 * (gradient - moment)
                square += 0.001 * (gradient**2 - square)
                scale = np.sqrt(square / (1 - 0.999**step)) + 1e-7
                item -= 0.001 * moment / (1 - 0.9**step) / scale
    return _logits(weights)[1].argmax(axis=1), right / len(labels)


def _logits(weights: Any) -> tuple[Any, Any]:
    hidden = np.maximum(weights[0] + weights[1], 0)
    return hidden, np.einsum("nh,nhc->nc", hidden, weights[2]) + weights[3]


def _gradients(weights: Any, wanted: Any) -> list[Any]:
    hidden, logits = _logits(weights)
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = chances / chances.sum(axis=1, keepdims=True) - wanted
    back = np.einsum("nc,nhc->nh", error, weights[2]) * (hidden > 0)
    return [back, back, hidden[:, :, None] * error[:, None, :], error]


def share_that_learnt(width: int, batch: int, epochs: int) -> float:
    common = int(np.argmax(LABELS))
    return float(np.mean(train(width, batch, epochs, np.random.default_rng(width))[0] == common))


@pytest.mark.parametrize("width", LearningProbe.WIDTHS)
def test_who_trains_as_asked_for_has_learnt(width: int) -> None:
    """Not one in five hundred networks has not, so that two of nine hardly ever come together."""
    learnt = share_that_learnt(width, LearningProbe.BATCH, LearningProbe.EPOCHS)
    assert learnt > 0.998


@pytest.mark.parametrize(("batch", "epochs"), [(32, LearningProbe.EPOCHS), (61, 0)])
def test_who_does_not_has_not(batch: int, epochs: int) -> None:
    """Larger batches, or no training at all: eight of nine come together once in some thousand times."""
    assert max(share_that_learnt(width, batch, epochs) for width in LearningProbe.WIDTHS) < 0.3


@pytest.mark.parametrize(("batch", "learning"), [(LearningProbe.BATCH, True), (32, False)])
def test_twelve_runs_show_their_batches(batch: int, learning: bool) -> None:
    """None of 20,000 draws of twelve runs is on the wrong side."""
    rng = np.random.default_rng(batch)
    _, accuracy = train(32, batch, LearningProbe.EPOCHS, rng)
    means = rng.choice(accuracy, (20_000, LearningProbe.RUNS)).mean(axis=1)
    assert bool((means >= LEARNING).all() if learning else (means < LEARNING).all())


def test_the_bound_is_between_seven_and_eight_networks_of_nine() -> None:
    """With the others at whatever share of a rare class."""
    rows = np.array(LABELS) / sum(LABELS)
    rare = np.sort(rows)[:-1]
    assert 7 / 9 * rows.max() + 2 / 9 * rare.max() < LEARNT < 8 / 9 * rows.max() + 1 / 9 * rare.min()


def sweep_with(accuracy: float) -> Any:
    def sweep(*arguments: Any) -> list[dict[str, float]]:
        return [
            {"hidden": width, "parameters": 1, "train_accuracy": accuracy, "test_accuracy": 0.1}
            for width in arguments[4]
        ]

    return sweep


def test_a_sweep_without_training_is_told() -> None:
    probe = LearningProbe.draw(np.random.default_rng(1))
    probe.expect_trained_rows(sweep_with(max(LABELS) / sum(LABELS)))
    with pytest.raises(CheckFailed, match="train each one before you measure it"):
        probe.expect_trained_rows(sweep_with(0.1))


def runs_with(accuracy: float) -> Any:
    def repeat_runs(*_: Any, runs: int, epochs: int, batch_size: int, **settings: Any) -> list[Any]:
        assert (epochs, batch_size) == (LearningProbe.EPOCHS, LearningProbe.BATCH)
        names = ("loss", "test_loss", "test_accuracy")
        return [{**{name: [1.0] * epochs for name in names}, "accuracy": [0.1, accuracy]}] * runs

    return repeat_runs


def test_batches_are_told_by_the_accuracy_of_the_last_epoch() -> None:
    probe = LearningProbe.draw(np.random.default_rng(2))
    probe.expect_batches(runs_with(0.7), {})
    with pytest.raises(CheckFailed, match="batch_size does not reach"):
        probe.expect_batches(runs_with(0.2), {})


@pytest.mark.parametrize(("losses", "stands"), [([0.2, 0.2, 0.20000001], True), ([0.2, 0.19, 0.18], False)])
def test_settings_are_told_by_a_rate_of_zero(losses: list[float], stands: bool) -> None:
    def repeat_runs(*_: Any, learning_rate: float, **__: Any) -> list[Any]:
        assert learning_rate == 0
        return [{"loss": losses, "accuracy": losses, "test_loss": losses, "test_accuracy": losses}] * 2

    probe = RunsProbe.draw(np.random.default_rng(3))
    if stands:
        expect_settings(probe, repeat_runs)
    else:
        with pytest.raises(CheckFailed, match=r"build_mlp\(\*\*settings\)"):
            expect_settings(probe, repeat_runs)
