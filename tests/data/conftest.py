"""A cache of each test's own, and a small stand-in for CIFAR-10."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from grader.data import cache as cache_module
from grader.data import sources
from grader.data.cache import Arrays, digest_of
from tests.data.local import batch


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
    md5 = {name: hashlib.md5(batch(x, y, i)).hexdigest() for i, name in enumerate(sources.CIFAR_MD5)}
    monkeypatch.setattr(sources, "CIFAR_MD5", md5)
    arrays = Arrays(x[:100], y[:100], x[100:], y[100:])
    monkeypatch.setitem(cache_module.CANONICAL_DIGESTS, "cifar10", digest_of(arrays))
    return arrays
