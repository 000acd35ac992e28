"""The user's cache of data sets: one folder each, four .npy files and dataset.json.

Plain .npy files can be memory-mapped, so that starting costs no reading of 180 MB. dataset.json is
written last and holds the digest that was computed while the bytes were in memory; afterwards it is
compared with the digest of the canonical data, which this module knows, and the files' sizes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_dir
from pydantic import ValidationError

from grader.errors import GraderError
from grader.evidence import Frozen

FOLDER_VARIABLE = "EPOCHMARK_DATA"

# SHA-256 over x_train, y_train, x_test, y_test of the canonical files.
CANONICAL_DIGESTS = {
    "cifar10": "80387ddb9a0edf3fc4a964ee3770296169bb26a651050df20035579673099660",
    "mnist": "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16",
}


class CacheDamaged(Exception):
    """What is wrong with the cached files, as the end of a sentence."""


class NoSpace(GraderError):
    """The disk is full or the cache folder cannot be written."""


class Arrays(NamedTuple):
    """Contiguous uint8: pictures (n, height, width[, 3]) and labels (n,)."""

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.uint8]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.uint8]


class _Record(Frozen):
    """dataset.json; `sizes` are bytes of each .npy file."""

    schema_version: Literal[1] = 1
    name: str
    digest: str
    sizes: dict[str, int]


def cache_folder() -> Path:
    """Where data sets are kept: $EPOCHMARK_DATA, or the place that this system has for caches."""
    return Path(os.environ.get(FOLDER_VARIABLE) or user_cache_dir("epochmark", appauthor=False))


def digest_of(arrays: Arrays) -> str:
    """SHA-256 (hex) over the bytes of the four arrays in their order."""
    sha256 = hashlib.sha256()
    for array in arrays:
        sha256.update(np.ascontiguousarray(array).data)
    return sha256.hexdigest()


def read_cached(name: str) -> tuple[Arrays, str] | None:
    """The memory-mapped arrays and their digest; None when never fetched; CacheDamaged when changed."""
    folder = cache_folder() / name
    try:
        record = _Record.model_validate_json((folder / "dataset.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValidationError, OSError) as error:
        raise CacheDamaged(f"{folder / 'dataset.json'} cannot be read") from error
    if record.name != name or record.digest != CANONICAL_DIGESTS[name]:
        raise CacheDamaged(f"{folder / 'dataset.json'} does not describe the canonical data")
    arrays = Arrays(*(_map_array(folder / f"{field}.npy", record) for field in Arrays._fields))
    return arrays, record.digest


def _map_array(path: Path, record: _Record) -> NDArray[np.uint8]:
    try:
        if path.stat().st_size != record.sizes.get(path.name):
            raise CacheDamaged(f"{path} has not the size that it was written with")
        # A plain ndarray over the same bytes: a memmap subclass would travel on into every slice.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError) as error:
        raise CacheDamaged(f"{path} cannot be read") from error


def write_cached(name: str, arrays: Arrays) -> Path:
    """Put `arrays` into the cache as a whole or not at all; the folder. NoSpace when it cannot."""
    digest = digest_of(arrays)
    if digest != CANONICAL_DIGESTS[name]:
        raise ValueError(f"these are not the canonical arrays of {name}")
    target = cache_folder() / name
    with _explained(target, needed=sum(array.nbytes for array in arrays)):
        target.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
        try:
            for field, array in zip(Arrays._fields, arrays, strict=True):
                np.save(building / f"{field}.npy", array, allow_pickle=False)
            sizes = {path.name: path.stat().st_size for path in building.iterdir()}
            record = _Record(name=name, digest=digest, sizes=sizes)
            (building / "dataset.json").write_text(record.model_dump_json(indent=2), encoding="utf-8")
            building.chmod(0o755)
            _swap(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return target


def _swap(building: Path, target: Path) -> None:
    """Rename `building` to `target`; what was there goes. Processes that mapped it keep their pages."""
    try:
        building.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
        target.rename(old / "data")
        building.rename(target)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _explained(target: Path, needed: int) -> Iterator[None]:
    """Turn a failed write into a sentence with the next step. `needed` is in bytes."""
    try:
        yield
    except OSError as error:
        hint = f"Set {FOLDER_VARIABLE} to a folder that can be written, with {needed / 1e6:.0f} MB free."
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(
                f"No space left for {target}: {needed / 1e6:.0f} MB are needed.", hint=hint
            ) from error
        raise NoSpace(f"{target} cannot be written: {error.strerror or error}.", hint=hint) from error
