"""Holds figures that a student reports against each other. Flags for the instructor, no marks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Protocol

from grader.assignment import Assignment, Experiment

AGREE = 0.015
"""A stated accuracy and that of the run may differ by so much: rounding, a run that was repeated."""

SWAPPED = 0.1
"""Test accuracy so far above training accuracy is not chance; dropout and augmentation explain less."""

TWICE = 2
"""From twice the images on, training takes longer on any machine."""


class RecordedRun(Protocol):
    """One run of experiments.json."""

    @property
    def name(self) -> str: ...
    @property
    def quick(self) -> bool: ...
    @property
    def n(self) -> int: ...
    @property
    def train_accuracy(self) -> float: ...
    @property
    def test_accuracy(self) -> float: ...
    @property
    def seconds(self) -> float: ...
    @property
    def history(self) -> Mapping[str, Sequence[float | None]]: ...


def find_conflicts(
    stated: Mapping[str, tuple[str, float]], runs: Sequence[RecordedRun], assignment: Assignment
) -> tuple[str, ...]:
    """Each contradiction in one sentence, for student and instructor.

    `stated` maps keys of answers.toml to ("EXPERIMENT:METRIC", fraction). Quick runs are no claims.
    """
    full = [run for run in runs if not run.quick]
    found = (*_stated_otherwise(stated, full), *_swapped(full), *_no_slower(full, assignment), *_copied(full))
    return tuple(dict.fromkeys(found))


def _stated_otherwise(stated: Mapping[str, tuple[str, float]], runs: Sequence[RecordedRun]) -> Iterator[str]:
    for key, (source, fraction) in stated.items():
        name, _, metric = source.partition(":")
        values = [getattr(run, metric) for run in runs if run.name == name]
        # Whoever made several runs may state any of them, or their mean.
        if values and not min(values) - AGREE <= fraction <= max(values) + AGREE:
            yield (
                f"answers.toml states {key} = {fraction:g}, but {name} in experiments.json reached"
                f" {sum(values) / len(values):.4g}: which of the two is it?"
            )


def _swapped(runs: Sequence[RecordedRun]) -> Iterator[str]:
    for run in runs:
        if run.test_accuracy > run.train_accuracy + SWAPPED:
            yield (
                f"{run.name} does better on test images ({run.test_accuracy:.4g}) than on training images"
                f" ({run.train_accuracy:.4g}): have the two changed places?"
            )


def _no_slower(runs: Sequence[RecordedRun], assignment: Assignment) -> Iterator[str]:
    settings = {experiment.name: experiment for experiment in assignment.experiments}
    known = sorted((run for run in runs if run.name in settings), key=lambda run: run.n)
    for less, more in combinations(known, 2):
        alike = _apart_from_n(settings[less.name]) == _apart_from_n(settings[more.name])
        if alike and more.n >= TWICE * less.n and more.seconds <= less.seconds:
            yield (
                f"{more.name} took {more.seconds:.3g} s for {more.n:,} images, {less.name} took"
                f" {less.seconds:.3g} s for {less.n:,}: the same network needs longer for more images."
            )


def _apart_from_n(experiment: Experiment) -> tuple[object, ...]:
    return experiment.model, tuple(experiment.arguments.items()), experiment.epochs, experiment.batch_size


def _copied(runs: Sequence[RecordedRun]) -> Iterator[str]:
    for one, other in combinations(runs, 2):
        losses = one.history.get("loss")
        if one.name != other.name and losses and list(losses) == list(other.history.get("loss", ())):
            yield (
                f"{one.name} and {other.name} have the same losses to the last digit, though they train"
                " differently: is one a copy of the other?"
            )
