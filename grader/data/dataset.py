"""A data set in memory, and where it comes from: this package or the user's cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    `x_train` and `x_test` are (n, height, width, 3), for "mnist" and "digits28" (n, height, width);
    `y_train` and `y_test` are (n,). `digest` is SHA-256 (hex) over the bytes of x_train, y_train,
    x_test, y_test in that order. `note` is one sentence for reports.
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
    """The data set of one of the names in DATASETS.

    Cached arrays are memory-mapped: nothing is read before it is used. Raises UsageError for another
    name, DatasetMissing where it was never fetched, DatasetDamaged where its files have changed.
    """
    if name in _EMBEDDED:
        return _load_embedded(name)
    if name not in _TITLES:
        raise UsageError(f"There is no data set {name!r}.", hint=_KNOWN)
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
        raise UsageError("No data set was named.", hint=_KNOWN)
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
def _load_embedded(name: str) -> Dataset:
    """2,000 + 500 real MNIST digits: 28x28 grey as stored, or as the name says."""
    words, shaped = _EMBEDDED[name]
    with files("grader.resources").joinpath("digits32.npz").open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        arrays = Arrays(
            shaped(stored["x_train"]), stored["y_train"], shaped(stored["x_test"]), stored["y_test"]
        )
    for array in arrays:
        array.flags.writeable = False
    note = f"{len(arrays.x_train):,} + {len(arrays.x_test):,} MNIST digits as {words}."
    return _assemble(name, note, arrays, DIGITS, digest_of(arrays))


def _pad_to_rgb(grey: Pixels) -> Pixels:
    """(n, 28, 28) to (n, 32, 32, 3): two black pixels on each side, three equal channels."""
    padded = np.pad(grey, ((0, 0), (2, 2), (2, 2)))
    return np.repeat(padded[..., np.newaxis], 3, axis=-1)


def _assemble(name: str, note: str, arrays: Arrays, classes: tuple[str, ...], digest: str) -> Dataset:
    return Dataset(name, note, *arrays, class_names=classes, digest=digest)


def _as_stored(grey: Pixels) -> Pixels:
    return grey


_TITLES = {"cifar10": "CIFAR-10", "mnist": "MNIST"}
_EMBEDDED: dict[str, tuple[str, Callable[[Pixels], Pixels]]] = {
    "digits28": ("28 x 28 grey pictures", _as_stored),
    "digits32": ("32 x 32 RGB", _pad_to_rgb),
}
EMBEDDED = tuple(_EMBEDDED)
"""Names of those that are always at hand."""

DATASETS = (*_TITLES, *EMBEDDED)
"""Every name that assignment.toml may give: those that are fetched, then those in this package."""

_KNOWN = f"Known are: {', '.join(DATASETS)}."
