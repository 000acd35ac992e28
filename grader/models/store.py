"""The training store: finished runs by content, shared by processes, each run trained once."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from grader.errors import GraderError
from grader.models.tasks import TrainingRun

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, run BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, expires REAL NOT NULL) STRICT;
"""
LEASE_SECONDS = 20.0
"""How long a claim holds after its owner's last sign of life: what is started again after a kill waits so
long at most. One that slept longer and wakes up costs a run that is trained twice, no more."""

BUSY_SECONDS = 60.0


class RunSource(Protocol):
    """Where finished runs can be had: the store, or or what jobs bring along."""

    def get(self, key: str, /) -> TrainingRun | None: ...


class KnownRuns:
    """The latest runs that jobs brought along, so that a later job finds those of usual models."""

    MOST = 256  # some 25 MB, with the 10,000 predictions of each

    def __init__(self) -> None:
        self._runs: OrderedDict[str, TrainingRun] = OrderedDict()

    def get(self, key: str, /) -> TrainingRun | None:
        return self._runs.get(key)

    def learn(self, runs: Mapping[str, TrainingRun]) -> None:
        for key, run in runs.items():
            self._runs[key] = run
            self._runs.move_to_end(key)
        while len(self._runs) > self.MOST:
            self._runs.popitem(last=False)


class TrainingStore:
    """A SQLite file. Safe for several processes; a store object belongs to one thread at a time.

    `clock` gives seconds since the epoch, the same for all processes.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Raises GraderError when the file cannot be opened or is not a training store."""
        self.path = path
        self._clock = clock
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connection() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
            raise GraderError(
                f"The training store {path} cannot be used: {error}.",
                hint="Move the file away; runs that are missing are trained again.",
            ) from error

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection per use: cheap, and none is ever carried into another process.

        Raises GraderError for what the disk refuses.
        """
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            yield connection
        except sqlite3.OperationalError as error:
            raise GraderError(
                f"The training store {self.path} could not be written: {error}.",
                hint="Runs that were finished before are kept. Make room and run the same command again.",
            ) from error
        finally:
            connection.close()

    def get(self, key: str) -> TrainingRun | None:
        with self._connection() as connection:
            row = connection.execute("SELECT run FROM runs WHERE key = ?", (key,)).fetchone()
        return None if row is None else TrainingRun.model_validate_json(zlib.decompress(row[0]))

    def has(self, key: str) -> bool:
        with self._connection() as connection:
            return connection.execute("SELECT 1 FROM runs WHERE key = ?", (key,)).fetchone() is not None

    def put(self, run: TrainingRun) -> None:
        """Keeps the first of two equal runs and gives up the claim."""
        blob = zlib.compress(run.model_dump_json().encode())
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR IGNORE INTO runs VALUES (?, ?)", (run.key, blob))
            connection.execute("DELETE FROM claims WHERE key = ?", (run.key,))
            connection.execute("COMMIT")

    def claim(self, key: str, owner: str) -> bool:
        """True when `owner` may train the run now: nobody has, and nobody alive is at it."""
        now = self._clock()
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            done = connection.execute("SELECT 1 FROM runs WHERE key = ?", (key,)).fetchone()
            held = connection.execute(
                "SELECT 1 FROM claims WHERE key = ? AND owner <> ? AND expires > ?", (key, owner, now)
            ).fetchone()
            free = done is None and held is None
            if free:
                connection.execute(
                    "INSERT OR REPLACE INTO claims VALUES (?, ?, ?)", (key, owner, now + LEASE_SECONDS)
                )
            connection.execute("COMMIT")
        return free

    def renew(self, keys: Iterable[str], owner: str) -> None:
        """Says that `owner` is still at work on `keys`."""
        expires = self._clock() + LEASE_SECONDS
        with self._connection() as connection:
            connection.executemany(
                "UPDATE claims SET expires = ? WHERE key = ? AND owner = ?",
                [(expires, key, owner) for key in keys],
            )

    def release(self, key: str, owner: str) -> None:
        """Gives up a claim whose run could not be trained."""
        with self._connection() as connection:
            connection.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (key, owner))
