"""An open task: any network within the limits, marked by how well it does after the grader's training."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from grader.assignment import Band, Experiment
from grader.checks.accuracy import ModelT, Reference, Training
from grader.checks.mark import CheckFailed
from grader.checks.models import Evidences
from grader.checks.student_model import expect_spec
from grader.data import Dataset
from grader.evidence import Standing
from grader.models.spec import ModelSpec, SpecError


class Level(NamedTuple):
    """From this accuracy on, this share of the points."""

    accuracy: float
    share: float


def expect_limits(spec: ModelSpec, band: Band) -> None:
    """Neither too many parameters nor too much to compute. Raises CheckFailed."""
    for have, most, what in (
        (spec.parameters, band.max_parameters, "parameters"),
        (spec.multiplications, band.max_multiplications, "multiplications for one picture"),
    ):
        if have > most:
            raise CheckFailed(
                f"Your network has {have:,} {what}; the limit of this task is {most:,}. Pool earlier, or use"
                " fewer filters and units."
            )


def expect_band(
    model: ModelT,
    band: Band,
    experiment: Experiment,
    *,
    training: Training[ModelT],
    reference: Reference,
    margin: float,
    dataset: Dataset,
    evidence: Evidences,
) -> None:
    """Gives the share of the points that the mean accuracy of `band.runs` runs has reached.

    The reference's own network has the mean of its calibration. Adds a Standing, from which the class page
    makes the leaderboard. Raises CheckFailed with the share where it is below 1.
    """
    spec = expect_spec(model)
    expect_limits(spec, band)
    try:
        spec.require_trainable(dataset.x_train.shape[1:], len(dataset.class_names))
    except SpecError as error:
        raise CheckFailed(f"{model.function} cannot be trained: {error}") from None
    if training.same_as_reference(model, experiment.name):
        accuracy = reference.setting(experiment.name).test_accuracy.mean
    else:
        runs = training.runs(model, experiment.name, seeds=band.runs)
        accuracy = float(np.mean([run.test_accuracy for run in runs]))
    evidence.add(
        Standing(board=experiment.title, test_accuracy=accuracy, parameters=spec.parameters, runs=band.runs)
    )
    share = share_of_points(accuracy, band_levels(band, reference, margin))
    if share < 1:
        raise CheckFailed(_words(accuracy, band, experiment, share), earned=round(share, 3))


def band_levels(band: Band, reference: Reference, margin: float) -> tuple[Level, ...]:
    """The edges on the data set in force: mean accuracies of the calibrated settings, less `margin`.

    Raises ValueError where they do not rise: then calibration does not tell the networks apart.
    """
    levels = tuple(
        Level(reference.setting(edge.setting).test_accuracy.mean - margin, edge.share) for edge in band.edges
    )
    if any(low.accuracy >= high.accuracy for low, high in pairwise(levels)):
        raise ValueError(f"the edges of {band.experiment} do not rise: {levels}")
    return levels


def share_of_points(accuracy: float, levels: Sequence[Level]) -> float:
    """Linear between the levels, the first share below them and the last above."""
    return float(np.interp(accuracy, [level.accuracy for level in levels], [level.share for level in levels]))


def _words(accuracy: float, band: Band, experiment: Experiment, share: float) -> str:
    times = "once" if band.runs == 1 else f"{band.runs} times"
    return (
        f"Trained {times} by the grader ({experiment.epochs} epochs, {experiment.n:,} pictures at most), your"
        f" network answers {accuracy:.3f} of the test images right, which earns {share:.0%} of the points."
        " What helped others: batch normalisation after each convolution, filters that grow while the"
        " picture shrinks, dropout before the dense layers; and a network that learns within so few steps."
    )
