"""The training store: what goes in comes out, and a run has one trainer at a time."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.models.store import LEASE_SECONDS, TrainingStore
from grader.models.tasks import TrainingRun


def make_run(key: str, loss: float = 1.5) -> TrainingRun:
    return TrainingRun(
        key=key,
        history={"loss": (2.25, loss)},
        train_accuracy=0.75,
        test_accuracy=0.5,
        test_predictions=(3, 1, 4),
        wall_seconds=1.0,
        cpu_seconds=0.5,
        versions={"keras": "3.0"},
    )


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_runs_come_back(tmp_path: Path) -> None:
    """A run is read as it was put, by another store object too; others are absent."""
    TrainingStore(tmp_path / "deep" / "store.sqlite").put(make_run("a"))
    store = TrainingStore(tmp_path / "deep" / "store.sqlite")
    assert store.get("a") == make_run("a")
    assert store.has("a")
    assert store.get("b") is None
    assert not store.has("b")


def test_diverged_runs_come_back(tmp_path: Path) -> None:
    """Losses that are not finite survive."""
    store = TrainingStore(tmp_path / "store.sqlite")
    store.put(make_run("a", float("inf")))
    store.put(make_run("b", float("nan")))
    runs = store.get("a"), store.get("b")
    assert [str(run.history["loss"][1]) for run in runs if run] == ["inf", "nan"]


def test_first_run_stays(tmp_path: Path) -> None:
    """A second run under the same key changes nothing: marks that rest on the first stay explained."""
    store = TrainingStore(tmp_path / "store.sqlite")
    store.put(make_run("a", 1.0))
    store.put(make_run("a", 2.0))
    assert store.get("a") == make_run("a", 1.0)


def test_claims_exclude_others(tmp_path: Path) -> None:
    """A claim holds against others until the run is there or the claim is given up."""
    store = TrainingStore(tmp_path / "store.sqlite")
    assert store.claim("a", "one")
    assert store.claim("a", "one")
    assert not store.claim("a", "two")
    store.release("a", "two")
    assert not store.claim("a", "two")
    store.release("a", "one")
    assert store.claim("a", "two")
    store.put(make_run("a"))
    assert not store.claim("a", "one")


def test_dead_owners_claims_run_out(tmp_path: Path) -> None:
    """Without a sign of life a claim is free after its lease, with one it is not."""
    clock = Clock()
    store = TrainingStore(tmp_path / "store.sqlite", clock=clock)
    store.claim("a", "dead")
    store.claim("b", "alive")
    clock.now += LEASE_SECONDS - 1
    store.renew(["b"], "alive")
    assert not store.claim("a", "other")
    clock.now += 2
    assert store.claim("a", "other")
    assert not store.claim("b", "other")
    store.renew(["a"], "dead")
    clock.now += LEASE_SECONDS - 1
    assert not store.claim("a", "third")


KEYS = [f"key-{number}" for number in range(150)]


def claim_all(path: Path, owner: str) -> list[str]:
    """Runs in a process of its own: claims what it can, and puts every second run."""
    store = TrainingStore(path)
    won = [key for key in KEYS if store.claim(key, owner)]
    for key in won[::2]:
        store.put(make_run(key))
    return won


def test_two_processes_share_without_overlap(tmp_path: Path) -> None:
    """Two processes at once claim every key exactly once, and no write is lost."""
    path = tmp_path / "store.sqlite"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        one, two = pool.starmap(claim_all, [(path, "one"), (path, "two")])
    assert sorted(one + two) == sorted(KEYS)
    store = TrainingStore(path)
    assert all(store.has(key) for key in one[::2] + two[::2])


def test_not_a_store(tmp_path: Path) -> None:
    """A file that is no store is the grader's trouble, named with the remedy."""
    path = tmp_path / "store.sqlite"
    path.write_text("This is a text and not a database. " * 100)
    with pytest.raises(GraderError) as caught:
        TrainingStore(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """What to do about it, without a traceback; SQLite's own limit stands in for the disk's."""
    store = TrainingStore(tmp_path / "training.sqlite")
    with sqlite3.connect(store.path) as limited:
        (pages,) = limited.execute("PRAGMA page_count").fetchone()

    class Full(TrainingStore):
        @contextmanager
        def _connection(self) -> Iterator[sqlite3.Connection]:
            with super()._connection() as connection:
                connection.execute(f"PRAGMA max_page_count = {pages}")
                yield connection

    full = Full(store.path)
    with pytest.raises(GraderError, match="could not be written: database or disk is full") as caught:
        full.claim("key" * 1_000_000, "me")
    assert "Make room" in caught.value.hint
