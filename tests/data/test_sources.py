"""Data sets from a local copy: the authors' files and pages of pictures."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.data import FetchError, fetch_dataset, load_dataset, sources
from grader.data import cache as cache_module
from grader.data.cache import Arrays, digest_of
from grader.errors import UsageError
from tests.data.local import pack, same, write_binary, write_pages


@pytest.mark.parametrize("write", [write_binary, write_pages])
@pytest.mark.parametrize("packed", [False, True])
def test_cifar10_from_a_local_copy(
    small: Arrays, tmp_path: Path, write: Callable[[Path, Arrays], Path], packed: bool
) -> None:
    """Binary batches or PNG pages, as a folder or as an archive: the same bytes in the cache."""
    source = write(tmp_path / "source", small)
    if packed:
        source = pack(source, tmp_path / "source.tgz")
    said: list[str] = []
    fetch_dataset("cifar10", source=source, say=said.append)
    data = load_dataset("cifar10")
    assert same(Arrays(data.x_train, data.y_train, data.x_test, data.y_test), small)
    assert "no stated licence" in said[0]
    assert "Checksums agree" in said[-1]


def test_a_wrong_checksum(small: Arrays, tmp_path: Path, empty_cache: Path) -> None:
    """The file is named with both sums, and nothing is kept."""
    source = write_binary(tmp_path / "source", small._replace(y_test=(small.y_test + 1) % 10))
    with pytest.raises(
        FetchError, match=r"test_batch fails its checksum: MD5 [0-9a-f]{32}, published is"
    ) as caught:
        fetch_dataset("cifar10", source=source)
    assert caught.value.hint
    assert not empty_cache.exists()


def test_pickles_are_refused(tmp_path: Path, empty_cache: Path) -> None:
    """The Python version of CIFAR-10 could run any program."""
    (tmp_path / "data_batch_1").write_bytes(b"cos\nsystem\n")
    with pytest.raises(UsageError, match="pickle") as caught:
        fetch_dataset("cifar10", source=tmp_path)
    assert "binary version" in caught.value.hint


def test_sources_that_are_none(small: Arrays, tmp_path: Path) -> None:
    """Each says what was wanted."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.tar.gz").write_bytes(gzip.compress(b"no archive")[:-4])
    (tmp_path / "text").write_text("no archive")
    whole = pack(write_binary(tmp_path / "source", small), tmp_path / "whole.tgz").read_bytes()
    (tmp_path / "cut.tgz").write_bytes(whole[: len(whole) // 2])
    for name, message in {
        "absent": "does not exist",
        "empty": "No CIFAR-10 batches",
        "broken.tar.gz": "neither a folder nor a readable",
        "text": "neither a folder nor a readable",
        "cut.tgz": "neither a folder nor a readable",
    }.items():
        with pytest.raises(UsageError, match=message) as caught:
            fetch_dataset("cifar10", source=tmp_path / name)
        assert caught.value.hint


def test_incomplete_and_wrong_pages(small: Arrays, tmp_path: Path) -> None:
    """A missing batch, a page of another size, labels that are none."""
    source = write_pages(tmp_path / "source", small)
    labels = (source / "train_lables.json").read_text()
    (source / "train_lables.json").write_text('["cat"]')
    with pytest.raises(FetchError, match="is not what was published"):
        fetch_dataset("cifar10", source=source)
    (source / "train_lables.json").write_text(labels)
    Image.new("RGB", (10, 10)).save(source / "data_batch_2.png")
    with pytest.raises(FetchError, match=r"data_batch_2\.png .*\(a page of 10 x 10 pixels"):
        fetch_dataset("cifar10", source=source)
    (source / "data_batch_2.png").unlink()
    with pytest.raises(UsageError, match=r"data_batch_2\.png was not found"):
        fetch_dataset("cifar10", source=source)


def _idx(array: np.ndarray) -> bytes:
    header = np.array([0x0800 + array.ndim, *array.shape], ">i4").tobytes()
    return header + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_mnist_from_idx_files(
    tmp_path: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch, packed: str
) -> None:
    """Plain or gzipped; pictures are (n, 28, 28)."""
    rng = np.random.default_rng(6)
    arrays = Arrays(
        rng.integers(0, 256, (30, 28, 28), dtype=np.uint8), rng.integers(0, 10, 30, dtype=np.uint8),
        rng.integers(0, 256, (10, 28, 28), dtype=np.uint8), rng.integers(0, 10, 10, dtype=np.uint8),
    )  # fmt: skip
    raws = dict(zip(sources.MNIST_MD5, map(_idx, arrays), strict=True))
    monkeypatch.setattr(
        sources, "MNIST_MD5", {name: hashlib.md5(raw).hexdigest() for name, raw in raws.items()}
    )
    monkeypatch.setitem(cache_module.CANONICAL_DIGESTS, "mnist", digest_of(arrays))
    for name, raw in raws.items():
        (tmp_path / f"{name}{packed}").write_bytes(gzip.compress(raw) if packed else raw)
    fetch_dataset("mnist", source=tmp_path)
    data = load_dataset("mnist")
    assert data.x_train.shape == (30, 28, 28)
    assert same(Arrays(data.x_train, data.y_train, data.x_test, data.y_test), arrays)
    assert data.note == "MNIST: 30 training and 10 test pictures in 10 classes."
    (tmp_path / f"t10k-labels-idx1-ubyte{packed}").write_bytes(b"damaged")
    with pytest.raises(FetchError):
        fetch_dataset("mnist", source=tmp_path)


def test_an_archive_with_a_member_too_large_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing larger than a data set's largest file is read into memory."""
    monkeypatch.setattr(sources, "FILE_LIMIT", 100)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("data_batch_1.bin")
        info.size = 101
        archive.addfile(info, io.BytesIO(b"\0" * 101))
    assert dict(sources.open_source(tmp_path / "a.tar")) == {}
