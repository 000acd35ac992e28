"""The gradebook: one SQLite file per results folder, written by one process at a time.

A submission is committed whole or not at all, so that whatever interrupts a run, what was finished
stays finished.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.drafts import Draft
from grader.errors import GraderError, UsageError
from grader.results import SubmissionResult
from grader.scoring import SubmissionScore

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE submissions (
    student_id    TEXT PRIMARY KEY,
    assignment    TEXT NOT NULL,
    digest        TEXT NOT NULL,
    checks_digest TEXT NOT NULL,
    seed          TEXT NOT NULL,
    tier          TEXT NOT NULL,
    score         REAL NOT NULL,
    max_score     REAL NOT NULL,
    unscored      REAL NOT NULL,
    graded_at     TEXT NOT NULL,
    result        TEXT NOT NULL
) STRICT;
CREATE TABLE checks (
    student_id TEXT NOT NULL REFERENCES submissions ON DELETE CASCADE,
    name       TEXT NOT NULL,
    task       TEXT NOT NULL,
    points     REAL NOT NULL,
    score      REAL,
    verdict    TEXT NOT NULL,
    feedback   TEXT NOT NULL,
    PRIMARY KEY (student_id, name)
) STRICT;
"""

# Not yet results: what an interrupted run has found out so far. May be dropped without loss of marks.
_DRAFTS = """
CREATE TABLE IF NOT EXISTS drafts (
    student_id    TEXT PRIMARY KEY,
    digest        TEXT NOT NULL,
    checks_digest TEXT NOT NULL,
    seed          TEXT NOT NULL,
    tier          TEXT NOT NULL,
    draft         TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True)
class Identity:
    """Two results with the same identity are the same result: nothing needs to be graded again."""

    digest: str
    checks_digest: str
    seed: int
    tier: str


class Gradebook:
    """An open gradebook; use `open_gradebook` to write and `read_gradebook` to read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def assignment(self) -> str | None:
        return self._meta("assignment")

    @property
    def seed(self) -> int | None:
        """The secret seed of the runs in this gradebook."""
        seed = self._meta("seed")
        return None if seed is None else int(seed)

    def start(self, assignment: str, seed: int) -> None:
        """Records what the following results belong to."""
        with _explained(), self._connection as transaction:
            rows = [("assignment", assignment), ("seed", str(seed))]
            transaction.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def identity(self, student_id: str) -> Identity | None:
        """What the stored result of a student was made from, or None."""
        query = "SELECT digest, checks_digest, seed, tier FROM submissions WHERE student_id = ?"
        row = self._connection.execute(query, (student_id,)).fetchone()
        return None if row is None else Identity(row[0], row[1], int(row[2]), row[3])

    def draft(self, student_id: str, identity: Identity) -> Draft | None:
        """What is kept of a result that is not complete; None when that was made from something else."""
        query = (
            "SELECT draft FROM drafts WHERE (student_id, digest, checks_digest, seed, tier) = (?, ?, ?, ?, ?)"
        )
        row = self._connection.execute(query, (student_id, *_columns(identity))).fetchone()
        return None if row is None else Draft.model_validate_json(row[0])

    def drafts(self) -> Iterator[tuple[str, Draft]]:
        """All that is kept, one at a time, by student id."""
        names = [name for (name,) in self._connection.execute("SELECT student_id FROM drafts ORDER BY 1")]
        for name in names:
            query = "SELECT draft FROM drafts WHERE student_id = ?"
            (text,) = self._connection.execute(query, (name,)).fetchone()
            yield name, Draft.model_validate_json(text)

    def put_draft(self, student_id: str, identity: Identity, draft: Draft) -> None:
        """Replaces the student's draft. Raises GraderError when the disk is full."""
        row = (student_id, *_columns(identity), draft.model_dump_json())
        with _explained(), self._connection as transaction:
            transaction.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)", row)

    def put(self, result: SubmissionResult, score: SubmissionScore) -> None:
        """Replaces the student's result, in one transaction. Raises GraderError when the disk is full."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        environment = result.environment
        row = (
            result.student_id,
            result.assignment,
            result.digest,
            result.checks_digest,
            str(environment.seed),
            str(environment.tier),
            score.total,
            score.max_score,
            score.unscored,
            now,
            result.model_dump_json(),
        )
        checks = [
            (result.student_id, c.check, c.task, c.points, c.score, str(c.verdict), c.feedback)
            for c in result.checks
        ]
        with _explained(), self._connection as transaction:
            transaction.execute("DELETE FROM drafts WHERE student_id = ?", (result.student_id,))
            transaction.execute("DELETE FROM submissions WHERE student_id = ?", (result.student_id,))
            transaction.execute(f"INSERT INTO submissions VALUES ({','.join('?' * len(row))})", row)
            transaction.executemany("INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?)", checks)

    @property
    def student_ids(self) -> tuple[str, ...]:
        """Everybody who has a result, in order."""
        return tuple(
            name for (name,) in self._connection.execute("SELECT student_id FROM submissions ORDER BY 1")
        )

    def result(self, student_id: str) -> SubmissionResult | None:
        query = "SELECT result FROM submissions WHERE student_id = ?"
        row = self._connection.execute(query, (student_id,)).fetchone()
        return None if row is None else SubmissionResult.model_validate_json(row[0])

    def results(self, student_ids: Iterable[str] | None = None) -> Iterator[SubmissionResult]:
        """All results, or those of some students, one at a time, by student id."""
        for name in self.student_ids if student_ids is None else student_ids:
            if (result := self.result(name)) is not None:
                yield result

    def _meta(self, key: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])


def _columns(identity: Identity) -> tuple[str, ...]:
    return identity.digest, identity.checks_digest, str(identity.seed), identity.tier


@contextmanager
def _explained() -> Iterator[None]:
    """Turns what the disk refuses into a message. Broken constraints stay what they are: our mistakes."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise GraderError(
            f"The gradebook could not be written: {error}.",
            hint="Results that were finished before are kept. Make room and run the same command again.",
        ) from error


@contextmanager
def open_gradebook(path: Path) -> Iterator[Gradebook]:
    """For writing. Raises UsageError while another process writes to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"Another grader is writing to {path.parent}.",
                hint="Wait until it has finished, or choose another folder with --out.",
            ) from None
        with closing(_connect(path)) as connection:
            _ensure_schema(connection, path)
            with _explained():
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_DRAFTS)
            yield Gradebook(connection)


@contextmanager
def read_gradebook(path: Path) -> Iterator[Gradebook]:
    """For reading. Raises UsageError when there is none."""
    if not path.is_file():
        raise UsageError(
            f"{path.parent} is not a folder of results: it has no {path.name}.",
            hint="Give the folder that `grader grade --out` wrote.",
        )
    with closing(_connect(path)) as connection:
        _ensure_schema(connection, path)
        yield Gradebook(connection)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _ensure_schema(connection: sqlite3.Connection, path: Path) -> None:
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
            return
    except sqlite3.DatabaseError as error:
        raise GraderError(
            f"{path} cannot be used as a gradebook: {error}.",
            hint="If it is damaged, move it away and run the same command again.",
        ) from None
    if version != SCHEMA_VERSION:
        raise GraderError(
            f"{path} has schema version {version}; this grader writes version {SCHEMA_VERSION}.",
            hint="Use the version of epochmark that wrote it, or another folder with --out.",
        )
