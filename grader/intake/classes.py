"""A class of submissions, however it comes: who handed in, when, and how to read it when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grader.errors import UsageError
from grader.intake.files import MIB, IntakeProblem, is_junk, printable
from grader.intake.find import find_submissions
from grader.intake.identity import assign_student_ids, distinct_ids, safe_student_id
from grader.intake.load import load_submission
from grader.intake.members import Members, list_members
from grader.intake.parts import load_part
from grader.intake.platforms import Export, Person, Work, parse, recognise
from grader.results import Platform
from grader.submission import Submission

_METADATA_LIMIT = 64 * MIB  # Gradescope keeps every output of every test in it
_LEVELS = 3


Reader = Callable[[str], Submission]


@dataclass(frozen=True)
class Arrival:
    """What the platform says of one student. `submitted` is ISO 8601, without an offset where the platform
    gives none, "" where it gives no time; `late` is its marker, None where it has none. `work` is the id
    that the work has in the class, where that may be another's of the same team."""

    person: Person
    platform: Platform
    submitted: str = ""
    late: bool | None = None
    work: str = ""


@dataclass(frozen=True)
class FoundClass:
    """Everything is by student id. `readers` make the submission under the id that they are given. `groups`
    maps who stands for a group to the others, who have the same files. `arrivals` are empty where no
    platform says anything."""

    platform: Platform
    readers: Mapping[str, Reader]
    places: Mapping[str, Path]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arrivals: Mapping[str, Arrival] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def find_class(path: Path, platform: Platform | None = None) -> FoundClass:
    """The class at `path`: the export of a platform, zipped or unpacked, or plain folders and files.

    The platform is recognised unless it is given. Raises UsageError when there is nothing at `path`, nothing
    in it, or nothing of that platform.
    """
    kind = platform or _recognise(path)
    if kind is Platform.PLAIN:
        places = {name: place for place, name in assign_student_ids(find_submissions(path)).items()}
        readers = {name: partial(load_submission, place) for name, place in places.items()}
        return FoundClass(kind, readers, places)
    try:
        members = list_members(path)
    except (IntakeProblem, OSError) as error:
        raise UsageError(f"{path} cannot be read: {error}", hint="Download the export once more.") from error
    export = parse(kind, list(members.listed), partial(_read_text, members))
    if not export.works:
        raise UsageError(
            f"{path} holds no submission as {kind.label} names them.",
            hint="Leave --from out, or say --from plain for folders, archives and files of any name.",
        )
    return _arrange(path, kind, members, export)


def _recognise(path: Path) -> Platform:
    """PLAIN also for what is not there or cannot be read: whoever reads it says what is wrong."""
    try:
        names = _glance(path) if path.is_dir() else list(list_members(path).listed)
    except (IntakeProblem, OSError):
        return Platform.PLAIN
    return recognise(names)


def _glance(folder: Path) -> list[str]:
    """Files and folders at the top; those inside it where there is a single folder."""
    current = folder
    for _ in range(_LEVELS):
        entries = [entry for entry in current.iterdir() if not is_junk((entry.name,))]
        names = [entry.relative_to(folder).as_posix() for entry in entries]
        if len(entries) != 1 or entries[0].is_symlink() or not entries[0].is_dir():
            break
        (current,) = entries
    return names


def _read_text(members: Members, name: str) -> str:
    """A small file of the platform's own. Raises IntakeProblem."""
    listed = members.listed[name]
    if listed.problem or listed.size > _METADATA_LIMIT:
        raise IntakeProblem(f"{printable(name)} cannot be read: {listed.problem or 'it is too large'}.")
    ((_, raw),) = members.read([name])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise IntakeProblem(f"{printable(name)} is not UTF-8 text.") from None


def _arrange(path: Path, platform: Platform, members: Members, export: Export) -> FoundClass:
    """Safe and distinct ids for everybody: two people are never taken for one."""
    works = sorted(export.works, key=lambda work: work.people[0].id)
    people = [person for work in works for person in work.people]
    safe = [safe_student_id(person.id) for person in people]
    ids = distinct_ids(safe)
    renamed = tuple(
        f"{printable(person.id)} is called {chosen} here: another student's id is the same but for letters "
        "that not every system tells apart."
        for person, wished, chosen in zip(people, safe, ids, strict=True)
        if wished != chosen
    )
    teams = list(_deal(works, ids))
    return FoundClass(
        platform=platform,
        readers={name: partial(load_part, members, work) for work, team in teams for name in team},
        places={name: path for _, team in teams for name in team},
        groups={team[0]: tuple(team[1:]) for _, team in teams if len(team) > 1},
        arrivals={
            name: Arrival(person, platform, work.submitted, work.late, name)
            for work, team in teams
            for name, person in zip(team, work.people, strict=True)
        },
        notes=(*export.notes, *renamed),
    )


def _deal(works: Sequence[Work], ids: Sequence[str]) -> Iterator[tuple[Work, Sequence[str]]]:
    start = 0
    for work in works:
        yield work, ids[start : start + len(work.people)]
        start += len(work.people)
