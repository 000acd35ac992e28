"""Does training happen, and with the batches and settings asked for? Seen from what the networks have learnt.

All images are the same picture with a single bright pixel, and three of four labels are one class. After
two epochs in batches of one image, 122 steps of Adam, a network answers with that class; after two epochs
in batches of 32, four steps, one in four does by chance (simulated in tests/checks/test_handed_on.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from grader.checks.expect import Array
from grader.checks.mark import CheckFailed
from grader.checks.mean_sweep import read_mean_rows
from grader.checks.repeats import RunsProbe, read_curves
from grader.checks.sweeps import balanced_test_labels

LABELS = (1, 1, 1, 1, 2, 2, 2, 2, 3, 46)
"""How often each class stands among the training labels, in some order."""
LEARNT = 0.63
"""Mean training accuracy: nine networks that answer with the commonest label have 0.75, eight 0.67 or more,
seven 0.60 at most."""
LEARNING = 0.6
"""Mean accuracy of twelve networks while they see the training images for the second time."""
_STILL = 1e-4
"""Relative: a loss that is measured again in another order of sums."""


@dataclass(frozen=True)
class LearningProbe:
    """`picture` (28, 28); labels (n,) as class numbers."""

    picture: Array
    y_train: Array
    y_test: Array

    EPOCHS: ClassVar[int] = 2
    BATCH: ClassVar[int] = 1
    RUNS: ClassVar[int] = 12
    RUNS_OF_A_WIDTH: ClassVar[int] = 3
    WIDTHS: ClassVar[tuple[int, ...]] = (8, 20, 33)

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        picture = np.zeros(28 * 28, dtype=np.float32)
        picture[rng.integers(28 * 28)] = 1
        y_train = rng.permutation(np.repeat(rng.permutation(10), LABELS))
        return cls(picture.reshape(28, 28), y_train, balanced_test_labels(rng))

    @property
    def arguments(self) -> tuple[Array, Array, Array, Array]:
        """x_train, y_train, x_test, y_test."""
        x_train, x_test = (np.repeat(self.picture[None], len(y), axis=0) for y in (self.y_train, self.y_test))
        return x_train, self.y_train, x_test, self.y_test

    def expect_trained_rows(self, sweep: Callable[..., object]) -> None:
        """A sweep over widths trains its networks, in batches as asked for. Raises CheckFailed."""
        widths = list(self.WIDTHS)
        value = sweep(*self.arguments, widths, self.RUNS_OF_A_WIDTH, self.EPOCHS, self.BATCH)
        rows = read_mean_rows(value, widths)
        if np.mean([row["train_accuracy"] for row in rows]) < LEARNT:
            raise CheckFailed(
                "The networks of your sweep are not trained as asked for: train each one before you measure"
                " it, model.fit(x_train, y_train, epochs=epochs, batch_size=batch_size). Where"
                f" {max(LABELS)} of {sum(LABELS)} labels are the same, networks learn to answer with that"
                f" label in {self.EPOCHS} epochs with batches of {self.BATCH}; yours do not."
            )

    def expect_batches(self, repeat_runs: Callable[..., object], settings: Mapping[str, object]) -> None:
        """`repeat_runs` trains in batches as asked for; `settings` are those of Adam with softmax and sparse
        cross-entropy. Raises CheckFailed."""
        value = repeat_runs(
            *self.arguments, runs=self.RUNS, epochs=self.EPOCHS, batch_size=self.BATCH, **settings
        )
        # Of the training images: whether the second pair of curves is of the test images is judged elsewhere.
        if np.mean([curves["accuracy"][-1] for curves in read_curves(value, self.RUNS)]) < LEARNING:
            raise CheckFailed(
                f"Asked for batches of {self.BATCH}, your networks learn as if from larger ones: batch_size"
                " does not reach the training. Hand it on: model.fit(..., batch_size=batch_size)."
            )


def expect_settings(probe: RunsProbe, repeat_runs: Callable[..., object]) -> None:
    """`repeat_runs` hands its settings on to the network: with a learning rate of 0 it learns nothing.
    Raises CheckFailed."""
    value = repeat_runs(*probe.arguments, runs=2, epochs=3, batch_size=probe.BATCH, learning_rate=0.0)
    if not _stands_still([curves["loss"] for curves in read_curves(value, 2)]):
        raise CheckFailed(
            "repeat_runs(..., learning_rate=0.0) learns all the same: the settings do not reach the network."
            " Hand them on, build_mlp(**settings), or runs with other settings are the same runs once more."
        )


def _stands_still(losses: Sequence[Array]) -> bool:
    return all(np.allclose(loss, loss[0], rtol=_STILL, atol=0) for loss in losses)
