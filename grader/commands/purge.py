"""`grader purge`: what is kept about students is removed, and said."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from grader.assignment_folder import load_assignment
from grader.commands.findings import read_findings, write_findings
from grader.commands.publish import open_pseudonyms, write_pseudonyms
from grader.commands.write_reports import write_class
from grader.errors import UsageError
from grader.gradebook import open_gradebook, read_gradebook
from grader.layout import ResultsFolder
from grader.report.words import count, listed

_STORE = "The training store holds no names: a run is kept under what the network is, whoever handed it in."


def purge_students(
    results: Path, root: Path, students: Sequence[str], console: Console, *, ask: bool
) -> None:
    """Removes rows and files of these students, and writes the class page without them.

    Raises UsageError for somebody of whom nothing is kept, before anything is removed.
    """
    files = ResultsFolder(results)
    with read_gradebook(files.gradebook) as gradebook:
        rows, name = gradebook.kept_about(students), gradebook.assignment
        unknown = [student for student in students if not gradebook.kept_about([student])]
    if unknown or name is None:
        raise UsageError(
            f"Nothing is kept about {listed(unknown, 10)} in {results}.",
            hint="Look for the id in gradebook.csv.",
        )
    assignment = load_assignment(name, root).assignment
    folders = [place for student in students for place in _folders(files, student) if place.exists()]
    _tell(rows, folders, console)
    if ask:
        _confirm(f"Remove all of it about {listed(students, 10)}?", console)
    with open_gradebook(files.gradebook) as gradebook:
        gradebook.forget(students)
        findings = read_findings(files)
        if findings is not None:
            for student in students:
                findings = findings.without(student)
            write_findings(findings, files)
        for folder in folders:
            shutil.rmtree(folder)
        if files.pseudonyms.exists():
            write_pseudonyms(gradebook.student_ids, open_pseudonyms(files), files)
        write_class(gradebook, assignment, files)
    console.print("Removed, and the class page written without them.")
    if files.anonymous.root in folders:
        console.print("The copy without names went, too: `grader report RESULTS --anonymous` makes it again.")
    console.print(f"{_STORE} What was handed in lies where it lay.")


def purge_everybody(results: Path, console: Console, *, ask: bool) -> None:
    """Removes all that the grader writes into a folder of results, training runs and the key of the
    pseudonyms included; whatever else lies there stays, and is named."""
    files = ResultsFolder(results)
    with read_gradebook(files.gradebook) as gradebook:
        rows = gradebook.kept_about(gradebook.known_students)
    own = [path for path in sorted(results.iterdir()) if path.name in _own_names(files)]
    _tell(rows, own, console)
    if ask:
        _confirm(f"Remove all of it, about everybody, from {results}?", console)
    with open_gradebook(files.gradebook):
        pass  # nobody is writing to it; while it is open, SQLite would make its side files again
    for path in own:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    files.gradebook.with_suffix(".lock").unlink(missing_ok=True)
    left = sorted(path.name for path in results.iterdir())
    console.print("Removed.")
    if left:
        console.print(f"Not the grader's, and still there: {listed(left)}.", markup=False)
    else:
        results.rmdir()
    console.print("What was handed in lies where it lay.")


def _folders(files: ResultsFolder, student: str) -> list[Path]:
    """What belongs to one student, and what cannot be told apart by student."""
    return [files.report(student, "html").parent, files.instructor(student), files.anonymous.root]


def _own_names(files: ResultsFolder) -> frozenset[str]:
    databases = (files.gradebook.name, files.training.name)
    known = (
        files.index, files.spreadsheet, files.similar, files.anonymous.root, files.pseudonym_key,
        files.pseudonyms, files.root / "students", files.root / "instructor",
    )  # fmt: skip
    return frozenset(
        {path.name for path in known} | {name + end for name in databases for end in ("", "-wal", "-shm")}
    )


def _tell(rows: Mapping[str, int], places: Sequence[Path], console: Console) -> None:
    for table, number in sorted(rows.items()):
        console.print(f"  gradebook, {table}: {count(number, 'row', 'rows')}")
    for place in dict.fromkeys(places):
        inside = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
        console.print(f"  {place}: {count(len(inside), 'file', 'files')}", markup=False, soft_wrap=True)


def _confirm(question: str, console: Console) -> None:
    """Raises UsageError where nobody says yes."""
    if not sys.stdin.isatty():
        raise UsageError("Nothing was removed: nobody is there to be asked.", hint="Say --yes.")
    if console.input(f"{question} [y/N] ", markup=False).strip().lower() not in ("y", "yes"):
        raise UsageError("Nothing was removed.", hint="Answer y to remove it.")
