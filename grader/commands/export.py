"""`grader export`: marks of a folder of results in the form of a learning platform."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.assignment import Assignment
from grader.assignment_folder import load_assignment
from grader.errors import GraderError, UsageError
from grader.export import Target
from grader.export.autolab import ADDED, render_autolab
from grader.export.blackboard import find_blackboard_layout
from grader.export.canvas import find_canvas_layout
from grader.export.github import render_github
from grader.export.gradescope import render_gradescope
from grader.export.junit import render_junit
from grader.export.marks import Marks, view_marks
from grader.export.moodle import feedback_folder, find_moodle_layout
from grader.export.numbers import plain_points
from grader.export.prairielearn import render_prairielearn
from grader.export.sheet import SIZE_LIMIT, Sheet, parse_sheet
from grader.export.worksheet import Layout, describe_matches, fill_grades, match_rows
from grader.gradebook import Gradebook, read_gradebook
from grader.intake.identity import safe_student_id
from grader.layout import ResultsFolder, write_whole
from grader.report import render_spreadsheet
from grader.results import SubmissionResult
from grader.roster import take_roll
from grader.text import quantity
from grader.zip_file import write_zip

_PER_STUDENT: dict[Target, tuple[str, Callable[[Marks], str]]] = {
    Target.GRADESCOPE: ("json", render_gradescope),
    Target.GITHUB: ("txt", render_github),
    Target.PRAIRIELEARN: ("json", render_prairielearn),
    Target.AUTOLAB: ("txt", render_autolab),
    Target.JUNIT: ("xml", render_junit),
}
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """`template` is the platform's own file and `column` the heading of the grades in it, for the targets
    that have one. `with_open`: totals count although points are open. `force`: what is at `out` may be
    replaced."""

    results: Path
    target: Target
    out: Path
    template: Path | None = None
    column: str | None = None
    with_open: bool = False
    force: bool = False


def run_export(options: ExportOptions, root: Path, console: Console) -> None:
    """Writes the file, or the folder of files, and says who is not in it and what is still open.

    Raises UsageError for paths and columns that do not fit; then nothing was written.
    """
    _refuse_existing(options)
    with read_gradebook(ResultsFolder(options.results).gradebook) as gradebook:
        if gradebook.assignment is None or not gradebook.student_ids:
            raise UsageError(f"{options.results} has no results yet.", hint="Run `grader grade`.")
        assignment = load_assignment(gradebook.assignment, root).assignment
        for line in _export(options, gradebook, assignment):
            console.print(line, markup=False)
    console.print(f"Written: {options.out}", markup=False, soft_wrap=True)


def _export(options: ExportOptions, gradebook: Gradebook, assignment: Assignment) -> Sequence[str]:
    results = (result.outline() for result in gradebook.results())
    if options.target in _PER_STUDENT:
        return _write_folder(options, results, assignment)
    if options.target is Target.CSV:
        kept = list(results)
        attendance = take_roll(gradebook.people.roster(), gradebook.student_ids)
        write_whole(options.out, render_spreadsheet(kept, assignment, attendance).encode())
        return tuple(_say_open([view_marks(result, assignment) for result in kept]))
    marks = [view_marks(result, assignment) for result in results]
    sheet = _read_template(options)
    layout = _find_layout(options, sheet, assignment)
    known = _known_as(gradebook)
    if options.target is Target.MOODLE_FEEDBACK:
        return _write_feedback(options, sheet, layout, known)
    filled, said = fill_grades(sheet, layout, marks, known, with_open=options.with_open)
    write_whole(options.out, filled.render())
    return (*said, *(_say_open(marks) if options.with_open else ()))


def _known_as(gradebook: Gradebook) -> dict[str, set[str]]:
    """What platforms and the roster call each student, besides the id."""
    arrivals, roster = gradebook.people.arrivals(), gradebook.people.roster()
    known: dict[str, set[str]] = {student_id: set() for student_id in gradebook.student_ids}
    for student_id, names in known.items():
        if arrival := arrivals.get(student_id):
            names |= {arrival.person.id, arrival.person.email}
        if entry := roster.get(student_id):
            names.add(entry.email)
    return known


def _refuse_existing(options: ExportOptions) -> None:
    """A folder for the targets of a file a student, which may be there when it is empty; a file for the
    others."""
    out, folder = options.out, options.target in _PER_STUDENT
    if out.exists() and out.is_dir() != folder:
        wanted = "a folder, with one file for each student" if folder else "one file"
        raise UsageError(
            f"{out} is {'no folder' if folder else 'a folder'}: --to {options.target} writes {wanted}.",
            hint="Choose another path with --out.",
        )
    if options.force or not out.exists() or (folder and not any(out.iterdir())):
        return
    raise UsageError(f"{out} is there already.", hint="Choose another path with --out, or give --force.")


def _write_folder(
    options: ExportOptions, results: Iterable[SubmissionResult], assignment: Assignment
) -> Sequence[str]:
    """All files are made beside the folder first: when the disk is full, nothing of them stays."""
    suffix, render = _PER_STUDENT[options.target]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    everyone = []
    with tempfile.TemporaryDirectory(dir=options.out.parent, prefix=".export-") as scratch:
        made = []
        for result in results:
            marks = view_marks(result, assignment)
            path = Path(scratch) / f"{_file_stem(result.student_id)}.{suffix}"
            path.write_bytes(render(marks).encode())
            made.append(path)
            everyone.append(marks)
        options.out.mkdir(exist_ok=True)
        for path in made:
            os.replace(path, options.out / path.name)
    names = {path.name for path in made}
    return (*_say_open(everyone), *_say_others(options.out, names), *_say_added(options.target, everyone))


def _file_stem(student_id: str) -> str:
    """Ids from intake are plain names of files; a gradebook may have been written by anybody."""
    if safe_student_id(student_id) != student_id:
        raise GraderError(
            f"{student_id!r} cannot be the name of a file on every system.",
            hint="The gradebook was not written by this grader, or was changed since.",
        )
    return student_id


def _read_template(options: ExportOptions) -> Sheet:
    if options.template is None:
        raise UsageError(
            f"--to {options.target} needs the file that the platform lets you download.",
            hint="Give it with --template FILE: grades are written into a copy of it, at the right rows.",
        )
    try:
        with options.template.open("rb") as file:
            raw = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            f"{options.template} cannot be read: {error.strerror}.", hint="Give the file that you downloaded."
        ) from None
    if len(raw) > SIZE_LIMIT:
        raise UsageError(
            f"{options.template} has more than {SIZE_LIMIT // 1_000_000} MB.",
            hint="Give the table that the platform wrote, not the submissions.",
        )
    return parse_sheet(raw, options.template.name)


def _find_layout(options: ExportOptions, sheet: Sheet, assignment: Assignment) -> Layout:
    if options.target is Target.CANVAS:
        return find_canvas_layout(sheet, options.column, assignment)
    if options.target is Target.BLACKBOARD:
        return find_blackboard_layout(sheet, options.column, assignment)
    return find_moodle_layout(sheet, options.column)


def _write_feedback(
    options: ExportOptions, sheet: Sheet, layout: Layout, students: Mapping[str, Collection[str]]
) -> Sequence[str]:
    """Every student's own report; the instructor's has hidden values and is never looked at."""
    files = ResultsFolder(options.results)
    matches = match_rows(layout, students)
    reports = {
        f"{feedback_folder(sheet, at)}/report.pdf": files.report(student_id, "pdf")
        for student_id, at in matches.rows.items()
    }
    there = {name: path for name, path in reports.items() if path.is_file()}
    missing = [path.parent.name for path in reports.values() if not path.is_file()]
    if not there:
        raise UsageError(
            f"No report.pdf of anybody in {options.template} is in {options.results}.",
            hint="`grader report RESULTS --format pdf` writes them; ids must be those of the worksheet.",
        )
    write_zip(options.out, ((name, path.read_bytes()) for name, path in there.items()))
    said = [f"{quantity(len(there), 'report')} packed."]
    if missing:
        said.append(f"Without a report.pdf, so not in it: {', '.join(missing)}.")
    return (*said, *describe_matches(layout, matches))


def _say_open(everyone: Sequence[Marks]) -> Iterator[str]:
    failed = [marks.student_id for marks in everyone if marks.failed]
    if failed:
        yield f"Could not be graded, so without a mark: {', '.join(failed)}."
    undecided = [marks for marks in everyone if not marks.failed and marks.unscored]
    if undecided:
        shown = [f"{marks.student_id} ({plain_points(marks.unscored)})" for marks in undecided[:_SHOWN]]
        more = f" and {len(undecided) - _SHOWN} more" if len(undecided) > _SHOWN else ""
        yield (
            f"Points that nobody has decided are not in the totals of {', '.join(shown)}{more}; "
            "`grader adjust` and `grader mark` decide them."
        )


def _say_others(out: Path, names: set[str]) -> Iterator[str]:
    """What an earlier export left and this one did not replace."""
    if others := sorted(path.name for path in out.iterdir() if path.name not in names):
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        yield f"Also in {out}, from before: {', '.join(others[:_SHOWN])}{more}."


def _say_added(target: Target, everyone: Sequence[Marks]) -> Iterator[str]:
    if target is Target.AUTOLAB and any(marks.changed for marks in everyone):
        yield f'Autolab needs a problem called "{ADDED}": it holds what was added to totals by hand.'
