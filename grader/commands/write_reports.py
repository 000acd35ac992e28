"""Renders reports in parallel processes: HTML and PDF are half a second of work each student."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from functools import partial
from itertools import islice
from typing import Literal, Protocol, TypeVar

from grader.assignment import Assignment
from grader.assignment_folder import AssignmentFolder
from grader.batch.progress import Progress
from grader.commands.findings import read_findings
from grader.errors import GraderError
from grader.gradebook import Gradebook
from grader.layout import ResultsFolder, write_whole
from grader.processes import Places, import_for_all
from grader.report import render_class, render_spreadsheet, render_student, write_pdf
from grader.results import SubmissionResult
from grader.roster import take_roll

Format = Literal["html", "pdf"]
Formats = tuple[Format, ...]
WriteOne = Callable[[SubmissionResult], None]
Written = Generator[tuple[str, GraderError | None], None, None]
"""Students whose pages are there, each with what could not be made of them."""
Work = TypeVar("Work")

FEW = 8
"""So many reports without PDF take less time than starting a process for them."""


def prepare_processes() -> None:
    """Those that grade and those that write reports take three seconds to import what they need: it is done
    once for all of them, and the sooner this is called, the less anybody waits for it."""
    import_for_all(["grader.commands.imported_once"])


class Write(Protocol):
    """Writes the pages of one student."""

    def __call__(
        self, result: SubmissionResult, assignment: Assignment, out: ResultsFolder, formats: Formats
    ) -> None: ...


def write_reports(
    results: Iterable[SubmissionResult],
    count: int,
    folder: AssignmentFolder,
    out: ResultsFolder,
    formats: Formats,
    jobs: int,
    progress: Progress,
    write: Write | None = None,
) -> GraderError | None:
    """Writes students/ID/report.html and .pdf and instructor/ID/report.html of `count` results, which are
    taken as they are needed. `write` is `write_report` or takes its place.

    Where no PDF can be made, all else is written all the same; the reason is returned.
    """
    if not count:
        return None
    progress.stage("Writing reports", count)
    one = partial(write or write_report, assignment=folder.assignment, out=out, formats=formats)
    if "pdf" not in formats and count <= FEW:
        written = _write_here(results, one)
    else:
        written = _write_beside(results, one, min(jobs, count))
    trouble = None
    with closing(written):
        for name, error in written:
            trouble = trouble or error
            progress.step(name)
    return trouble


def _write_here(results: Iterable[SubmissionResult], write: WriteOne) -> Written:
    for result in results:
        yield result.student_id, _trouble_of(write, result)


def _write_beside(results: Iterable[SubmissionResult], write: WriteOne, places: int) -> Written:
    prepare_processes()
    with Places(places, _nothing_to_prepare, name="report process", patient=True) as pool:
        tasks = ((pool.submit(write, result), result.student_id) for result in results)
        for future, name in _in_turn(tasks, places):
            yield name, _trouble_of(pool.result, future)


def _trouble_of(write: Callable[[Work], None], work: Work) -> GraderError | None:
    try:
        write(work)
    except GraderError as error:
        return error
    return None


def _in_turn(tasks: Iterable[tuple[Future[None], str]], places: int) -> Iterator[tuple[Future[None], str]]:
    """Yields each future when it has ended, with the student's id; no more are begun than there are
    places."""
    running: dict[Future[None], str] = {}
    left = iter(tasks)
    while True:
        running.update(islice(left, places - len(running)))
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        yield from ((future, running.pop(future)) for future in done)


def _nothing_to_prepare() -> None:
    """What a report needs is loaded with the first one."""


def write_report(
    result: SubmissionResult, assignment: Assignment, out: ResultsFolder, formats: Formats
) -> None:
    """The student's pages and the instructor's. Raises GraderError when no PDF can be made."""
    full = render_student(result, assignment, audience="instructor")
    write_whole(out.instructor(result.student_id) / "report.html", full.encode())
    write_student(result, assignment, out, formats)


def write_student(
    result: SubmissionResult, assignment: Assignment, out: ResultsFolder, formats: Formats
) -> None:
    """The student's pages alone. Raises GraderError when no PDF can be made; it is the last that is
    tried."""
    page = render_student(result, assignment, audience="student")
    if "html" in formats:
        write_whole(out.report(result.student_id, "html"), page.encode())
    if "pdf" in formats:
        write_whole(out.report(result.student_id, "pdf"), write_pdf(page))


def write_class(
    gradebook: Gradebook, assignment: Assignment, out: ResultsFolder
) -> tuple[SubmissionResult, ...]:
    """index.html, and the same points as gradebook.csv. Returns what they need of each result."""
    results = tuple(result.outline() for result in gradebook.results())
    attendance = take_roll(gradebook.people.roster(), gradebook.student_ids)
    write_whole(out.index, render_class(results, assignment, read_findings(out), attendance).encode())
    write_whole(out.spreadsheet, render_spreadsheet(results, assignment, attendance).encode())
    return results
