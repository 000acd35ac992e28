"""The embedded digits: what they are, whatever the machine."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from grader.data import DatasetMissing, load_dataset, load_first_available
from grader.data.cache import Arrays, digest_of

DIGITS28_DIGEST = "94140092314e88531f70adaf8648cc39442bffeaaf8cee2b9d1c2742856e359e"

DIGITS32_DIGEST = "37bf7d3848212a7fccb7f09f6c6ad4873e70a1982af6b741ee813b6b556ee2e9"
DIGITS28_DIGEST = "94140092314e88531f70adaf8648cc39442bffeaaf8cee2b9d1c2742856e359e"


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
