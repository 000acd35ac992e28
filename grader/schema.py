"""The tables of a gradebook, by version, and how an older one is brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import GraderError

# What each schema version adds to the one before. Scores of submissions include what was decided by hand,
# those of checks are what the checks gave; neither knows of due dates, which reports apply.
STEPS = (
    """
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
""",
    """
ALTER TABLE checks ADD COLUMN digest TEXT NOT NULL DEFAULT '';
CREATE TABLE adjustments (
    number     INTEGER PRIMARY KEY,
    student_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    points     REAL,
    who        TEXT NOT NULL,
    at         TEXT NOT NULL,
    why        TEXT NOT NULL
) STRICT;
CREATE INDEX adjustments_of ON adjustments (student_id);
-- Not yet results: what an interrupted run has found out so far. May be dropped without loss of marks.
CREATE TABLE drafts (
    student_id    TEXT PRIMARY KEY,
    digest        TEXT NOT NULL,
    checks_digest TEXT NOT NULL,
    seed          TEXT NOT NULL,
    tier          TEXT NOT NULL,
    draft         TEXT NOT NULL
) STRICT;
CREATE TABLE sources (student_id TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT;
CREATE TABLE pending (student_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (student_id, name)) STRICT;
""",
    """
-- What a learning platform's export says of those who handed in; `work` is what the work is called in it,
-- `lead` stands for the group, or is the student alone. Empty text and NULL: it does not say.
CREATE TABLE arrivals (
    student_id  TEXT PRIMARY KEY,
    platform    TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    submitted   TEXT NOT NULL,
    late        INTEGER,
    work        TEXT NOT NULL,
    lead        TEXT NOT NULL
) STRICT;
-- When who stands for a group is forgotten, somebody else of it does.
CREATE TRIGGER lead_forgotten AFTER DELETE ON arrivals BEGIN
    UPDATE arrivals SET lead = (SELECT min(student_id) FROM arrivals WHERE lead = OLD.student_id)
    WHERE lead = OLD.student_id;
END;
-- What the instructor's own list says of those who are to hand in.
CREATE TABLE roster (
    student_id     TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    team           TEXT NOT NULL,
    submitted      TEXT NOT NULL,
    extension_days REAL NOT NULL
) STRICT;
""",
)
SCHEMA_VERSION = len(STEPS)


@contextmanager
def told_when_not_written() -> Iterator[None]:
    """Turns what the disk refuses into a message. Broken constraints stay what they are: our mistakes."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise GraderError(
            f"The gradebook could not be written: {error}.",
            hint="Results that were finished before are kept. Make room and run the same command again.",
        ) from error


def upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Brings a new or older gradebook to this schema version, all of it or nothing."""
    steps = "".join(STEPS[read_version(connection, path) :])
    if steps:
        with told_when_not_written():
            connection.executescript(f"BEGIN; {steps} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")


def read_version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version, 0 for an empty file. Raises GraderError for one that we do not know."""
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise GraderError(
            f"{path} cannot be used as a gradebook: {error}.",
            hint="If it is damaged, move it away and run the same command again.",
        ) from None
    if version > SCHEMA_VERSION:
        raise GraderError(
            f"{path} has schema version {version}; this grader writes version {SCHEMA_VERSION}.",
            hint="Use the version of epochmark that wrote it, or another folder with --out.",
        )
    return int(version)
