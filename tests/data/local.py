"""Local copies of a small data set, in the forms that people have."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

from grader.data import sources
from grader.data.cache import Arrays


def batch(x: np.ndarray, y: np.ndarray, index: int) -> bytes:
    part = slice(index * 20, index * 20 + 20)
    rows = [y[part].reshape(-1, 1), x[part].transpose(0, 3, 1, 2).reshape(20, -1)]
    return np.concatenate(rows, 1).tobytes()


def write_binary(folder: Path, arrays: Arrays) -> Path:
    """The authors' files."""
    x, y = np.concatenate([arrays.x_train, arrays.x_test]), np.concatenate([arrays.y_train, arrays.y_test])
    inner = folder / "cifar-10-batches-bin"
    inner.mkdir(parents=True)
    for index, name in enumerate(sources.CIFAR_MD5):
        (inner / f"{name}.bin").write_bytes(batch(x, y, index))
    (inner / "batches.meta.txt").write_text("airplane\n")
    return folder


def write_pages(folder: Path, arrays: Arrays) -> Path:
    """The same as PNG pages, one picture a row, with labels as JSON."""
    folder.mkdir(parents=True)
    x = np.concatenate([arrays.x_train, arrays.x_test])
    for index, name in enumerate(sources.CIFAR_MD5):
        page = x[index * 20 : index * 20 + 20].reshape(20, 1024, 3)
        Image.fromarray(page).save(folder / f"{name}.png")
    (folder / "train_lables.json").write_text(json.dumps(arrays.y_train.tolist()))
    (folder / "test_lables.json").write_text(json.dumps(arrays.y_test.tolist()))
    return folder


def pack(folder: Path, target: Path) -> Path:
    with tarfile.open(target, "w:gz") as archive:
        archive.add(folder, arcname="package")
    return target


def same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
