"""Who handed in and who was to: the tables of a gradebook that know names. No student code meets them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from typing import Any

from grader.intake import Arrival, Person
from grader.results import HandedIn, Platform
from grader.roster import RosterEntry
from grader.schema import told_when_not_written

_FIRST_VERSION = 3


class People:
    """A part of an open gradebook. One of an earlier version has nobody in it."""

    def __init__(self, connection: sqlite3.Connection, version: int) -> None:
        self._connection = connection
        self._version = version

    def remember(
        self,
        students: Collection[str],
        arrivals: Mapping[str, Arrival],
        groups: Mapping[str, tuple[str, ...]],
    ) -> frozenset[str]:
        """What an export says of each of `students`, and whose work is whose; replaces what was known of
        them, also where nothing is known now. Returns those of whom it was something else."""
        before = self.arrivals()
        forgotten = [name for name in students if name in before and name not in arrivals]
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
                arrival.work,
                leads.get(name, name),
            )
            for name, arrival in arrivals.items()
        ]
        with told_when_not_written(), self._connection as transaction:
            transaction.executemany(
                "DELETE FROM arrivals WHERE student_id = ?", [(name,) for name in forgotten]
            )
            transaction.executemany(f"INSERT OR REPLACE INTO arrivals VALUES ({','.join('?' * 9)})", rows)
        changed = {name for name, arrival in arrivals.items() if before.get(name) != arrival}
        return frozenset(changed.union(forgotten))

    def enrol(self, entries: Mapping[str, RosterEntry]) -> frozenset[str]:
        """Replaces the whole roster; returns those of whom it says something else now."""
        before = self.roster()
        rows = [
            (name, entry.name, entry.email, entry.team, entry.submitted, entry.extension_days)
            for name, entry in entries.items()
        ]
        with told_when_not_written(), self._connection as transaction:
            transaction.execute("DELETE FROM roster")
            transaction.executemany("INSERT INTO roster VALUES (?, ?, ?, ?, ?, ?)", rows)
        both = before.keys() | entries.keys()
        return frozenset(name for name in both if _policy_part(before, name) != _policy_part(entries, name))

    def roster(self) -> dict[str, RosterEntry]:
        """By student id; empty where no roster was ever given."""
        query = "SELECT student_id, name, email, team, extension_days, submitted FROM roster ORDER BY 1"
        return {student_id: RosterEntry(student_id, *rest) for student_id, *rest in self._rows(query)}

    def handed_in(self, student_id: str) -> HandedIn | None:
        """What is known of the time; the roster knows better than the platform. None for nothing at all."""
        arrivals = self._rows(
            "SELECT platform, submitted, late FROM arrivals WHERE student_id = ?", student_id
        )
        listed = self._rows("SELECT submitted, extension_days FROM roster WHERE student_id = ?", student_id)
        if not arrivals and not listed:
            return None
        platform, submitted, late = arrivals[0] if arrivals else (Platform.PLAIN, "", None)
        corrected, extension = listed[0] if listed else ("", 0)
        return HandedIn(
            platform=platform,
            submitted=corrected or submitted,
            late=None if late is None else bool(late),
            extension_days=extension,
        )

    def arrivals(self) -> dict[str, Arrival]:
        """Of everybody who came with an export, by student id."""
        query = "SELECT student_id, platform_id, name, email, platform, submitted, late, work FROM arrivals"
        return {
            student_id: Arrival(
                Person(platform_id, name, email),
                Platform(platform),
                submitted,
                None if late is None else bool(late),
                work,
            )
            for student_id, platform_id, name, email, platform, submitted, late, work in self._rows(query)
        }

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Who stands for a group, and the others of it."""
        found: dict[str, tuple[str, ...]] = {}
        query = "SELECT lead, student_id FROM arrivals WHERE lead <> student_id ORDER BY student_id"
        for lead, student_id in self._rows(query):
            found[lead] = (*found.get(lead, ()), student_id)
        return found

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall() if self._version >= _FIRST_VERSION else []


def _policy_part(entries: Mapping[str, RosterEntry], name: str) -> tuple[float, str]:
    """What of an entry reports depend on."""
    entry = entries.get(name)
    return (entry.extension_days, entry.submitted) if entry else (0, "")
