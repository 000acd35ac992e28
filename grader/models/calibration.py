"""The reference's distributions: what calibration.json holds, read and written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from grader.errors import GraderError
from grader.evidence import Frozen
from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingRun


class Distribution(Frozen):
    """Of accuracies over seeds; `sd` is the sample's (n - 1 in the denominator), None for one run."""

    mean: float
    sd: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        sd = round(stdev(values), 6) if len(values) > 1 else None
        return cls(mean=round(fmean(values), 6), sd=sd, n=len(values))


class CalibratedRun(Frozen):
    """One seed; `history` is rounded to four digits, None where a loss was not finite."""

    seed: int
    train_accuracy: float
    test_accuracy: float
    history: dict[str, tuple[float | None, ...]]
    wall_seconds: float

    @classmethod
    def of(cls, seed: int, run: TrainingRun) -> Self:
        return cls(
            seed=seed,
            train_accuracy=run.train_accuracy,
            test_accuracy=run.test_accuracy,
            history={name: tuple(map(_four_digits, values)) for name, values in run.history.items()},
            wall_seconds=round(run.wall_seconds, 2),
        )


def _four_digits(value: float) -> float | None:
    return round(value, 4) if abs(value) < float("inf") else None


class Setting(Frozen):
    """An experiment on a data set: the reference trained with one seed after another."""

    experiment: str
    dataset: str
    dataset_digest: str
    spec_digest: str
    arguments: dict[str, bool | int | float | str]
    n: int
    epochs: int
    batch_size: int
    validation_split: float
    versions: dict[str, str]
    test_accuracy: Distribution
    train_accuracy: Distribution
    runs: tuple[CalibratedRun, ...]

    def values(self, metric: str) -> tuple[tuple[float, ...], ...]:
        """One curve per run of "loss", "accuracy", "val_loss" or "val_accuracy"; broken runs are left out."""
        curves = (run.history.get(metric, ()) for run in self.runs)
        return tuple(
            tuple(value for value in curve if value is not None)
            for curve in curves
            if curve and None not in curve
        )


class CalibratedModel(Frozen):
    """A builder of the solution, called with `kwargs`: Keras' JSON texts and the digest of the spec."""

    config: str
    compile: str
    kwargs: dict[str, bool | int | float | str]
    digest: str

    @cached_property
    def spec(self) -> ModelSpec:
        return ModelSpec.parse(self.config, self.compile)


class Calibration(Frozen):
    """All of calibration.json. `command` is what writes it anew."""

    schema_version: Literal[1] = 1
    assignment: str
    command: str = ""
    models: dict[str, CalibratedModel] = Field(default_factory=dict)
    settings: tuple[Setting, ...] = ()

    def setting(self, experiment: str, dataset_digest: str) -> Setting:
        """Raises GraderError when the experiment was not calibrated on these data."""
        for setting in self.settings:
            if (setting.experiment, setting.dataset_digest) == (experiment, dataset_digest):
                return setting
        raise GraderError(
            f"The experiment {experiment} of {self.assignment} was not calibrated on the data set in use.",
            hint=f"Run: grader calibrate {self.assignment}",
        )

    def find(self, experiment: str, dataset: str) -> Setting | None:
        """By the data set's name, whichever version of it was used; None when not calibrated."""
        named = (item for item in self.settings if (item.experiment, item.dataset) == (experiment, dataset))
        return next(named, None)

    def spec(self, function: str) -> ModelSpec:
        """The solution's model with default arguments. Raises GraderError when it is not recorded."""
        if function not in self.models:
            raise GraderError(
                f"The calibration of {self.assignment} has no model {function}.",
                hint=f"Run: grader calibrate {self.assignment}",
            )
        return self.models[function].spec

    def merged(self, setting: Setting) -> Calibration:
        """With `setting` in place of the older one of its experiment and data set.

        Runs of other seeds are kept where they were made under the same settings and versions.
        """
        place = (setting.experiment, setting.dataset)
        older = [item for item in self.settings if (item.experiment, item.dataset) == place]
        others = [item for item in self.settings if (item.experiment, item.dataset) != place]
        for item in older:
            setting = _joined(item, setting)
        settings = sorted([*others, setting], key=lambda item: (item.dataset, item.experiment))
        return self.model_copy(update={"settings": tuple(settings)})


def _joined(older: Setting, newer: Setting) -> Setting:
    outcome = {"runs", "test_accuracy", "train_accuracy"}
    if older.model_dump(exclude=outcome) != newer.model_dump(exclude=outcome):
        return newer
    by_seed = {run.seed: run for run in (*older.runs, *newer.runs)}
    return with_runs(newer, [by_seed[seed] for seed in sorted(by_seed)])


def with_runs(setting: Setting, runs: Sequence[CalibratedRun]) -> Setting:
    """`setting` with these runs and their distributions."""
    return setting.model_copy(
        update={
            "runs": tuple(runs),
            "test_accuracy": Distribution.of([run.test_accuracy for run in runs]),
            "train_accuracy": Distribution.of([run.train_accuracy for run in runs]),
        }
    )


def load_calibration(path: Path) -> Calibration:
    """Raises GraderError when the file is missing or not as calibration writes it."""
    try:
        return Calibration.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise GraderError(
            f"There is no calibration at {path}.", hint=f"Run: grader calibrate {path.parent.name}"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise GraderError(
            f"{path} is not a calibration: {where}: {first['msg']}.",
            hint=f"Restore the file, or run: grader calibrate {path.parent.name}",
        ) from error


def calibration_text(calibration: Calibration) -> str:
    """JSON with one line per model and per run, so that a diff shows which runs changed."""
    models = [
        f"{_line(name)}: {_line(model.model_dump())}" for name, model in sorted(calibration.models.items())
    ]
    settings = [_setting_text(setting) for setting in calibration.settings]
    return (
        f'{{"schema_version": 1, "assignment": {_line(calibration.assignment)},\n'
        f'"command": {_line(calibration.command)},\n'
        f'"models": {{\n{_joined_lines(models)}}},\n'
        f'"settings": [\n{_joined_lines(settings)}]}}\n'
    )


def _setting_text(setting: Setting) -> str:
    head = _line(setting.model_dump(exclude={"runs"})).removesuffix("}")
    return f'{head}, "runs": [\n{_joined_lines([_line(run.model_dump()) for run in setting.runs])}]}}'


def _joined_lines(lines: Sequence[str]) -> str:
    return ",\n".join(lines) + "\n" if lines else ""


def _line(value: Any) -> str:
    return json.dumps(value, allow_nan=False)
