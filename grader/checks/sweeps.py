"""Reads the table that a sweep returns, in any of its usual forms, and decodes its accuracies.

The data of a sweep check are built so that a trained network answers with one class for every
image, and so that every class has a share of the test images of its own: the test accuracy then
tells which class, and with it what the network was trained on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.expect import Array, as_array, expect_number
from grader.checks.mark import CheckFailed
from grader.text import quantity

CLASSES = 10
ROUNDED = 0.006
"""Students round accuracies to two digits; the shares of two classes are further apart."""

_PER_CENT_FROM = 10.0
"""Accuracies between 1 and this are neither fractions nor, for any network that learns, per cent."""

_NAMES = {
    "parameters": ("parameters", "params", "num_params", "n_params", "weights"),
    "seconds": ("seconds", "time", "train_time", "training_time", "time_seconds", "duration", "elapsed"),
    "train_accuracy": ("train_accuracy", "train_acc", "training_accuracy", "accuracy_train", "acc_train"),
    "test_accuracy": ("test_accuracy", "test_acc", "accuracy_test", "acc_test", "testing_accuracy"),
}
_TIMED = ("seconds", "train_accuracy", "test_accuracy")
_SETTING_NAMES = {
    "hidden": ("hidden", "width", "units", "hidden_units", "neurons"),
    "n": ("n", "size", "n_train", "samples", "num_samples", "training_size"),
    "l1": ("l1", "weight", "l1_weight", "lambda", "penalty"),
}


@dataclass(frozen=True)
class SweepRow:
    """Accuracies are fractions, 0 to 1."""

    setting: float
    seconds: float
    train_accuracy: float
    test_accuracy: float


def expect_rows(value: object, setting: str, wanted: Sequence[float]) -> tuple[SweepRow, ...]:
    """One row for each of `wanted`, in that order: see `read_table`. `setting` is "n" or "l1"."""
    table = read_table(value, setting, wanted, _TIMED)
    return _as_fractions(tuple(SweepRow(row[setting], *(row[name] for name in _TIMED)) for row in table))


def expect_durations(rows: Sequence[SweepRow], longest: float) -> None:
    """The seconds of all rows together are at most `longest`, in which the whole sweep was done."""
    total = sum(row.seconds for row in rows)
    if total > longest:
        raise CheckFailed(
            f"The seconds of your rows add up to {total:,.0f}, but all of your sweep was done in less than"
            f" {longest:g}. Seconds are the difference of two readings of the clock: start ="
            " time.perf_counter() before the training, time.perf_counter() - start after it."
        )


def read_table(
    value: object, setting: str, wanted: Sequence[float], columns: Sequence[str]
) -> tuple[dict[str, float], ...]:
    """One row for each of `wanted`, in that order, with the setting and `columns` as numbers.

    Takes a list of dicts or of tuples (setting, *columns), a dict from setting to row, or a dict of
    columns. Raises CheckFailed.
    """
    table = _as_records(value, setting, wanted, columns)
    if len(table) != len(wanted):
        given = ", ".join(f"{item:g}" for item in wanted)
        raise CheckFailed(
            f"Called with {quantity(len(wanted), 'value')} of {setting} ({given}), your sweep returns"
            f" {quantity(len(table), 'row')}. There must be one for each value: look at where the"
            " loop begins and ends, and at where the row is appended."
        )
    rows = tuple(_row(record, setting, columns) for record in table)
    for row, expected in zip(rows, wanted, strict=True):
        if abs(row[setting] - expected) > 1e-6 * max(1.0, abs(expected)):
            raise CheckFailed(
                f"A row of your sweep says {setting} = {row[setting]:g} where {expected:g} was asked for. Use"
                " the values that the function is given, in their order."
            )
    return rows


def balanced_test_labels(rng: np.random.Generator) -> Array:
    """55 class numbers in random order; the classes occur 1 to 10 times, each another number of times."""
    counts = rng.permutation(np.arange(1, CLASSES + 1))
    return rng.permutation(np.repeat(np.arange(CLASSES), counts))


def shares(labels: Array) -> Array:
    """The accuracy that each class would have as the only answer, shape (10,)."""
    return np.bincount(labels, minlength=CLASSES) / len(labels)


def answered_class(test_accuracy: float, test_labels: Array) -> int | None:
    """The class whose share this accuracy is, or None."""
    distances = np.abs(shares(test_labels) - test_accuracy)
    nearest = int(distances.argmin())
    return nearest if distances[nearest] <= ROUNDED else None


def one_hot(labels: Array) -> Array:
    """(n,) class numbers as (n, 10) float32."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def _as_records(
    value: object, setting: str, wanted: Sequence[float], columns: Sequence[str]
) -> list[dict[str, object]]:
    names = (setting, *columns)
    if isinstance(value, Mapping):
        return _from_mapping(value, names)
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return [_from_sequence(list(row), names) for row in value]
    if isinstance(value, (list, tuple)):
        return [_record(row, names) for row in value]
    if value is None:
        raise CheckFailed(
            "Your sweep returns None. Collect one row for each setting in a list and return the list."
        )
    kind = getattr(value, "type_name", None) or type(value).__name__
    extra = ' Turn a table into plain rows with table.to_dict("records").' if "DataFrame" in kind else ""
    raise CheckFailed(
        f"Your sweep returns a {kind}; wanted is a list with one row (a dict) for each setting.{extra}"
    )


