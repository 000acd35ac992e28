"""Judges a sweep whose rows are means over several runs, by what such means can be.

All images of a set are the same picture, so a network's accuracy is the share of one class. With a
single step of training every network answers nearly at random: the mean over R runs on N images is
a multiple of 1 / (R x N), and seldom one of 1 / N.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from grader.checks.expect import Array, as_array
from grader.checks.mark import CheckFailed
from grader.checks.sweeps import balanced_test_labels, read_table

ROW = ("parameters", "train_accuracy", "test_accuracy")
_NEARLY = 0.08
"""Of one step of the finest lattice: students round to four digits or more."""


@dataclass(frozen=True)
class MeanProbe:
    """Labels such that each class has another share of the training and of the test images."""

    picture: Array
    y_train: Array
    y_test: Array

    WIDTHS: ClassVar[tuple[int, ...]] = (8, 20, 33)
    RUNS: ClassVar[int] = 7

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """A few bright pixels only: one step then moves the start weights' answers little."""
        picture = np.zeros(28 * 28, dtype=np.float32)
        picture[rng.choice(28 * 28, 12, replace=False)] = 1
        train = rng.permutation(np.repeat(np.arange(10), rng.permutation([1, 2, 3, 4, 5, 6, 7, 8, 9, 16])))
        return cls(picture.reshape(28, 28), train, balanced_test_labels(rng))

    def rows(self, sweep: Callable[..., object]) -> tuple[dict[str, float], ...]:
        """What the student's sweep returns, one step of training for each network."""
        x_train, x_test = (np.repeat(self.picture[None], len(y), axis=0) for y in (self.y_train, self.y_test))
        widths = list(self.WIDTHS)
        value = sweep(x_train, self.y_train, x_test, self.y_test, widths, self.RUNS, 1, len(x_train))
        return read_mean_rows(value, widths)

    def expect_images(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Accuracies are means over runs on the right images."""
        train, test = (np.array([row[name] for row in rows]) for name in ROW[1:])
        sizes = len(self.y_train) * self.RUNS, len(self.y_test) * self.RUNS
        if _whole(train * sizes[0]) and _whole(test * sizes[1]):
            return
        if _whole(train * sizes[1]) and _whole(test * sizes[0]):
            raise CheckFailed("Training and test accuracy have changed places in your rows.")
        if _whole(test * sizes[0]):
            raise CheckFailed(
                "The test accuracy of your rows is measured on training images. Use x_test and y_test."
            )
        raise CheckFailed(
            "The accuracies of your rows are no means over the runs of what each network answers on all"
            " images. Measure each network after its training on all of x_train and on all of x_test, sum"
            " over the runs, divide by their number, and do not round."
        )

    def looks_like_one_run(self, rows: Sequence[Mapping[str, float]]) -> bool:
        """True for a sweep of one run a width, and by chance for one in 300 others."""
        train, test = (np.array([row[name] for row in rows]) for name in ROW[1:])
        return _whole(train * len(self.y_train)) and _whole(test * len(self.y_test))


def expect_means(
    probe: MeanProbe,
    rows: Sequence[Mapping[str, float]],
    sweep: Callable[..., object],
    draw: Callable[[], MeanProbe],
) -> None:
    """Raises CheckFailed where `rows`, which `sweep` gave for `probe`, look as if each width was trained
    once, and those for another probe do so again."""
    probe.expect_images(rows)
    if not probe.looks_like_one_run(rows):
        return
    again = draw()
    rows = again.rows(sweep)
    again.expect_images(rows)
    if not again.looks_like_one_run(rows):
        return
    raise CheckFailed(
        f"Asked for {MeanProbe.RUNS} runs of each width, your rows hold accuracies that a single network has:"
        " only one run enters the row (the last, or the best), or all runs of a width are the same network."
        " Build a new one for each run, and take the mean."
    )


def read_mean_rows(value: object, widths: Sequence[int]) -> tuple[dict[str, float], ...]:
    """One row for each width, in order, with ROW as fractions. Raises CheckFailed."""
    table = read_table(value, "hidden", widths, ROW)
    largest = max(max(row["train_accuracy"], row["test_accuracy"]) for row in table)
    scale = 100 if largest > 1 else 1
    return tuple(
        {**row, **{name: row[name] / scale for name in ("train_accuracy", "test_accuracy")}} for row in table
    )


def expect_parameters(rows: Sequence[Mapping[str, float]], count: Callable[[int], int]) -> None:
    """The parameters of the network of each width, from which the width is seen to have reached it."""
    wrong = [row for row in rows if as_array(row["parameters"]) != count(int(row["hidden"]))]
    if not wrong:
        return
    if len({row["parameters"] for row in rows}) == 1 and len(rows) > 1:
        raise CheckFailed(
            "All your rows have the same number of parameters, so all networks have the same width. Hand the"
            " width on: build_mlp(hidden=width, ...)."
        )
    raise CheckFailed(
        f"The row for {wrong[0]['hidden']:g} hidden units has {wrong[0]['parameters']:,.0f} parameters. Take"
        " model.count_params() of the network of this width."
    )


def _whole(values: Array) -> bool:
    return bool((np.abs(values - np.round(values)) <= _NEARLY).all())
