"""Renders reports in parallel processes: HTML and PDF are half a second of work each student."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Literal

from grader.assignment import Assignment, AssignmentFolder
from grader.batch.progress import Progress
from grader.errors import GraderError
from grader.layout import ResultsFolder, write_whole
from grader.report import render_class, render_spreadsheet, render_student, write_pdf
from grader.results import SubmissionResult

Format = Literal["html", "pdf"]
Formats = tuple[Format, ...]


def write_reports(
    results: Sequence[SubmissionResult],
    folder: AssignmentFolder,
    out: ResultsFolder,
    formats: Formats,
    jobs: int,
    progress: Progress,
) -> GraderError | None:
    """Writes students/ID/report.html and .pdf and instructor/ID/report.html.

    Where no PDF can be made, all else is written all the same; the reason is returned.
    """
    if not results:
        return None
    progress.stage("Writing reports", len(results))
    spawn = multiprocessing.get_context("spawn")
    workers = min(jobs, len(results))
    trouble = None
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_leave_interrupts) as pool:
        futures = {
            pool.submit(write_report, result, folder.assignment, out, formats): result.student_id
            for result in results
        }
        for future in as_completed(futures):
            try:
                future.result()
            except GraderError as error:
                trouble = trouble or error
            progress.step(futures[future])
    return trouble


def write_report(
    result: SubmissionResult, assignment: Assignment, out: ResultsFolder, formats: Formats
) -> None:
    """The student's pages and the instructor's. Raises GraderError when no PDF can be made; it is
    the last that is tried."""
    page = render_student(result, assignment, audience="student")
    full = render_student(result, assignment, audience="instructor")
    write_whole(out.instructor(result.student_id) / "report.html", full.encode())
    if "html" in formats:
        write_whole(out.report(result.student_id, "html"), page.encode())
    if "pdf" in formats:
        write_whole(out.report(result.student_id, "pdf"), write_pdf(page))


def write_class(results: Sequence[SubmissionResult], assignment: Assignment, out: ResultsFolder) -> None:
    """index.html, and the same points as gradebook.csv."""
    write_whole(out.index, render_class(results, assignment).encode())
    write_whole(out.spreadsheet, render_spreadsheet(results, assignment).encode())


def _leave_interrupts() -> None:
    """Ctrl-C is the coordinator's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
