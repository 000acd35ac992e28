"""Gradescope: a folder for each submission, and who handed it in, in `submission_metadata.yml` beside them.

The keys of that file are symbols of Ruby, which stay strings with a colon in front. Groups have several
`:submitters:`. Of earlier submissions there is only a history; the active one is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import yaml

from grader.errors import UsageError
from grader.intake.files import IntakeProblem
from grader.intake.platforms.work import (
    Export,
    Person,
    ReadMember,
    Work,
    tell_unknown,
    unwrap_names,
)
from grader.results import Platform
from grader.text import one_line

METADATA = "submission_metadata.yml"
# The parser in C, where there is one: results of a large class are megabytes of YAML.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50
_HINT = "Download the export once more, or give the folder of submissions with --from plain."


def find_metadata(names: Sequence[str]) -> str | None:
    """The member that makes an export of Gradescope, or None."""
    return unwrap_names(names, lambda top: False).get(METADATA)


@dataclass(frozen=True)
class _Record:
    people: tuple[Person, ...]
    submitted: str


def parse(names: Sequence[str], read: ReadMember) -> Export:
    """The works among the files `names`. Raises UsageError where the metadata cannot be read."""
    inner = unwrap_names(names, lambda top: False)
    metadata = inner.pop(METADATA, None)
    if metadata is None:
        raise UsageError(f"There is no {METADATA}, which every export of Gradescope has.", hint=_HINT)
    records = _records(_load(metadata, read))
    files: defaultdict[str, dict[str, str]] = defaultdict(dict)
    unknown = []
    for name, member in sorted(inner.items()):
        top, _, rest = name.partition("/")
        if rest or top in records:
            files[top][member] = rest or top
        else:
            unknown.append(member)
    notes = list(tell_unknown(Platform.GRADESCOPE, unknown))
    works = []
    for folder in sorted(files.keys() | records.keys()):
        record = records.get(folder)
        if record is None or not record.people:
            notes.append(f"{METADATA} does not say who handed in {folder}; it stands under that name.")
        people = record.people if record and record.people else (Person(folder),)
        works.append(Work(people, files[folder], record.submitted if record else ""))
    return Export(tuple(_one_each(works, notes)), tuple(notes))


def _load(metadata: str, read: ReadMember) -> Mapping[Any, Any]:
    try:
        text = read(metadata)
        _check_depth(text)
        content = yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, IntakeProblem, RecursionError, ValueError) as error:
        reason = one_line(str(error), 300).rstrip(".")
        raise UsageError(f"{METADATA} cannot be read: {reason}.", hint=_HINT) from error
    if not isinstance(content, Mapping):
        raise UsageError(f"{METADATA} is no table of submissions.", hint=_HINT)
    return content


def _check_depth(text: str) -> None:
    """Raises ValueError for nesting that no export has: the parser in C would overrun its stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} levels deep")


def _records(content: Mapping[Any, Any]) -> dict[str, _Record]:
    """By folder; what is not of the expected kind counts as not there."""
    records = {}
    for folder, record in content.items():
        record = record if isinstance(record, Mapping) else {}
        submitters = record.get(":submitters")
        people = tuple(map(_person, submitters)) if isinstance(submitters, list) else ()
        known = tuple({person.id: person for person in people if person.id}.values())
        records[str(folder)] = _Record(known, _iso(record.get(":created_at")))
    return records


def _person(submitter: object) -> Person:
    found = submitter if isinstance(submitter, Mapping) else {}
    sid, email, name = (_text(found.get(key)) for key in (":sid", ":email", ":name"))
    return Person(sid or email or name, name, email)


def _text(value: object) -> str:
    """A student's number may stand there without quotes."""
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _iso(value: object) -> str:
    """In UTC, which a time without a zone is in; "" for what is no time."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return ""
    if isinstance(value, datetime):
        known = value if value.tzinfo else value.replace(tzinfo=UTC)
        return known.astimezone(UTC).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else ""


def _one_each(works: Sequence[Work], notes: list[str]) -> list[Work]:
    """Nobody stands behind two works: the latest counts, for each member of a group by itself."""
    ordered = sorted(works, key=lambda work: work.submitted, reverse=True)
    taken: set[str] = set()
    kept = []
    for work in ordered:
        again = [person.id for person in work.people if person.id in taken]
        if again:
            notes.append(f"{', '.join(again)} handed in more than once; the latest submission counts.")
        people = tuple(person for person in work.people if person.id not in taken)
        taken.update(person.id for person in people)
        if people:
            kept.append(replace(work, people=people))
    return kept
