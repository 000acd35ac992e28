"""The published forms of CIFAR-10 and MNIST, from files to arrays, each file checked by its MD5.

A *source* maps the base names of the files of a folder or tar archive to a function that reads one.
MD5 guards against damage in transit, and is what the data sets' authors published.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.data.cache import Arrays
from grader.errors import GraderError, UsageError

Source = Mapping[str, Callable[[], bytes]]

# The largest file of a data set is 47 MB; a bigger one is not part of it.
FILE_LIMIT = 64 * 2**20

CIFAR_MD5 = {
    "data_batch_1": "5dd7e06a14cb22eb9f671a540d1b7c25",
    "data_batch_2": "5ea93a67294ea407fff1d09f752e9692",
    "data_batch_3": "942cd6a4bcdd0dd3c604fbe906cb4421",
    "data_batch_4": "ae636b3ba5c66a11e91e8cb52e771fcb",
    "data_batch_5": "53f37980c15c3d472c316c40844f3f0d",
    "test_batch": "803d5f7f4d78ea53de84dbe85f74fb6d",
}
CIFAR_BATCH = 10_000
CIFAR_ROW = 1 + 3 * 32 * 32

MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


class FetchError(GraderError):
    """The data set could not be had; the message says from where and why."""


def open_source(path: Path) -> Source:
    """The files of a folder (and its folders) or of a .tar/.tar.gz/.tgz, by base name.

    Raises UsageError when `path` is neither.
    """
    if path.is_dir():
        return {item.name: item.read_bytes for item in sorted(path.rglob("*")) if item.is_file()}
    if not path.exists():
        raise UsageError(f"{path} does not exist.", hint="Give a folder or a .tar.gz archive.")
    try:
        return _read_tar(path)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(
            f"{path} is neither a folder nor a readable .tar.gz archive ({error}).",
            hint="Download it again, or give the folder that it was unpacked to.",
        ) from error


def _read_tar(path: Path) -> Source:
    """Read in one pass, since a compressed archive has no way back; nothing is written to disk."""
    contents: dict[str, Callable[[], bytes]] = {}
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() and member.size <= FILE_LIMIT else None
            if stream is not None:
                contents[Path(member.name).name] = partial(bytes, stream.read())
    return contents


def cifar10_arrays(source: Source) -> Arrays:
    """CIFAR-10 from its binary batches or from pages of PNG with JSON labels.

    Raises UsageError when the source has neither, FetchError when a batch fails its checksum.
    """
    if "data_batch_1.bin" in source:
        read = partial(_binary_batch, source)
    elif "data_batch_1.png" in source:
        read = partial(_png_batch, source)
    elif "data_batch_1" in source:
        raise UsageError(
            "These are the Python (pickle) batches of CIFAR-10; reading a pickle can run any program.",
            hint="Give the binary version instead: cifar-10-binary.tar.gz.",
        )
    else:
        raise UsageError(
            "No CIFAR-10 batches were found there.",
            hint="Wanted: cifar-10-binary.tar.gz, or a folder with data_batch_1.bin and the others.",
        )
    x = np.empty((6 * CIFAR_BATCH, 32, 32, 3), np.uint8)
    y = np.empty(6 * CIFAR_BATCH, np.uint8)
    for index, name in enumerate(CIFAR_MD5):
        raw = read(name)
        _check_md5(name, raw, CIFAR_MD5[name])
        rows = np.frombuffer(raw, np.uint8).reshape(CIFAR_BATCH, CIFAR_ROW)
        part = slice(index * CIFAR_BATCH, (index + 1) * CIFAR_BATCH)
        y[part] = rows[:, 0]
        x[part] = rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    train = 5 * CIFAR_BATCH
    return Arrays(x[:train], y[:train], x[train:], y[train:])


def _binary_batch(source: Source, name: str) -> bytes:
    return _read(source, f"{name}.bin")


def _png_batch(source: Source, name: str) -> bytes:
    """The bytes of the official binary batch, from a page with one picture of 1,024 RGB pixels a row."""
    labels_file = "test_lables.json" if name == "test_batch" else "train_lables.json"  # spelt so there
    start = 0 if name == "test_batch" else (int(name[-1]) - 1) * CIFAR_BATCH
    try:
        labels = np.array(json.loads(_read(source, labels_file)), np.uint8)[start : start + CIFAR_BATCH]
        pixels = _decode_png(_read(source, f"{name}.png")).reshape(CIFAR_BATCH, 1024, 3)
        rows = np.concatenate([labels.reshape(-1, 1), pixels.transpose(0, 2, 1).reshape(CIFAR_BATCH, -1)], 1)
    except (ValueError, OverflowError, TypeError, OSError) as error:
        raise FetchError(
            f"{name}.png or {labels_file} is not what was published ({error}).", hint="Fetch it again."
        ) from error
    return rows.tobytes()


def _decode_png(raw: bytes) -> NDArray[np.uint8]:
    from PIL import Image  # only this form of the data needs it

    with Image.open(io.BytesIO(raw), formats=["PNG"]) as image:
        # Checked before decoding, so that a page of another size allocates nothing.
        if image.width * image.height != CIFAR_BATCH * 1024:
            raise ValueError(f"a page of {image.width} x {image.height} pixels")
        return np.asarray(image.convert("RGB"))


def mnist_arrays(source: Source) -> Arrays:
    """MNIST from its four idx files, plain or .gz. Pictures are (n, 28, 28).

    Raises UsageError when a file is missing, FetchError when one fails its checksum.
    """
    raw = {name: _read_idx(source, name) for name in MNIST_MD5}
    for name, md5 in MNIST_MD5.items():
        _check_md5(name, raw[name], md5)
    # An idx file is a big-endian header (magic number, then one length per axis) and the bytes.
    pictures = [np.frombuffer(raw[n], np.uint8, offset=16).reshape(-1, 28, 28) for n in raw if "images" in n]
    labels = [np.frombuffer(raw[n], np.uint8, offset=8) for n in raw if "labels" in n]
    return Arrays(pictures[0], labels[0], pictures[1], labels[1])


def _read_idx(source: Source, name: str) -> bytes:
    if f"{name}.gz" not in source:
        return _read(source, name)
    try:
        with gzip.open(io.BytesIO(_read(source, f"{name}.gz"))) as stream:
            return stream.read(FILE_LIMIT)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FetchError(f"{name}.gz is damaged ({error}).", hint="Fetch it again.") from error


def _read(source: Source, name: str) -> bytes:
    if name not in source:
        raise UsageError(
            f"{name} was not found there.", hint="Give the folder or archive that holds all parts."
        )
    return source[name]()


def _check_md5(name: str, raw: bytes, expected: str) -> None:
    actual = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    if actual != expected:
        raise FetchError(
            f"{name} fails its checksum: MD5 {actual}, published is {expected}.",
            hint="Fetch it again; if this stays, the place it comes from has changed.",
        )
