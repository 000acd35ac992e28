"""A reported figure beside ours, and whether the two agree; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.models.calibration import Distribution, Setting
from grader.reproduction.reported import MEASURES, Interval, Reported

SPREAD_OF_ONE_RUN = 0.01
"""Stands for the standard deviation where we have one run: about that of 20 runs on 5,000 images."""

LEAST_DIGITS = 2


@dataclass(frozen=True)
class Ours:
    """A distribution of ours; `how` says how it was measured where that is in doubt."""

    distribution: Distribution
    how: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure of one row. `ours` is empty where nothing was run; its first is the one to look at."""

    label: str
    measure: str
    reported: Interval
    ours: tuple[Ours, ...]
    note: str

    @property
    def digits(self) -> int:
        """Decimals that the reported figure is given with."""
        return max(LEAST_DIGITS, *(decimals(value) for value in self.reported))

    @property
    def rounding(self) -> float:
        """Half a unit of its last digit."""
        return 0.5 / 10.0**self.digits

    @property
    def agreeing(self) -> Ours | None:
        """The first of ours that agrees with the reported figure."""
        return next((item for item in self.ours if self._holds(item.distribution)), None)

    @property
    def unexplained(self) -> bool:
        return bool(self.ours) and self.agreeing is None and not self.note

    def _holds(self, distribution: Distribution) -> bool:
        """One run of ours lies at the reported figure within two standard deviations and rounding."""
        spread = SPREAD_OF_ONE_RUN if distribution.sd is None else distribution.sd
        slack = 2 * spread + self.rounding
        low, high = self.reported
        return low - slack <= distribution.mean <= high + slack


def compare_setting(row: Reported, setting: Setting | None) -> tuple[Figure, ...]:
    """The figures of a row beside those of our runs; `setting` is None where there are none."""
    return _figures(row, {} if setting is None else {name: _ours(setting, name) for name in row.figures})


def compare_values(row: Reported, values: Mapping[str, float]) -> tuple[Figure, ...]:
    """As `compare_setting`, for a row without chance: one value for each measure, or none at all."""
    return _figures(row, {name: (Ours(Distribution.of([value])),) for name, value in values.items()})


def _figures(row: Reported, ours: Mapping[str, tuple[Ours, ...]]) -> tuple[Figure, ...]:
    return tuple(
        Figure(row.label, measure, reported, ours.get(measure, ()), row.note)
        for measure, reported in row.figures.items()
    )


def _ours(setting: Setting, measure: str) -> tuple[Ours, ...]:
    """Reports do not say how training accuracy was measured, so there are two of ours."""
    if measure == "train_accuracy":
        return (Ours(setting.train_accuracy), *_last_epoch(setting, "accuracy", "last epoch"))
    if measure == "val_accuracy":
        return _last_epoch(setting, "val_accuracy")
    if measure == "test_accuracy":
        return (Ours(setting.test_accuracy),)
    raise ValueError(f"{measure} is not kept of training runs; measures are {', '.join(MEASURES)}")


def _last_epoch(setting: Setting, metric: str, how: str = "") -> tuple[Ours, ...]:
    last = [curve[-1] for curve in setting.values(metric)]
    return (Ours(Distribution.of(last), how),) if last else ()


def decimals(value: float) -> int:
    """How many it takes to write an accuracy as it was given."""
    return len(f"{value:g}".partition(".")[2])
