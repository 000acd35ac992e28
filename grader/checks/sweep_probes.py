"""Data on which the outcome of a sweep is known beforehand, whatever the network's start weights.

Size probe: all images are black, so that after any number of layers only the bias of the last
one learns, and the network answers with the commonest label of what it was trained on. That
label is another one for each prefix of the training images.

L1 probe: all images but one are black. A penalty of 1e30 makes squared gradients overflow, so that
all weights become NaN within a few steps and every answer class 0; without a penalty the commonest
label wins. The one white image takes part in the overflow where plain gradient descent is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from grader.checks.expect import Array
from grader.checks.mark import CheckFailed
from grader.checks.sweeps import (
    CLASSES,
    ROUNDED,
    SweepRow,
    answered_class,
    balanced_test_labels,
    one_hot,
)


def _black(n: int) -> Array:
    return np.zeros((n, 32, 32, 3), dtype=np.float32)


@dataclass(frozen=True)
class _Probe:
    """`y_train` and `y_test` are class numbers. Of the training images ODD_IMAGES are not black, so
    that the network may answer otherwise for them."""

    y_train: Array
    y_test: Array

    ODD_IMAGES: ClassVar[int] = 0

    @property
    def x_train(self) -> Array:
        return _black(len(self.y_train))

    @property
    def x_test(self) -> Array:
        return _black(len(self.y_test))

    @property
    def one_hot_train(self) -> Array:
        return one_hot(self.y_train)

    @property
    def one_hot_test(self) -> Array:
        return one_hot(self.y_test)

    def _expect_measured(self, row: SweepRow, where: str, n: int) -> None:
        """The test accuracy is a share of all test images, the training accuracy fits to it."""
        answer = answered_class(row.test_accuracy, self.y_test)
        if answer is not None and self._fits(row.train_accuracy, answer, n):
            return
        swapped = answered_class(row.train_accuracy, self.y_test)
        if swapped is not None and self._fits(row.test_accuracy, swapped, n):
            raise CheckFailed(f"In the row for {where}, training and test accuracy have changed places.")
        if (
            any(self._fits(row.test_accuracy, answer, n) for answer in range(CLASSES))
            and row.test_accuracy > 0
        ):
            raise CheckFailed(
                f"In the row for {where}, the test accuracy is the accuracy on training images. Measure it on"
                " x_test and y_test, which the network has not seen."
            )
        if answer is None:
            raise CheckFailed(
                f"In the row for {where}, the test accuracy is not what the network's answers on all of"
                " x_test come to. Measure on all test images, after the training, with"
                " model.evaluate(x_test, y_test) or by comparing the argmax of model.predict(x_test) with"
                " that of y_test."
            )
        raise CheckFailed(
            f"In the row for {where}, the training accuracy is not what the network's answers on the images"
            " it was trained on come to. Measure it after the training, on the same images and labels."
        )

    def _fits(self, accuracy: float, answer: int, n: int) -> bool:
        """Could it be the accuracy of this one answer on the first n training images?

        Without the first image (x[1:n]), without the tenth held back, and rounded as well. A
        network that does not answer as one trained on these n was trained on something else, which
        another check says; for it, all images are taken too.
        """
        prefix = self.y_train[:n]
        parts = [prefix, prefix[1:], prefix[: int(n * 0.9)]]
        if answer != np.bincount(prefix).argmax():
            parts.append(self.y_train)
        return any(
            abs(accuracy - float(np.mean(part == answer))) <= 2 * ROUNDED + self.ODD_IMAGES / len(part)
            for part in parts
        )


@dataclass(frozen=True)
class SizeProbe(_Probe):
    """All of the first 3 images have the label `first`; most of the first 40 have `second`.

    The numbers are chosen so that the biases of the two labels are far apart after two steps of
    Adam or of gradient descent, for a new network and for one that is trained on: by at least three
    learning rates in Adam. Of 40 images, fewer than a tenth may have `first`: chance gives every label
    a tenth, and Adam's first steps see only whether a label is commoner than that.
    """

    first: int
    second: int

    sizes: ClassVar[tuple[int, int]] = (3, 40)
    EPOCHS: ClassVar[int] = 2
    BATCH: ClassVar[int] = 256

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        first, second, third = (int(label) for label in rng.choice(CLASSES, 3, replace=False))
        labels = np.repeat([first, second, third], [3, 37, 20])
        return cls(labels, balanced_test_labels(rng), first, second)

    def expect_measured(self, rows: Sequence[SweepRow]) -> None:
        """Every row's accuracies are those of one and the same network, on the right images."""
        for row, n in zip(rows, self.sizes, strict=True):
            self._expect_measured(row, f"n = {n}", n)

    def expect_fresh(self, rows: Sequence[SweepRow]) -> None:
        """Each network knows the first n images and nothing else."""
        answers = [answered_class(row.test_accuracy, self.y_test) for row in rows]
        if answers == [self.first, self.second]:
            return
        if answers == [self.first, self.first]:
            raise CheckFailed(
                "Your second network answers as if it had learnt from the first, smaller set only. Either one"
                " network is trained on through the whole sweep, so that it starts with what it learnt"
                " before: build it anew inside the loop. Or every training gets the same images: slice"
                " x_train[:n] with the n of this round."
            )
        if answers == [self.second, self.second]:
            raise CheckFailed(
                "Whatever n is, your networks learn from the same, larger set of images. Train on"
                " x_train[:n], y_train[:n] with the n of this round."
            )
        if None in answers:
            raise CheckFailed(
                "What the networks were trained on shows in their test accuracies, and these are not measured"
                " rightly yet. Mend the accuracies first."
            )
        raise CheckFailed(
            "The networks of your sweep do not answer as networks do that were trained on the first n images"
            " each. Check that images and labels are cut in the same way (x_train[:n], y_train[:n]) and that"
            " every network is a new one."
        )


