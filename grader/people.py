"""Who handed in and who was to: the tables of a gradebook that know names. No student code meets them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from grader.intake import Arrival, Person
from grader.results import Platform
from grader.schema import told_when_not_written

_FIRST_VERSION = 3


class People:
    """A part of an open gradebook. One of an earlier version has nobody in it."""

    def __init__(self, connection: sqlite3.Connection, version: int) -> None:
        self._connection = connection
        self._version = version

    def remember(self, arrivals: Mapping[str, Arrival], groups: Mapping[str, tuple[str, ...]]) -> None:
        """What an export says of each student, and whose work is whose; replaces what was known of them."""
        leads = {mate: lead for lead, mates in groups.items() for mate in mates}
        rows = [
            (
                name,
                str(arrival.platform),
                arrival.person.id,
                arrival.person.name,
                arrival.person.email,
                arrival.submitted,
                arrival.late,
                leads.get(name, name),
            )
            for name, arrival in arrivals.items()
        ]
        with told_when_not_written(), self._connection as transaction:
            transaction.executemany("INSERT OR REPLACE INTO arrivals VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def arrivals(self) -> dict[str, Arrival]:
        """Of everybody who came with an export, by student id."""
        query = "SELECT student_id, platform_id, name, email, platform, submitted, late FROM arrivals"
        return {
            student_id: Arrival(
                Person(platform_id, name, email),
                Platform(platform),
                submitted,
                None if late is None else bool(late),
            )
            for student_id, platform_id, name, email, platform, submitted, late in self._rows(query)
        }

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Who stands for a group, and the others of it."""
        found: dict[str, tuple[str, ...]] = {}
        query = "SELECT lead, student_id FROM arrivals WHERE lead <> student_id ORDER BY student_id"
        for lead, student_id in self._rows(query):
            found[lead] = (*found.get(lead, ()), student_id)
        return found

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall() if self._version >= _FIRST_VERSION else []
