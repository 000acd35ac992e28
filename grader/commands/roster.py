"""The roster from its file, and into the gradebook."""

from __future__ import annotations

from pathlib import Path

from grader.errors import UsageError
from grader.gradebook import open_gradebook, read_gradebook
from grader.intake.files import MIB
from grader.layout import ResultsFolder
from grader.roster import RosterEntry, attend, parse_roster

_LARGEST = 10 * MIB


def read_roster(path: Path) -> tuple[RosterEntry, ...]:
    """Raises UsageError for a file that is not there or cannot be understood."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} is too large for a roster.", hint="docs/importing.md shows one.")
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", hint="Give a CSV file.") from error
    return parse_roster(raw, str(path))


def enrol_roster(path: Path, results: Path) -> None:
    """Puts it in the place of the roster before. Raises UsageError, also for a folder without results."""
    entries, gradebook_path = read_roster(path), ResultsFolder(results).gradebook
    with read_gradebook(gradebook_path):
        pass  # raises where there is none, which opening it for writing would make
    with open_gradebook(gradebook_path) as gradebook:
        people = gradebook.people
        people.enrol(attend(entries, gradebook.student_ids, people.arrivals()).entries)
