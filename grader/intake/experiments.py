"""experiments.json: what the student's own full runs came to, as the student's machine wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field, ValidationError, field_validator, model_validator

from grader.evidence import Frozen
from grader.intake.files import EXPERIMENTS_LIMIT, megabytes, printable

Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Counts = Annotated[tuple[Count, ...], Field(min_length=10, max_length=10)]
Curve = Annotated[Sequence[Finite | None], Field(max_length=10_000)]

_SHARED_SCORES = ("precision", "recall", "support")
_NEXT_STEP = "The file is written by `tox -e experiments`: run it again and do not edit the file."


class ExperimentsError(Exception):
    """Why experiments.json cannot be read, with the place and the next step; for the student."""


class ReportRow(Frozen):
    """One line of a classification report; `label` is a class, "macro avg" or "weighted avg"."""

    label: Name
    precision: Fraction
    recall: Fraction
    f1: Fraction
    support: Count


class ExperimentRun(Frozen):
    """One training run.

    `history` has a value for each epoch that was trained under loss, accuracy, val_loss and
    val_accuracy (those that were measured; test_loss and test_accuracy where the second curves are
    of the test images); it is None where the network had diverged. `confusion` has rows = true
    class, columns = predicted class. `repeat` counts the runs of one experiment from 0. `dataset`
    and its digest are empty where they are those of the file. `quick` runs used less than the
    assignment asks and are no claims.
    """

    name: Name
    repeat: Annotated[int, Field(ge=0, lt=1000)] = 0
    dataset: Annotated[str, Field(max_length=200)] = ""
    dataset_digest: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    n: Annotated[int, Field(gt=0, le=10**9)]
    epochs: Annotated[int, Field(gt=0, le=10**6)]
    batch_size: Annotated[int, Field(gt=0, le=10**9)]
    history: Annotated[Mapping[Name, Curve], Field(max_length=50)]
    train_accuracy: Fraction
    test_accuracy: Fraction
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    parameters: Count
    confusion: Annotated[tuple[Counts, ...], Field(min_length=10, max_length=10)] | None = None
    report: Annotated[tuple[ReportRow, ...], Field(max_length=20)] = ()
    quick: bool = False

    @field_validator("report", mode="before")
    @classmethod
    def _rows_of_scikit_learn(cls, report: object) -> object:
        """What `classification_report(output_dict=True)` gives, as rows; its overall accuracy goes."""
        if not isinstance(report, dict):
            return report
        return [
            {"label": label, "f1": scores.get("f1-score"), **{k: scores.get(k) for k in _SHARED_SCORES}}
            for label, scores in report.items()
            if isinstance(scores, dict)
        ]


class ExperimentsFile(Frozen):
    """The whole file. `dataset_digest` tells what the runs were made on, `machine` where."""

    schema_version: Literal[1] = 1
    assignment: Name
    dataset: Name
    dataset_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    machine: Annotated[str, Field(max_length=500)] = ""
    runs: Annotated[tuple[ExperimentRun, ...], Field(max_length=500)]

    @model_validator(mode="after")
    def _distinct_names(self) -> ExperimentsFile:
        names = [(run.name, run.repeat) for run in self.runs]
        twice = next((name for name, repeat in names if names.count((name, repeat)) > 1), None)
        if twice is not None:
            raise ValueError(f"the run {twice!r} is there twice")
        return self

    def digest_of(self, run: ExperimentRun) -> str:
        """Of the data that `run` was made on."""
        return run.dataset_digest or self.dataset_digest


def parse_experiments(raw: bytes | None) -> ExperimentsFile | None:
    """The contents of experiments.json; None when there is none.

    Raises ExperimentsError for anything else than such a file, NaN and infinity included.
    """
    if raw is None:
        return None
    if len(raw) > EXPERIMENTS_LIMIT:
        raise ExperimentsError(
            f"it has {megabytes(len(raw))}, more than {megabytes(EXPERIMENTS_LIMIT)}. {_NEXT_STEP}"
        )
    try:
        data = json.loads(
            raw.decode("utf-8-sig"), parse_constant=_refuse_constant, object_pairs_hook=_distinct_keys
        )
    except UnicodeDecodeError as error:
        raise ExperimentsError(f"it is not UTF-8 text. {_NEXT_STEP}") from error
    except json.JSONDecodeError as error:
        raise ExperimentsError(
            f"line {error.lineno}, column {error.colno}: {error.msg}. {_NEXT_STEP}"
        ) from error
    except (RecursionError, ValueError) as error:
        raise ExperimentsError(f"{printable(str(error))[:200]}. {_NEXT_STEP}") from error
    try:
        return ExperimentsFile.model_validate(data)
    except ValidationError as error:
        raise ExperimentsError(f"{_first_fault(error, data)}. {_NEXT_STEP}") from error


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no result of a run")


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice in one object")
    return found


def _first_fault(error: ValidationError, data: object) -> str:
    """Place, what is wrong, and what was given, of the first of the faults."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    location = fault["loc"]
    if (
        len(location) >= 2
        and location[0] == "runs"
        and isinstance(data, dict)
        and isinstance(location[1], int)
    ):
        run = data["runs"][location[1]]
        name = run.get("name") if isinstance(run, dict) else None
        place = f"{place} (run {name})" if isinstance(name, str) else place
    message = fault["msg"].removeprefix("Value error, ")
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return printable(f"{place + ': ' if place else ''}{message}")[:300] + more
