"""`grader report`: reports written again from a gradebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from rich.console import Console

from grader.assignment_folder import load_assignment
from grader.batch.progress import show_progress
from grader.commands.show import show_attendance
from grader.commands.write_reports import Format, Formats, write_class, write_reports
from grader.errors import UsageError
from grader.gradebook import Gradebook, read_gradebook
from grader.layout import ResultsFolder


def parse_formats(text: str) -> Formats:
    """ "html,pdf" to a tuple. Raises UsageError for anything else."""
    known: tuple[Format, ...] = get_args(Format)
    wanted = tuple(word.strip().lower() for word in text.split(","))
    unknown = [word for word in wanted if word not in known]
    if unknown:
        raise UsageError(
            f'"{unknown[0]}" is not a format.',
            hint=f"Use --format {known[0]}, {known[1]} or {','.join(known)}.",
        )
    return tuple(kind for kind in known if kind in wanted)


def rewrite_reports(
    results: Path,
    root: Path,
    student: str | None,
    formats: Formats,
    jobs: int,
    console: Console,
    *,
    quiet: bool,
) -> int:
    """Returns how many were written. Raises UsageError for a folder or student that is not there,
    GraderError when no PDF can be made."""
    out = ResultsFolder(results)
    with read_gradebook(out.gradebook) as gradebook:
        chosen, name = choose_students(gradebook, results, student)
        folder = load_assignment(name, root)
        with show_progress(console, quiet=quiet) as progress:
            trouble = write_reports(
                gradebook.results(chosen), len(chosen), folder, out, formats, jobs, progress
            )
        write_class(gradebook, folder.assignment, out)
        show_attendance(gradebook, console)
    if trouble is not None:
        raise trouble
    return len(chosen)


def choose_students(gradebook: Gradebook, results: Path, student: str | None) -> tuple[list[str], str]:
    """Ids of everybody, or of the one, and the assignment's name. Raises UsageError where there are none."""
    everyone, name = gradebook.student_ids, gradebook.assignment
    chosen = [student_id for student_id in everyone if student in (None, student_id)]
    if not chosen or name is None:
        raise _nobody(results, student, everyone)
    return chosen, name


def _nobody(results: Path, student: str | None, everyone: Sequence[str]) -> UsageError:
    if not everyone:
        return UsageError(f"{results} has no results yet.", hint="Run `grader grade`.")
    more = ", ..." if len(everyone) > 10 else ""
    return UsageError(
        f'There is no result of "{student}" in {results}.',
        hint=f"There are: {', '.join(everyone[:10])}{more}.",
    )
