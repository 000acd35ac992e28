"""`grader similar`: which submissions of a class are alike, for the instructor to look at.

A command of its own and no step of `grader grade`: it is about the class as a whole, so that each late
submission would change all of it, and it reads sources, which results do not keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grader.assignment_folder import AssignmentFolder, load_assignment
from grader.batch.progress import show_progress
from grader.commands.findings import write_findings
from grader.commands.places import each_work, where_they_lay, where_they_lie
from grader.commands.write_reports import write_class
from grader.errors import UsageError
from grader.gradebook import read_gradebook
from grader.intake import load_submission
from grader.layout import ResultsFolder, write_whole
from grader.report import render_pair
from grader.report.words import count, listed
from grader.similar import Class, Findings, Pair, SimilarPair, Work, compare_class, read_work

_SHOWN = 10
_PAGES = 100
"""Pairs that are listed: nobody looks at more."""


def run_similar(
    results: Path, root: Path, submissions: Path | None, console: Console, *, quiet: bool
) -> Findings:
    """Writes similar/ and the class page. Raises UsageError where there is nothing to compare."""
    files = ResultsFolder(results)
    with read_gradebook(files.gradebook) as gradebook:
        students, name = each_work(gradebook), gradebook.assignment
        if name is None or not students:
            raise UsageError(f"{results} has no results yet.", hint="Run `grader grade`.")
        folder = load_assignment(name, root)
        place = (
            where_they_lay(students, gradebook)
            if submissions is None
            else where_they_lie(submissions, gradebook)
        )
        readers = {who: place.readers[who] for who in students if who in place.readers}
        with show_progress(console, quiet=quiet) as progress:
            progress.stage("Reading code", len(students))
            works = []
            for student, read in readers.items():
                submission = read(student)
                works.append(read_work(student, submission.digest, submission.modules))
                progress.step(student)
        missing = sorted(set(students) - {work.student_id for work in works})
        if not works:
            raise UsageError(
                f"None of the {len(students)} submissions is where it was graded from.",
                hint="Say where they are with --submissions FOLDER.",
            )
        found = compare_class([work for work in works if work.modules], _given(folder))
        findings = _write(found, works, missing, folder, files)
        write_class(gradebook, folder.assignment, files)
    return findings


def _given(folder: AssignmentFolder) -> Sequence[Work]:
    """What students had from the start, in both forms."""
    places = (folder.public / "starter", folder.public / "modules")
    return [
        read_work(place.name, "", load_submission(place, place.name).modules)
        for place in places
        if place.is_dir()
    ]


def _write(
    found: Class,
    works: Sequence[Work],
    missing: Sequence[str],
    folder: AssignmentFolder,
    files: ResultsFolder,
) -> Findings:
    """Pages first, then the findings that lead to them, and last goes what nothing leads to any more."""
    pairs = {f"pair-{place:03}.html": pair for place, pair in enumerate(found.pairs[:_PAGES], start=1)}
    for name, pair in pairs.items():
        page = render_pair(pair, found.usual, folder.assignment.title)
        write_whole(files.similar / name, page.encode())
    findings = Findings(
        compared=sum(bool(work.modules) for work in works),
        usual=round(found.usual, 4),
        pairs=tuple(_keep(pair, name) for name, pair in pairs.items()),
        left_out=max(len(found.pairs) - _PAGES, 0),
        missing=tuple(missing),
        cut=tuple(work.student_id for work in works if work.cut),
    )
    write_findings(findings, files)
    return findings


def _keep(pair: Pair, page: str) -> SimilarPair:
    left, right = pair.works
    return SimilarPair(
        students=(left.student_id, right.student_id),
        digests=(left.digest, right.digest),
        shares=(round(pair.shares[0], 4), round(pair.shares[1], 4)),
        tokens=pair.tokens,
        spelled=None if pair.spelled is None else round(pair.spelled, 4),
        comments=len(pair.comments),
        page=page,
    )


def show_findings(findings: Findings, results: Path, console: Console) -> None:
    """What was found, and where to look."""
    console.print(f"{count(findings.compared, 'submission', 'submissions')} compared.")
    if findings.missing:
        missing = count(len(findings.missing), "was", "were")
        console.print(f"{missing} not found: {listed(findings.missing, _SHOWN)}.", markup=False)
    if not findings.pairs:
        console.print("No two are conspicuously alike.")
        return
    for pair in findings.pairs[:_SHOWN]:
        shares = zip(pair.shares, pair.students, strict=True)
        left, right = (f"{share:.0%} of {name}" for share, name in shares)
        console.print(f"  {left}, {right}: {results / 'similar' / pair.page}", markup=False, soft_wrap=True)
    pairs = count(len(findings.pairs), "pair", "pairs")
    where = f"{pairs} to look at, in {results / 'index.html'}."
    console.print(f"{where} Being alike is no verdict: read both.", markup=False, soft_wrap=True)