@dataclass(frozen=True)
class L1Probe(_Probe):
    """`commonest` is neither class 0 nor the answer of a network whose weights are broken.

    An enormous penalty breaks the weights in the second step of Adam, and in the third of gradient descent.

    The white image has the commonest label: what a convolution learns from it, its biases, acts on black
    images too, and in Adam's first steps more than what these teach. The other label has less than a tenth,
    as in SizeProbe, also of the images that are left when a tenth is held back.
    """

    commonest: int

    ODD_IMAGES: ClassVar[int] = 1
    WHITE: ClassVar[int] = 2
    weights: ClassVar[tuple[float, float]] = (0.0, 1e30)
    EPOCHS: ClassVar[int] = 3
    BATCH: ClassVar[int] = 64

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        commonest, other = (int(label) for label in rng.choice(np.arange(1, CLASSES), 2, replace=False))
        labels = rng.permutation(np.repeat([commonest, other], [36, 3]))
        return cls(np.insert(labels, cls.WHITE, commonest), balanced_test_labels(rng), commonest)

    @property
    def x_train(self) -> Array:
        images = _black(len(self.y_train))
        images[self.WHITE] = 1
        return images

    def expect_measured(self, rows: Sequence[SweepRow]) -> None:
        """The network without a penalty learns, and is measured on the right images."""
        self._expect_measured(rows[0], "l1 = 0", len(self.y_train))
        if answered_class(rows[0].test_accuracy, self.y_test) != self.commonest:
            raise CheckFailed(
                "The network with l1 = 0 does not learn what nearly all of its training images have in"
                " common. Check that it is trained with the images, labels and epochs given."
            )

    def expect_effect(self, rows: Sequence[SweepRow]) -> None:
        """An enormous weight makes another network than none."""
        without, enormous = rows
        tested = abs(without.test_accuracy - enormous.test_accuracy)
        trained = abs(without.train_accuracy - enormous.train_accuracy)
        if tested <= ROUNDED and trained <= ROUNDED + self.ODD_IMAGES / len(self.y_train):
            raise CheckFailed(
                "With an L1 weight of 0 and with an enormous one your sweep gives the same accuracies, so the"
                " weight does not reach the network. Build a new network for each weight,"
                " build_strided(l1=weight), inside the loop; and look whether build_strided uses its"
                " argument l1."
            )
