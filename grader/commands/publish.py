"""`--anonymous`: a copy of the pages without names, fit to be given away as a whole."""

from __future__ import annotations

import os
import secrets
import shutil
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from grader.anonymous import KEY_BYTES, Pseudonyms, anonymise
from grader.assignment_folder import AssignmentFolder, load_assignment
from grader.batch.progress import show_progress
from grader.commands.report import choose_students
from grader.commands.write_reports import Formats, write_reports, write_student
from grader.csv_file import csv_text
from grader.errors import GraderError
from grader.gradebook import Gradebook, read_gradebook
from grader.intake.files import ANSWERS_NAME, EXPERIMENTS_NAME
from grader.layout import ResultsFolder, write_whole
from grader.report import render_published
from grader.results import SubmissionResult

_ONLY_ME = 0o600


def publish(
    results: Path,
    root: Path,
    student: str | None,
    formats: Formats,
    jobs: int,
    console: Console,
    *,
    quiet: bool,
) -> int:
    """Writes anonymous/ anew, or in it one student's report; returns how many reports.

    Raises UsageError for a folder or student that is not there, GraderError when no PDF can be made.
    """
    files = ResultsFolder(results)
    with read_gradebook(files.gradebook) as gradebook:
        chosen, name = choose_students(gradebook, results, student)
        folder = load_assignment(name, root)
        pseudonyms = open_pseudonyms(files)
        given = given_files(folder)
        if student is None:
            shutil.rmtree(files.anonymous.root, ignore_errors=True)
            write_pseudonyms(gradebook.student_ids, pseudonyms, files)
        known = names_of(gradebook)

        def without_names(result: SubmissionResult) -> SubmissionResult:
            return anonymise(result, pseudonyms, given, known.get(result.student_id, ()))

        with show_progress(console, quiet=quiet) as progress:
            trouble = write_reports(
                map(without_names, gradebook.results(chosen)),
                len(chosen),
                folder,
                files.anonymous,
                formats,
                jobs,
                progress,
                write_student,
            )
        outlines = [without_names(result.outline()) for result in gradebook.results()]
    write_whole(files.anonymous.index, render_published(outlines, folder.assignment).encode())
    if trouble is not None:
        raise trouble
    return len(chosen)


def names_of(gradebook: Gradebook) -> dict[str, tuple[str, ...]]:
    """Names, addresses and numbers that a platform or the roster has of each student and of who worked with
    them, by student id."""
    own: defaultdict[str, list[str]] = defaultdict(list)
    for student, entry in gradebook.people.roster().items():
        own[student] += [entry.name, entry.email]
    for student, arrival in gradebook.people.arrivals().items():
        own[student] += [arrival.person.id, arrival.person.name, arrival.person.email]
    for lead, mates in gradebook.people.groups().items():
        group = [name for student in (lead, *mates) for name in (student, *own[student])]
        own.update(dict.fromkeys((lead, *mates), group))
    return {student: tuple(names) for student, names in own.items()}


def given_files(folder: AssignmentFolder) -> frozenset[str]:
    """Names of files that say nothing about who handed them in."""
    places = (folder.public / "starter", folder.public / "modules")
    names = {path.name for place in places if place.is_dir() for path in place.iterdir()}
    return frozenset(names | {ANSWERS_NAME, EXPERIMENTS_NAME})


def open_pseudonyms(files: ResultsFolder) -> Pseudonyms:
    """With the key of these results, which is drawn when there is none. Raises GraderError for one that is
    damaged."""
    with suppress(FileExistsError):
        _write_once(files.pseudonym_key, secrets.token_hex(KEY_BYTES))
    try:
        return Pseudonyms(bytes.fromhex(files.pseudonym_key.read_text(encoding="ascii")))
    except ValueError:
        raise GraderError(
            f"{files.pseudonym_key} does not hold a key.",
            hint="Put the right one there. Without it remove the file: all pseudonyms will be new ones.",
        ) from None


def write_pseudonyms(students: Sequence[str], pseudonyms: Pseudonyms, files: ResultsFolder) -> None:
    """Who is who, for the owner of the files alone. Raises GraderError where two have the same pseudonym."""
    known = {pseudonyms.of(student): student for student in students}
    if len(known) < len(students):
        raise GraderError(
            "Two students would have the same pseudonym.",
            hint=f"Remove {files.pseudonym_key} and try again: a new key is drawn.",
        )
    rows = [(student, pseudonyms.of(student)) for student in students]
    files.pseudonyms.unlink(missing_ok=True)
    _write_once(files.pseudonyms, csv_text(("student", "pseudonym"), rows))


def _write_once(path: Path, text: str) -> None:
    """Never readable by others, not even for a moment. Raises FileExistsError."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _ONLY_ME), "w", newline="") as file:
        file.write(text)
