"""Judges what a student's training function returns: four curves, epochs, batches, images held back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from grader.checks.expect import as_array
from grader.checks.mark import CheckFailed
from grader.checks.train_probe import CLASSES, explained_by
from grader.sandbox import History

_SPELLINGS = {
    "loss": ("loss",),
    "accuracy": ("accuracy", "acc", "categorical_accuracy"),
    "val_loss": ("val_loss",),
    "val_accuracy": ("val_accuracy", "val_acc", "val_categorical_accuracy"),
}
_HELD_BACK = 0.1


def read_history(value: object) -> dict[str, list[float]]:
    """The curves that are there, under Keras' names, from a History, its dict, or a tuple with one."""
    if isinstance(value, (tuple, list)):
        value = next((item for item in value if isinstance(item, (History, Mapping))), value)
    content = value.history if isinstance(value, History) else value
    if content is None:
        raise CheckFailed("train returns None. Return what model.fit returns: `return model.fit(...)`.")
    if not isinstance(content, Mapping):
        kind = getattr(value, "type_name", None) or type(value).__name__
        raise CheckFailed(f"train returns a {kind}; wanted is what model.fit returns, or its .history.")
    return {
        name: as_array(list(content[key]), f"history[{key!r}]").ravel().tolist()
        for name, keys in _SPELLINGS.items()
        for key in keys
        if key in content
    }


def expect_history(value: object) -> None:
    """All four curves, equally long, finite, accuracies from 0 to 1."""
    curves = read_history(value)
    missing = [name for name in _SPELLINGS if name not in curves]
    if missing in (["val_loss", "val_accuracy"], ["val_loss"], ["val_accuracy"]):
        raise CheckFailed(
            f"The history has no {' and no '.join(missing)}: no images were held back for validation. Call "
            "model.fit(..., validation_split=0.1)."
        )
    if missing:
        raise CheckFailed(
            f"The history lacks {', '.join(missing)}. Return the whole of what model.fit returns."
        )
    lengths = {len(curve) for curve in curves.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise CheckFailed("The four curves of the history differ in length, or are empty.")
    for name, curve in curves.items():
        values = np.array(curve)
        if not np.isfinite(values).all() or (values < 0).any() or ("accuracy" in name and (values > 1).any()):
            raise CheckFailed(
                f"The curve {name} holds a value that no training gives. Return the history as it is."
            )


def expect_epochs(value: object, epochs: int) -> None:
    """One value an epoch, as many as asked for."""
    losses = _losses(value)
    if len(losses) != epochs:
        raise CheckFailed(
            f"Asked for {epochs} epochs, your history has {len(losses)}. Hand the argument on"
            " (epochs=epochs), and leave out callbacks that stop early."
        )


def expect_steps(value: object, images: int, batch_size: int) -> None:
    """Nine tenths of `images` in batches of `batch_size`, for a history of the probe network."""
    losses = _losses(value)
    if explained_by(losses, _learned(images, _HELD_BACK), batch_size):
        return
    raise CheckFailed(_why(losses, images, batch_size))


def _learned(images: int, held_back: float) -> int:
    """As Keras splits: the fraction that is kept, rounded down."""
    return math.floor(images * (1.0 - held_back))


def _losses(value: object) -> Sequence[float]:
    losses = read_history(value).get("loss")
    if not losses:
        raise CheckFailed("The history has no loss. Return the whole of what model.fit returns.")
    return losses


def _why(losses: Sequence[float], images: int, batch_size: int) -> str:
    kept = _learned(images, _HELD_BACK)
    if explained_by(losses, images, batch_size):
        return (
            f"The training used all {images} images: none were held back. Ask for validation_split=0.1, so"
            " that a tenth shows how the network does on images that it does not learn from."
        )
    for other in (1, 8, 16, 32, 64, 128, 256):
        if other != batch_size and explained_by(losses, kept, other):
            return (
                f"Called with batch_size={batch_size}, your function trains in other batches. Hand the"
                " argument on: batch_size=batch_size."
            )
        if other != batch_size and explained_by(losses, images, other):
            return (
                f"Called with batch_size={batch_size}, your function trains in other batches, and it holds no"
                " images back. Hand the argument on (batch_size=batch_size) and ask for"
                " validation_split=0.1."
            )
    for percent in (5, 15, 20, 25, 30, 33, 40, 50):
        if explained_by(losses, _learned(images, percent / 100), batch_size):
            return (
                f"Your function holds back {percent}% of the images for validation; asked for is a tenth:"
                " validation_split=0.1."
            )
    if np.allclose(losses, math.log(CLASSES), atol=1e-6):
        return "The loss does not change from epoch to epoch: the network is not trained."
    return (
        "The losses in your history are not those of the model you were given, trained on nine tenths of the"
        " images in batches of the size asked for. Hand model, x, y, epochs and batch_size to model.fit as"
        " they are, and do not compile again."
    )
