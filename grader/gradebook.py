"""The gradebook: one SQLite file per results folder, written by one process at a time.

A submission is committed whole or not at all, so that whatever interrupts a run, what was finished
stays finished.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.assignment import Assignment
from grader.drafts import Draft
from grader.errors import UsageError
from grader.people import People
from grader.results import Adjustment, SubmissionResult, Verdict
from grader.schema import SCHEMA_VERSION, read_version, told_when_not_written, upgrade
from grader.scoring import score_submission
from grader.student_rows import count_rows, delete_rows, find_students


@dataclass(frozen=True)
class Identity:
    """Two results with the same identity are the same result: nothing needs to be graded again."""

    digest: str
    checks_digest: str
    seed: int
    tier: str


class Gradebook:
    """An open gradebook; use `open_gradebook` to write and `read_gradebook` to read."""

    def __init__(self, connection: sqlite3.Connection, version: int = SCHEMA_VERSION) -> None:
        self.people = People(connection, version)
        self._connection = connection
        self._version = version

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
        with told_when_not_written(), self._connection as transaction:
            rows = [("assignment", assignment), ("seed", str(seed))]
            transaction.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def settle_policy(self, assignment: Assignment) -> bool:
        """Notes the rules above the checks that totals follow; True when they were others before."""
        kept = {"late", "drop"} if assignment.late or assignment.drop else set()
        policy = assignment.model_dump_json(include=kept)
        before = self._meta("policy") or "{}"
        with told_when_not_written(), self._connection as transaction:
            transaction.execute("INSERT OR REPLACE INTO meta VALUES ('policy', ?)", (policy,))
        return policy != before

    def identity(self, student_id: str) -> Identity | None:
        """What the stored result of a student was made from, or None."""
        query = "SELECT digest, checks_digest, seed, tier FROM submissions WHERE student_id = ?"
        row = self._connection.execute(query, (student_id,)).fetchone()
        return None if row is None else Identity(row[0], row[1], int(row[2]), row[3])

    def has_fault(self, student_id: str) -> bool:
        """True when the grader, and not the student, is to blame for something in the stored result."""
        query = (
            "SELECT 1 FROM checks WHERE student_id = ?1 AND verdict = ?2 UNION ALL"
            " SELECT 1 FROM submissions WHERE student_id = ?1 AND json_extract(result, '$.fault') <> ''"
        )
        found = self._connection.execute(query, (student_id, str(Verdict.GRADER_ERROR))).fetchone()
        return found is not None

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
        with told_when_not_written(), self._connection as transaction:
            transaction.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)", row)

    def drop_draft(self, student_id: str) -> None:
        """Removes a draft where there is one."""
        if self._connection.execute("SELECT 1 FROM drafts WHERE student_id = ?", (student_id,)).fetchone():
            with told_when_not_written(), self._connection as transaction:
                transaction.execute("DELETE FROM drafts WHERE student_id = ?", (student_id,))

    def remember(self, sources: Mapping[str, Path]) -> None:
        """Where the files of each student lie, for a later regrade."""
        rows = [(student_id, str(path.resolve())) for student_id, path in sources.items()]
        with told_when_not_written(), self._connection as transaction:
            transaction.executemany("INSERT OR REPLACE INTO sources VALUES (?, ?)", rows)

    def sources(self) -> dict[str, Path]:
        """The files of each student, as far as they are known."""
        rows = self._rows("SELECT student_id, path FROM sources")
        return {student_id: Path(path) for student_id, path in rows}

    def put(self, result: SubmissionResult, assignment: Assignment) -> SubmissionResult:
        """Replaces the student's result, in one transaction; returns it with what was decided by hand.

        What was asked for of this student is then done. Raises GraderError when the disk is full.
        """
        result = self._complete(result)
        score = score_submission(result, assignment.without_policy)
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
            _stored(result),
        )
        checks = [
            (result.student_id, c.check, c.task, c.points, c.score, str(c.verdict), c.feedback, c.digest)
            for c in result.checks
        ]
        with told_when_not_written(), self._connection as transaction:
            transaction.execute("DELETE FROM drafts WHERE student_id = ?", (result.student_id,))
            transaction.execute("DELETE FROM submissions WHERE student_id = ?", (result.student_id,))
            transaction.execute(f"INSERT INTO submissions VALUES ({','.join('?' * len(row))})", row)
            transaction.executemany("INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?)", checks)
            transaction.execute("DELETE FROM pending WHERE student_id = ?", (result.student_id,))
        return result

    @property
    def student_ids(self) -> tuple[str, ...]:
        """Everybody who has a result, in order."""
        return tuple(
            name for (name,) in self._connection.execute("SELECT student_id FROM submissions ORDER BY 1")
        )

    @property
    def adjusted_students(self) -> tuple[str, ...]:
        """Everybody about whom something was decided by hand, in order."""
        rows = self._rows("SELECT DISTINCT student_id FROM adjustments ORDER BY 1")
        return tuple(student_id for (student_id,) in rows)

    def result(self, student_id: str) -> SubmissionResult | None:
        """One student's result with what was decided by hand, or None."""
        query = "SELECT result FROM submissions WHERE student_id = ?"
        row = self._connection.execute(query, (student_id,)).fetchone()
        return None if row is None else self._complete(SubmissionResult.model_validate_json(row[0]))

    def stores(self, result: SubmissionResult) -> bool:
        """True when this is what is stored of the student, but for decisions by hand."""
        query = "SELECT 1 FROM submissions WHERE student_id = ? AND result = ?"
        row = (result.student_id, _stored(result))
        return self._connection.execute(query, row).fetchone() is not None

    def results(self, student_ids: Iterable[str] | None = None) -> Iterator[SubmissionResult]:
        """All results, or those of some students, one at a time, by student id."""
        for name in self.student_ids if student_ids is None else student_ids:
            if (result := self.result(name)) is not None:
                yield result

    def total(self, student_id: str) -> float | None:
        """One student's total, with what was decided by hand, or None. Before due dates and the like, which
        may be others tomorrow."""
        query = "SELECT score FROM submissions WHERE student_id = ?"
        row = self._connection.execute(query, (student_id,)).fetchone()
        return None if row is None else float(row[0])

    def check_names(self) -> frozenset[str]:
        """Every check that somebody has a result of."""
        return frozenset(name for (name,) in self._connection.execute("SELECT DISTINCT name FROM checks"))

    def judged_otherwise(self, check: str, digest: str) -> frozenset[str]:
        """Students whose result of a check was made when it had another digest."""
        rows = self._rows("SELECT student_id FROM checks WHERE name = ? AND digest <> ?", check, digest)
        return frozenset(student_id for (student_id,) in rows)

    def adjust(self, student_id: str, item: Adjustment, assignment: Assignment) -> SubmissionResult:
        """Appends a decision; earlier ones stay where they are. Raises KeyError for an unknown student."""
        result = self.result(student_id)
        if result is None:
            raise KeyError(student_id)
        result = result.model_copy(update={"adjustments": (*result.adjustments, item)})
        score = score_submission(result, assignment.without_policy)
        row = (student_id, item.check, item.points, item.who, item.at, item.why)
        columns = "student_id, name, points, who, at, why"
        with told_when_not_written(), self._connection as transaction:
            transaction.execute(f"INSERT INTO adjustments ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)
            transaction.execute(
                "UPDATE submissions SET score = ?, unscored = ? WHERE student_id = ?",
                (score.total, score.unscored, student_id),
            )
        return result

    def ask_for(self, students: Collection[str], checks: Collection[str]) -> None:
        """Notes that these checks are to be run again, until new results of the students are put."""
        rows = [(student_id, name) for student_id in students for name in checks]
        with told_when_not_written(), self._connection as transaction:
            transaction.executemany("INSERT OR IGNORE INTO pending VALUES (?, ?)", rows)

    def asked_for(self) -> dict[str, frozenset[str]]:
        """The checks that were asked for and have not been run yet, by student."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for student_id, name in self._rows("SELECT student_id, name FROM pending"):
            found[student_id].add(name)
        return {student_id: frozenset(names) for student_id, names in found.items()}

    def kept_about(self, student_ids: Iterable[str]) -> dict[str, int]:
        """How many rows of which tables are about these students; tables without any are not named."""
        return count_rows(self._connection, student_ids)

    @property
    def known_students(self) -> frozenset[str]:
        """Everybody about whom there is a row of any kind."""
        return find_students(self._connection)

    def forget(self, student_ids: Iterable[str]) -> None:
        """Deletes every row about these students, and what the file still holds of it."""
        delete_rows(self._connection, student_ids)

    def _complete(self, result: SubmissionResult) -> SubmissionResult:
        """With what has tables of its own: decisions by hand, and what is known of the time."""
        rows = self._rows(
            "SELECT name, points, who, at, why FROM adjustments WHERE student_id = ? ORDER BY number",
            result.student_id,
        )
        found = (
            Adjustment(check=name, points=points, who=who, at=at, why=why)
            for name, points, who, at, why in rows
        )
        handed_in = self.people.handed_in(result.student_id)
        return result.model_copy(update={"adjustments": tuple(found), "handed_in": handed_in})

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Of a table that the first version did not have, which may be read as it is."""
        return self._connection.execute(query, values).fetchall() if self._version > 1 else []

    def _meta(self, key: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])


def _stored(result: SubmissionResult) -> str:
    """Without what has tables of its own."""
    return result.model_dump_json(exclude={"adjustments", "handed_in"})


def _columns(identity: Identity) -> tuple[str, ...]:
    return identity.digest, identity.checks_digest, str(identity.seed), identity.tier


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
            upgrade(connection, path)
            with told_when_not_written():
                connection.execute("PRAGMA journal_mode = WAL")
            yield Gradebook(connection)


@contextmanager
def read_gradebook(path: Path) -> Iterator[Gradebook]:
    """For reading; one of an older schema is read as it is. Raises UsageError when there is none."""
    missing = UsageError(
        f"{path.parent} is not a folder of results: it has no {path.name}.",
        hint="Give the folder that `grader grade --out` wrote.",
    )
    if not path.is_file():
        raise missing
    with closing(_connect(path)) as connection:
        version = read_version(connection, path)
        if version == 0:
            raise missing
        yield Gradebook(connection, version)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
