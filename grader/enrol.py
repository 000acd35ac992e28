"""A class and the instructor's roster together: who is who, and whose work stands for a team. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from grader.intake import Arrival, FoundClass, Person, safe_student_id
from grader.results import Platform
from grader.roster import Attendance, RosterEntry, attend

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Enrolled:
    """The class with the teams of the roster as groups; `notes` are for the instructor."""

    found: FoundClass
    attendance: Attendance
    notes: tuple[str, ...]


def enrol(found: FoundClass, roster: Sequence[RosterEntry]) -> Enrolled:
    """The one work of a team is that of all its members, whoever handed it in or if the platform names the
    team itself. Of several works each stays with those who handed it in."""
    attendance = attend(roster, list(found.readers), found.arrivals)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name, entry in attendance.entries.items():
        if entry.team:
            members[entry.team].append(name)
    notes = []
    for team, names in members.items():
        works = _works_of(team, names, found)
        without = [name for name in names if name not in found.readers]
        if len(works) == 1:
            found = _share(team, works[0], names, found, attendance.entries)
        elif works and without:
            notes.append(
                f"{team} handed in {len(works)} works, {', '.join(works)}; it is open which is that of "
                f"{', '.join(without)}."
            )
    return Enrolled(found, attend(roster, list(found.readers), found.arrivals), tuple(notes))


def _works_of(team: str, names: Sequence[str], found: FoundClass) -> list[str]:
    """Who stands for each work of the team's."""
    leads = {mate: lead for lead, mates in found.groups.items() for mate in mates}
    handed_in = [name for name in names if name in found.readers]
    own = [name for name in found.readers if _is_team(name, team, found)]
    return list(dict.fromkeys(leads.get(name, name) for name in [*handed_in, *own]))


def _is_team(name: str, team: str, found: FoundClass) -> bool:
    """True where a work is not of a person but of the team as such, as Moodle and folders name it."""
    person = found.arrivals[name].person if name in found.arrivals else Person(name)
    return name == safe_student_id(team) or team in (person.id, person.name)


def _share(
    team: str, lead: str, names: Sequence[str], found: FoundClass, entries: Mapping[str, RosterEntry]
) -> FoundClass:
    """The class in which the work of `lead` is that of `names` too; the team itself gives way to them."""
    before = [lead, *found.groups.get(lead, ())]
    gone = {name for name in before if name not in entries and _is_team(name, team, found)}
    people = list(dict.fromkeys([*(name for name in before if name not in gone), *names]))
    arrival = found.arrivals.get(lead, Arrival(Person(lead), Platform.PLAIN, work=lead))
    arrivals = {
        name: found.arrivals.get(name, replace(arrival, person=_person(name, entries.get(name))))
        for name in people
    }
    groups = {name: mates for name, mates in found.groups.items() if name != lead}
    return replace(
        found,
        readers={**_without(found.readers, gone), **dict.fromkeys(people, found.readers[lead])},
        places={**_without(found.places, gone), **dict.fromkeys(people, found.places[lead])},
        groups={**groups, people[0]: tuple(people[1:])} if len(people) > 1 else groups,
        arrivals={**_without(found.arrivals, gone), **arrivals},
    )


def _person(name: str, entry: RosterEntry | None) -> Person:
    return Person(entry.id, entry.name, entry.email) if entry else Person(name)


def _without(mapping: Mapping[str, Kept], gone: set[str]) -> dict[str, Kept]:
    return {name: value for name, value in mapping.items() if name not in gone}
