"""The history of the probe network tells batches and held-back images."""

from __future__ import annotations

import pytest

from grader.checks import CheckFailed
from grader.checks.history import expect_epochs, expect_history, expect_steps
from grader.checks.train_probe import probe_losses
from grader.sandbox import History

GOOD = {"loss": [2.0, 1.0], "accuracy": [0.1, 0.5], "val_loss": [2.1, 1.5], "val_accuracy": [0.1, 0.3]}


def history(images, batch_size, epochs=3):
    losses = probe_losses(images, batch_size, epochs)
    return History(
        {"loss": losses, "accuracy": [0.5] * epochs, "val_loss": losses, "val_accuracy": [0.5] * epochs}
    )


@pytest.mark.parametrize("value", [History(GOOD), GOOD, ("a model", History(GOOD)), {**GOOD, "lr": [1, 1]}])
def test_forms_of_a_history(value):
    """What fit returns, its dict, and a tuple with one of them."""
    expect_history(value)
    expect_epochs(value, 2)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "returns None"),
        ([0.1, 0.2], "returns a list"),
        ({"loss": [1.0], "accuracy": [0.5]}, "validation_split=0.1"),
        ({"loss": [1.0]}, "lacks accuracy"),
        ({**GOOD, "loss": [1.0]}, "differ in length"),
        ({**GOOD, "accuracy": [0.5, 55.0]}, "no training gives"),
        ({**GOOD, "val_loss": [1.0, float("nan")]}, "no training gives"),
    ],
)
def test_broken_histories(value, words):
    """Each says what to return instead."""
    with pytest.raises(CheckFailed) as failure:
        expect_history(value)
    assert words in failure.value.feedback


@pytest.mark.parametrize(
    ("images", "batch_size", "words"),
    [
        (60, 25, "none were held back"),
        (54, 32, "trains in other batches. Hand"),
        (54, 128, "trains in other batches. Hand"),
        (60, 32, "holds no images back"),
        (57, 25, "5%"),
        (51, 25, "15%"),
        (48, 25, "20%"),
        (42, 25, "30%"),
        (30, 25, "50%"),
        (53, 24, "Hand model, x, y"),
    ],
)
def test_steps_are_told_apart(images, batch_size, words):
    """60 images in batches of 25 were asked for, as in the hidden check; each other way has words."""
    with pytest.raises(CheckFailed) as failure:
        expect_steps(history(images, batch_size), 60, 25)
    assert words in failure.value.feedback


def test_right_steps_pass():
    """Nine tenths in batches as asked for, also when the last batch is smaller; Keras keeps 460 of 512."""
    expect_steps(history(460, 32), 512, 32)
    expect_steps(history(180, 20), 200, 20)
    expect_steps(history(54, 25), 60, 25)


def test_too_few_epochs():
    """The number of epochs is counted."""
    with pytest.raises(CheckFailed, match="has 3"):
        expect_epochs(history(180, 20), 5)
