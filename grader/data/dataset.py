"""A data set in memory, and where it comes from: this package or the user's cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from grader.data.cache import Arrays, CacheDamaged, digest_of, read_cached
from grader.errors import GraderError, UsageError

Pixels = NDArray[np.uint8]

DIGITS = tuple("0123456789")
CIFAR_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


class DatasetMissing(GraderError):
    """The data set is not on this machine."""


class DatasetDamaged(GraderError):
    """The data set is on this machine, but not as it was fetched."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures and labels, read-only, uint8.

    `x_train` and `x_test` are (n, height, width, 3), for "mnist" (n, height, width); `y_train` and
    `y_test` are (n,). `digest` is SHA-256 (hex) over the bytes of x_train, y_train, x_test, y_test
    in that order. `note` is one sentence for reports.
    """

    name: str
    note: str
    x_train: Pixels
    y_train: Pixels
    x_test: Pixels
    y_test: Pixels
    class_names: tuple[str, ...]
    digest: str


def load_dataset(name: str) -> Dataset:
    """The data set "cifar10", "digits32" or "mnist".

    Cached arrays are memory-mapped: nothing is read before it is used. Raises UsageError for another
    name, DatasetMissing where it was never fetched, DatasetDamaged where its files have changed.
    """
    if name == "digits32":
        return _load_digits32()
    if name not in _TITLES:
        known = ", ".join(["digits32", *_TITLES])
        raise UsageError(f"There is no data set {name!r}.", hint=f"Known are: {known}.")
    try:
        cached = read_cached(name)
    except CacheDamaged as error:
        raise DatasetDamaged(
            f"{_TITLES[name]} in the cache is damaged: {error}.", hint=f"Run: grader data fetch {name}"
        ) from error
    if cached is None:
        raise DatasetMissing(
            f"{_TITLES[name]} is not in the cache.", hint=f"Fetch it once: grader data fetch {name}"
        )
    arrays, digest = cached
    classes = CIFAR_CLASSES if name == "cifar10" else DIGITS
    note = (
        f"{_TITLES[name]}: {len(arrays.x_train):,} training and {len(arrays.x_test):,} test pictures "
        f"in {len(classes)} classes."
    )
    return _assemble(name, note, arrays, classes, digest)


def load_first_available(names: Sequence[str]) -> Dataset:
    """The first of `names` that is at hand; when it is not the first named, its note says why.

    Raises DatasetMissing when none is. A damaged one is an error and never passed over, since marks
    must not change data set without anybody's noticing.
    """
    if not names:
        raise UsageError("No data set was named.", hint="Known are: digits32, cifar10, mnist.")
    missing: list[DatasetMissing] = []
    for name in names:
        try:
            dataset = load_dataset(name)
        except DatasetMissing as error:
            missing.append(error)
            continue
        return _as_stand_in(dataset, names[0]) if missing else dataset
    raise missing[0]


def _as_stand_in(dataset: Dataset, wanted: str) -> Dataset:
    what = dataset.note.removesuffix(".")
    why = f"because {_TITLES[wanted]} is not in the cache"
    return replace(dataset, note=f"Stand-in: {what}, {why}.")


@cache
def _load_digits32() -> Dataset:
    """2,000 + 500 real MNIST digits: 28x28 grey as stored, padded to 32x32 and three equal channels."""
    with files("grader.resources").joinpath("digits32.npz").open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        arrays = Arrays(
            _pad_to_rgb(stored["x_train"]), stored["y_train"], _pad_to_rgb(stored["x_test"]), stored["y_test"]
        )
    for array in arrays:
        array.flags.writeable = False
    note = f"{len(arrays.x_train):,} + {len(arrays.x_test):,} MNIST digits as 32 x 32 RGB."
    return _assemble("digits32", note, arrays, DIGITS, digest_of(arrays))


def _pad_to_rgb(grey: Pixels) -> Pixels:
    """(n, 28, 28) to (n, 32, 32, 3): two black pixels on each side, three equal channels."""
    padded = np.pad(grey, ((0, 0), (2, 2), (2, 2)))
    return np.repeat(padded[..., np.newaxis], 3, axis=-1)


def _assemble(name: str, note: str, arrays: Arrays, classes: tuple[str, ...], digest: str) -> Dataset:
    return Dataset(name, note, *arrays, class_names=classes, digest=digest)


_TITLES = {"cifar10": "CIFAR-10", "mnist": "MNIST"}
