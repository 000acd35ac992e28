"""Rows of a gradebook that are about a student, in whatever table."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from grader.schema import told_when_not_written


def _tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    """All that say so by a column of that name: a table that is added later is purged, too."""
    query = (
        "SELECT t.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table' AND c.name = 'student_id' ORDER BY 1"
    )
    return tuple(name for (name,) in connection.execute(query))


def count_rows(connection: sqlite3.Connection, student_ids: Iterable[str]) -> dict[str, int]:
    """By table; those without any are not named."""
    found: Counter[str] = Counter()
    for student_id in student_ids:
        for table in _tables(connection):
            query = f"SELECT count(*) FROM {table} WHERE student_id = ?"
            found[table] += connection.execute(query, (student_id,)).fetchone()[0]
    return {table: number for table, number in found.items() if number}


def find_students(connection: sqlite3.Connection) -> frozenset[str]:
    """Everybody about whom there is a row."""
    query = " UNION ".join(f"SELECT student_id FROM {table}" for table in _tables(connection))
    return frozenset(name for (name,) in connection.execute(query))


def delete_rows(connection: sqlite3.Connection, student_ids: Iterable[str]) -> None:
    """All of them or none. What was deleted is overwritten, in the file and in its journal, and not only
    marked as free. Raises GraderError where the disk refuses."""
    rows = [(student_id,) for student_id in student_ids]
    with told_when_not_written():
        connection.execute("PRAGMA secure_delete = ON")
        with connection as transaction:
            for table in _tables(connection):
                transaction.executemany(f"DELETE FROM {table} WHERE student_id = ?", rows)
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