def _from_mapping(value: Mapping[object, object], names: Sequence[str]) -> list[dict[str, object]]:
    setting = names[0]
    if all(isinstance(column, (list, tuple, np.ndarray)) for column in value.values()) and any(
        name in value for name in _SETTING_NAMES[setting]
    ):
        columns = {str(name): list(column) for name, column in value.items()}  # type: ignore[call-overload]
        return [
            {name: column[i] for name, column in columns.items() if i < len(column)}
            for i in range(max(map(len, columns.values()), default=0))
        ]
    records = []
    for key, row in value.items():
        number = _number_in(str(key))
        if number is None:
            raise CheckFailed(
                f'Your sweep returns a dict whose key "{str(key)[:40]}" is no value of {setting}. Return a'
                f" list with one dict for each setting, with the keys {', '.join(names)}."
            )
        if isinstance(row, Mapping):
            records.append({setting: number, **{str(name): item for name, item in row.items()}})
        else:
            records.append(_from_sequence([number, *_items(row)], names))
    return records


def _record(row: object, names: Sequence[str]) -> dict[str, object]:
    if isinstance(row, Mapping):
        return {str(name): item for name, item in row.items()}
    return _from_sequence(_items(row), names)


def _items(row: object) -> list[object]:
    return list(row) if isinstance(row, (list, tuple, np.ndarray)) else [row]


def _from_sequence(row: Sequence[object], names: Sequence[str]) -> dict[str, object]:
    if len(row) != len(names):
        raise CheckFailed(
            f"A row of your sweep has {len(row)} {'value' if len(row) == 1 else 'values'}; wanted are four,"
            f" in this order: {', '.join(names)}. A dict with these names is clearer."
        )
    return dict(zip(names, row, strict=True))


def _row(record: Mapping[str, object], setting: str, columns: Sequence[str]) -> dict[str, float]:
    number = as_array(_pick(record, setting, _SETTING_NAMES[setting]), setting)
    row = {setting: float(number.reshape(()))}
    for name in columns:
        largest = 100 if name.endswith("accuracy") else 1e9
        row[name] = expect_number(_pick(record, name, _NAMES[name]), 0, largest, name)
    return row


def _pick(record: Mapping[str, object], name: str, spellings: Sequence[str]) -> object:
    for key, value in record.items():
        if key.lower().strip().replace(" ", "_") in spellings:
            return value
    have = ", ".join(str(key)[:30] for key in record) or "nothing"
    raise CheckFailed(f'A row of your sweep has no "{name}"; it has: {have}.')


def _number_in(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _as_fractions(rows: tuple[SweepRow, ...]) -> tuple[SweepRow, ...]:
    """Per cent as fractions, when any accuracy of the table is above 1."""
    largest = max(max(row.train_accuracy, row.test_accuracy) for row in rows)
    if largest <= 1:
        return rows
    if largest < _PER_CENT_FROM:
        raise CheckFailed(
            f"An accuracy of your sweep is {largest:g}, which is above 1. It may be the loss: model.evaluate"
            " returns loss and accuracy, in this order."
        )
    return tuple(
        SweepRow(row.setting, row.seconds, row.train_accuracy / 100, row.test_accuracy / 100) for row in rows
    )
