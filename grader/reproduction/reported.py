"""reference/NAME/reported.toml: what students reported, as typed objects."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from grader.assignment_folder import AssignmentFolder
from grader.errors import GraderError, UsageError
from grader.evidence import Frozen
from grader.toml_file import read_toml

BASELINE = "baseline"
"""Stands for an experiment, but is no training: the solution's function that `[lab]` names."""

MEASURES = {
    "train_accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
    "test_accuracy": "test accuracy",
    "macro_f1": "macro F1",
}


def _in_order(interval: tuple[float, float]) -> tuple[float, float]:
    low, high = interval
    if not 0 <= low <= high <= 1:
        raise ValueError("[low, high] with 0 <= low <= high <= 1 is wanted; a single figure is [x, x]")
    return interval


Interval = Annotated[tuple[float, float], AfterValidator(_in_order)]


class Reported(Frozen):
    """Lowest and highest figures for one experiment, 0 to 1.

    `dataset` stands in for the file's. `n` is for the baseline only: the number of training images.
    `note` says why ours differ, where they do.
    """

    experiment: str
    label: str
    dataset: str = ""
    n: int | None = Field(default=None, gt=0)
    train_accuracy: Interval | None = None
    val_accuracy: Interval | None = None
    test_accuracy: Interval | None = None
    macro_f1: Interval | None = None
    note: str = ""

    @property
    def figures(self) -> dict[str, Interval]:
        """By measure, those that were reported."""
        return {name: value for name in MEASURES if (value := getattr(self, name)) is not None}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.figures:
            raise ValueError(f"{self.label} has none of the figures {', '.join(MEASURES)}")
        if (self.experiment == BASELINE) != (self.n is not None):
            raise ValueError(f'n goes with experiment = "{BASELINE}", and only with it')
        allowed = {"train_accuracy", "test_accuracy", "macro_f1"}
        allowed = allowed if self.experiment == BASELINE else set(MEASURES) - {"macro_f1"}
        if extra := sorted(set(self.figures) - allowed):
            raise ValueError(
                f"{extra[0]} of {self.label} cannot be compared: it is not kept for {self.experiment}"
            )
        return self


class ReportedFile(Frozen):
    """`source` says who reported, `dataset` on which data."""

    source: str
    dataset: str
    reported: tuple[Reported, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _labels_differ(self) -> Self:
        labels = [row.label for row in self.reported]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f'label "{label}" is used more than once')
        return self

    def dataset_of(self, row: Reported) -> str:
        return row.dataset or self.dataset

    @property
    def datasets(self) -> str:
        """Names of all, in words."""
        return " and ".join(dict.fromkeys(self.dataset_of(row) for row in self.reported))


def load_reported(folder: AssignmentFolder) -> ReportedFile:
    """Raises UsageError when there is no reported.toml, GraderError when something in it is wrong."""
    path = folder.require_hidden() / "reported.toml"
    if not path.is_file():
        raise UsageError(
            f"There are no reported figures of {folder.assignment.name} to compare with: {path} is missing.",
            hint="docs/authors.md describes the file.",
        )
    file = read_toml(ReportedFile, path)
    known = [experiment.name for experiment in folder.assignment.experiments]
    for row in file.reported:
        if row.experiment != BASELINE and row.experiment not in known:
            raise GraderError(
                f'{path}: experiment = "{row.experiment}" is not in assignment.toml.',
                hint=f'Use "{BASELINE}" or one of: {", ".join(known)}.',
            )
        if row.experiment == BASELINE and not folder.assignment.lab.baseline:
            raise GraderError(
                f'{path}: experiment = "{BASELINE}", but assignment.toml names no baseline function.',
                hint='Write baseline = "NAME" in its table [lab].',
            )
    return file
