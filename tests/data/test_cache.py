"""The cache of data sets: each byte checked, no silent stand-in."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from grader.data import DatasetDamaged, DatasetMissing, load_dataset, load_first_available
from grader.data import cache as cache_module
from grader.data.cache import Arrays, NoSpace, cache_folder, digest_of, read_cached, write_cached
from grader.errors import UsageError
from tests.data.local import same


def test_cached_data_comes_back(small: Arrays, empty_cache: Path) -> None:
    """As plain read-only arrays over the files; the note and classes are those of CIFAR-10."""
    assert write_cached("cifar10", small) == empty_cache / "cifar10"
    data = load_dataset("cifar10")
    assert same(Arrays(data.x_train, data.y_train, data.x_test, data.y_test), small)
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
