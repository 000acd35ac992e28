"""Judges a function that trains the same network from scratch several times, by its curves.

All test images are the same picture, and each class has a share of their labels of its own: a test
accuracy is one of ten shares, whatever the network has learnt. An epoch is one step, so the first
training loss of a run is that of its start weights: that of a network that is trained on continues
where the run before it ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np

from grader.checks.expect import Array, expect_finite
from grader.checks.mark import CheckFailed
from grader.checks.sweeps import CLASSES, balanced_test_labels, one_hot, shares
from grader.sandbox import History

_SPELLINGS = {
    "loss": ("loss", "train_loss"),
    "accuracy": ("accuracy", "acc", "train_accuracy"),
    "test_loss": ("test_loss", "val_loss"),
    "test_accuracy": ("test_accuracy", "val_accuracy", "val_acc", "test_acc"),
}
CONTINUED = 0.03
"""Part of the way back up to the start: a network that is trained on has 0, a new one more than twice this
(simulated in tests/checks/test_repeats.py)."""

_FLAT = 1e-9
"""A network whose loss does not fall is told from one that is trained on by its first loss alone."""

_EXACT = 1e-3
"""Accuracies of curves are float32; shares of training images are 0.0018 away from those of test images."""

Curves = dict[str, Array]


@dataclass(frozen=True)
class RunsProbe:
    """Training images (n, 28, 28) with all classes alike, test images with shares of their own."""

    x_train: Array
    labels: Array
    y_test: Array

    RUNS: ClassVar[int] = 4
    EPOCHS: ClassVar[int] = 10
    BATCH: ClassVar[int] = 55  # as many as there are test images: one step for each set

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        labels = rng.permutation(np.repeat(np.arange(CLASSES), 5))
        images = (rng.uniform(0, 1, (len(labels), 28, 28)) < 0.5).astype(np.float32)
        return cls(images, labels, balanced_test_labels(rng))

    @property
    def arguments(self) -> tuple[Array, Array, Array, Array]:
        """x_train, y_train, x_test, y_test; labels as one-hot rows."""
        x_test = np.repeat(self.x_train[:1], len(self.y_test), axis=0)
        return self.x_train, one_hot(self.labels), x_test, one_hot(self.y_test)

    def expect_epochs(self, curves: Sequence[Curves]) -> None:
        """One value an epoch in every curve."""
        for run, named in enumerate(curves, start=1):
            for name, values in named.items():
                if len(values) != self.EPOCHS:
                    raise CheckFailed(
                        f"Asked for {self.EPOCHS} epochs, the curve {name} of run {run} has"
                        f" {len(values)} values. Hand the argument on (epochs=epochs) and leave out callbacks"
                        " that stop early."
                    )

    def expect_fresh(self, curves: Sequence[Curves]) -> None:
        """Every run begins with start weights of its own."""
        losses = [named["loss"] for named in curves]
        if all(np.allclose(losses[0], other, rtol=1e-5, atol=0) for other in losses[1:]):
            raise CheckFailed(
                "All runs are the same, down to the last digit: every network begins with the same start"
                " weights. Either the random generator is seeded anew before each run, with the same seed, or"
                " one run is copied. Set a seed once, before the loop, or not at all."
            )
        back = [
            (second[0] - first[-1]) / max(first[0] - first[-1], _FLAT) for first, second in pairwise(losses)
        ]
        if all(part < CONTINUED for part in back):
            raise CheckFailed(
                "Each run begins with the loss at which the run before it ended: the same network is trained"
                " on and on. Build the network inside the loop, so that every run starts from scratch."
            )

    def expect_test_images(self, curves: Sequence[Curves]) -> None:
        """The second curves are measured on x_test, y_test."""
        tested, trained = (_joined(curves, name) for name in ("test_accuracy", "accuracy"))
        if _all_among(tested, shares(self.y_test)):
            return
        if _all_among(trained, shares(self.y_test)):
            raise CheckFailed("The curves of training and test images have changed places.")
        if np.allclose(tested, trained):
            raise CheckFailed(
                "The test curves are those of the training images. Ask for validation_data=(x_test, y_test)."
            )
        raise CheckFailed(
            "test_accuracy is not measured on the test images that your function is given. With"
            " validation_split Keras measures on a part of the training images; here the test images are"
            " asked for: validation_data=(x_test, y_test)."
        )


def read_curves(value: object, runs: int) -> list[Curves]:
    """The four curves of each run, under their names here.

    Takes a list with one dict or History for each run, or a dict with a list of curves for each name.
    Raises CheckFailed.
    """
    items = _one_for_each_run(value)
    if len(items) != runs:
        raise CheckFailed(
            f"Asked for {runs} runs, your function returns {len(items)}. Append the curves of each run to a"
            " list inside the loop, and return the list after it."
        )
    return [_named(item, run) for run, item in enumerate(items, start=1)]


def _one_for_each_run(value: object) -> list[object]:
    if value is None:
        raise CheckFailed("Your function returns None. Return a list with the curves of each run.")
    if isinstance(value, History):
        return [value]
    if isinstance(value, Mapping):
        columns = list(value.items())
        if columns and all(np.ndim(curves) == 2 for _, curves in columns):
            return [{name: curves[run] for name, curves in columns} for run in range(len(columns[0][1]))]
        return [value]
    if isinstance(value, (list, tuple)):
        return list(value)
    kind = getattr(value, "type_name", None) or type(value).__name__
    raise CheckFailed(f"Your function returns a {kind}; wanted is a list with the curves of each run.")


def _named(item: object, run: int) -> Curves:
    content = item.history if isinstance(item, History) else item
    if not isinstance(content, Mapping):
        kind = getattr(content, "type_name", None) or type(content).__name__
        raise CheckFailed(
            f"What your function returns for run {run} is a {kind}; wanted is a dict of curves, or what"
            " model.fit returns."
        )
    found = {
        name: expect_finite(content[key], f"The curve {key} of run {run}").ravel()
        for name, keys in _SPELLINGS.items()
        for key in keys
        if key in content
    }
    missing = [name for name in _SPELLINGS if name not in found]
    if missing:
        raise CheckFailed(
            f"Run {run} lacks the curve {' and '.join(missing)}. Each run has loss and accuracy, test_loss"
            " and test_accuracy (or, in Keras' words, val_loss and val_accuracy), one value an epoch."
        )
    return found


def _joined(curves: Sequence[Curves], name: str) -> Array:
    return np.concatenate([named[name] for named in curves])


def _all_among(values: Array, known: Array) -> bool:
    return bool((np.abs(values[:, None] - known).min(axis=1) <= _EXACT).all())
