"""`grader regrade`: some checks once more, on results that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.assignment_folder import load_assignment
from grader.commands.grade import GradeOutcome, RunOptions, grade_and_report, prepare
from grader.commands.notebook import Tally
from grader.commands.places import where_they_lay, where_they_lie
from grader.errors import UsageError
from grader.gradebook import Gradebook, open_gradebook, read_gradebook
from grader.intake import FoundClass, Reader
from grader.layout import ResultsFolder
from grader.planning import Planner
from grader.text import quantity

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class RegradeOptions(RunOptions):
    """No `checks` means all of them, no `students` everybody. `submissions` stands in for the place that the
    gradebook remembers."""

    results: Path
    checks: Sequence[str] = ()
    students: Sequence[str] = ()
    submissions: Path | None = None


def run_regrade(options: RegradeOptions, root: Path, console: Console) -> GradeOutcome:
    """Runs the checks again, keeps all other results, and writes the reports.

    What is left when it is interrupted is noted in the gradebook: the same command goes on there. Raises
    UsageError for names that are not there and for files that are gone.
    """
    if not options.checks and not options.students:
        raise UsageError(
            "Nothing was said to be graded again.",
            hint="Give --check NAME, --student ID or both. `grader grade` runs what has changed by itself.",
        )
    files = ResultsFolder(options.results)
    with read_gradebook(files.gradebook) as gradebook:
        name, seed = gradebook.assignment, gradebook.seed
    if name is None or seed is None:
        raise UsageError(f"{options.results} has no results yet.", hint="Run `grader grade`.")
    folder = load_assignment(name, root)
    folder.require_hidden()
    with (
        open_gradebook(files.gradebook) as gradebook,
        prepare(folder, files, seed, options, changed_too=False) as run,
    ):
        students = _settle_students(options, gradebook)
        found = _find_files(options, students, gradebook)
        left = _ask(_settle_checks(options, run.planner, gradebook), students, run.planner, gradebook)
        if len(left) < len(students):
            console.print(
                f"An interrupted regrade goes on: {len(left)} of {quantity(len(students), 'submission')}"
                " are left."
            )
        readers = {student: found.readers[student] for student in left}
        gradebook.remember({student: found.places[student] for student in left})
        outcome = grade_and_report(readers, _groups_of(readers, gradebook), run, gradebook, console)
    if options.checks:
        _tell_whole(outcome.tally, console)
    return outcome


def _settle_students(options: RegradeOptions, gradebook: Gradebook) -> Sequence[str]:
    everyone = gradebook.student_ids
    for student in options.students:
        if student not in everyone:
            raise UsageError(
                f'There is no result of "{student}" in {options.results}.',
                hint=f"There are: {_listed(everyone)}.",
            )
    return tuple(dict.fromkeys(options.students)) or everyone


def _settle_checks(options: RegradeOptions, planner: Planner, gradebook: Gradebook) -> Sequence[str]:
    """The checks to run: all that are known where none is named."""
    known = list(planner.digests.by_name)
    if not planner.digests.complete:
        known += sorted(gradebook.check_names() - set(known))
    for check in options.checks:
        if check not in known:
            raise UsageError(
                f'There is no check "{check}" in {options.results} now.', hint=f"There are: {_listed(known)}."
            )
    return tuple(dict.fromkeys(options.checks)) or known


def _find_files(options: RegradeOptions, students: Sequence[str], gradebook: Gradebook) -> FoundClass:
    """Where the submissions of `students` lie. Raises UsageError when some are not there."""
    folder = options.submissions
    found = where_they_lay(students, gradebook) if folder is None else where_they_lie(folder, gradebook)
    gone = [student for student in students if student not in found.readers]
    if not gone:
        return found
    looked = f"not in {folder}" if folder is not None else "not where they were graded from"
    raise UsageError(
        f"{len(gone)} of {len(students)} submissions are {looked}: {_listed(gone)}.",
        hint="Nothing was graded. Say where they are with --submissions FOLDER, "
        "or name those that are there with --student ID.",
    )


def _groups_of(readers: Mapping[str, Reader], gradebook: Gradebook) -> dict[str, tuple[str, ...]]:
    """The groups as far as they are read: somebody without the one who stands for all is graded alone."""
    known = gradebook.people.groups().items()
    here = {
        lead: tuple(mate for mate in mates if mate in readers) for lead, mates in known if lead in readers
    }
    return {lead: mates for lead, mates in here.items() if mates}


def _ask(
    checks: Sequence[str], students: Sequence[str], planner: Planner, gradebook: Gradebook
) -> Sequence[str]:
    """Notes what is to be done; returns the students who have something left to do.

    A check that still waits for somebody was interrupted: those who are done are not asked again, unless it
    has changed once more since.
    """
    waiting = gradebook.asked_for()
    for check in checks:
        begun = [student for student in students if check in waiting.get(student, ())]
        changed = gradebook.judged_otherwise(check, planner.digests.of(check)) if begun else frozenset()
        gradebook.ask_for([name for name in students if not begun or name in changed], [check])
    waiting = gradebook.asked_for()
    return [student for student in students if student in waiting]


def _tell_whole(tally: Tally, console: Console) -> None:
    if tally.whole:
        console.print(
            f"Every check ran for {_listed(tally.whole)}: the files, the tier or versions of libraries are "
            "others than before, or there were no marks yet.",
            markup=False,
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
