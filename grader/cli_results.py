"""The part of the `grader` command that works on a folder of results. No logic lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.assignment import clone_root
from grader.cli_options import (
    BOTH_FORMATS,
    DEFAULT_JOBS,
    Anonymous,
    Assignments,
    Executor,
    Jobs,
    Quiet,
    ReportFormats,
    Roster,
    SandboxTier,
    console,
)
from grader.errors import ExitCode, UsageError
from grader.export import Target

results_app = typer.Typer()


@results_app.command(epilog="Example: grader regrade results/ --check test_square_images")
def regrade(
    results: Annotated[Path, typer.Argument(help="Folder that `grader grade` wrote.")],
    check: Annotated[list[str] | None, typer.Option(help="Name of a check; may be repeated.")] = None,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be repeated.")] = None,
    submissions: Annotated[
        Path | None, typer.Option(help="Where the submissions lie now (default: where they lay).")
    ] = None,
    jobs: Jobs = DEFAULT_JOBS,
    tier: SandboxTier = None,
    format: ReportFormats = BOTH_FORMATS,
    executor: Executor = None,
    assignments: Assignments = None,
    quiet: Quiet = False,
) -> None:
    """Run some checks again, changed or not. Run it again to finish what was interrupted."""
    from grader.batch.executor import parse_executor
    from grader.commands.regrade import RegradeOptions, run_regrade
    from grader.commands.report import parse_formats

    options = RegradeOptions(
        results=results,
        checks=check or (),
        students=student or (),
        submissions=submissions,
        jobs=jobs,
        tier=tier,
        formats=parse_formats(format),
        executor=parse_executor(executor) if executor else None,
        quiet=quiet,
    )
    outcome = run_regrade(options, assignments or clone_root(), console)
    console.print(f"Class page: {results / 'index.html'}", markup=False, soft_wrap=True)
    if outcome.trouble is not None:
        raise outcome.trouble


@results_app.command(
    epilog='Example: grader adjust results/ student-07 --check test_rectangles --score 3 --why "It is right."'
)
def adjust(
    results: Annotated[Path, typer.Argument(help="Folder that `grader grade` wrote.")],
    student: Annotated[
        str | None, typer.Argument(help="Whose marks; nobody: all decisions are shown.")
    ] = None,
    check: Annotated[str | None, typer.Option(help="Name of the check that is decided.")] = None,
    score: Annotated[float | None, typer.Option(help="Its score, in place of what it gave.")] = None,
    points: Annotated[float | None, typer.Option(help="Added to the total: +2, -5.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the latest decision back.")] = False,
    why: Annotated[str, typer.Option(help="The reason; the student reads it.")] = "",
    who: Annotated[str | None, typer.Option(help="Who decides (default: your user name).")] = None,
    assignments: Assignments = None,
) -> None:
    """Decide about a score or the total by hand. Decisions are appended, and stay through regrades."""
    from grader.commands.adjust import Wish, show_decisions
    from grader.commands.adjust import adjust as write_adjustment

    wish = Wish(check, score, points, withdraw, why, who)
    if wish.only_to_look:
        show_decisions(results, student, console)
    elif student is None:
        raise UsageError("Nobody was named.", hint="Give the student's id after the folder of results.")
    else:
        write_adjustment(results, assignments or clone_root(), student, wish, console)


@results_app.command(epilog="Example: grader mark results/ --question size_discussion")
def mark(
    results: Annotated[Path, typer.Argument(help="Folder that `grader grade` wrote.")],
    question: Annotated[str | None, typer.Option(help="Only the answers to this one.")] = None,
    student: Annotated[str | None, typer.Option(help="Only this student's.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Show what has a mark already, too.")] = False,
    who: Annotated[str | None, typer.Option(help="Who marks (default: your user name).")] = None,
    jobs: Jobs = DEFAULT_JOBS,
    assignments: Assignments = None,
) -> None:
    """Mark the answers in words, one after another, along their rubric. Stop and go on as you like."""
    from grader.commands.mark import MarkOptions, run_mark

    options = MarkOptions(results, question, student, again, who, jobs)
    run_mark(options, assignments or clone_root(), console)


@results_app.command(epilog="Example: grader report results/ --student student-07 --format pdf")
def report(
    results: Annotated[Path, typer.Argument(help="Folder that `grader grade` wrote.")],
    student: Annotated[str | None, typer.Option(help="Only this submission.")] = None,
    format: ReportFormats = BOTH_FORMATS,
    anonymous: Anonymous = False,
    roster: Roster = None,
    jobs: Jobs = DEFAULT_JOBS,
    assignments: Assignments = None,
    quiet: Quiet = False,
) -> None:
    """Write the reports again from the gradebook, with the due date and rules of now; nothing is graded."""
    from grader.commands.publish import publish
    from grader.commands.report import parse_formats, rewrite_reports
    from grader.commands.roster import enrol_roster

    if roster is not None:
        enrol_roster(roster, results)
    write = publish if anonymous else rewrite_reports
    written = write(
        results, assignments or clone_root(), student, parse_formats(format), jobs, console, quiet=quiet
    )
    folder = results / "anonymous" if anonymous else results / "students"
    console.print(f"{written} reports written to {folder}.", markup=False, soft_wrap=True)


@results_app.command(epilog="Example: grader similar results/")
def similar(
    results: Annotated[Path, typer.Argument(help="Folder that `grader grade` wrote.")],
    submissions: Annotated[
        Path | None, typer.Option(help="Where the submissions lie now (default: where they lay).")
    ] = None,
    assignments: Assignments = None,
    quiet: Quiet = False,
) -> None:
    """Find submissions whose code is alike: a reason to look, never a verdict. For instructors only."""
    from grader.commands.similar import run_similar, show_findings

    findings = run_similar(results, assignments or clone_root(), submissions, console, quiet=quiet)
    show_findings(findings, results, console)


@results_app.command(epilog="Example: grader purge results/ student-07")
def purge(
    results: Annotated[Path, typer.Argument(help="Folder that `grader grade` wrote.")],
    students: Annotated[list[str] | None, typer.Argument(help="Whose data; may be several.")] = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="All that the grader wrote there.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    assignments: Assignments = None,
) -> None:
    """Remove what is kept about students. What was handed in is not touched."""
    from grader.commands.purge import purge_everybody, purge_students

    if everybody == bool(students):
        raise UsageError("Nobody was named, or both.", hint="Give ids of students, or --everybody.")
    if everybody:
        purge_everybody(results, console, ask=not yes)
    else:
        purge_students(results, assignments or clone_root(), students or (), console, ask=not yes)


@results_app.command(epilog="Example: grader diff results-before/ results/ --csv changes.csv")
def diff(
    first: Annotated[Path, typer.Argument(help="Folder of results.")],
    second: Annotated[Path, typer.Argument(help="The folder to compare it with.")],
    csv: Annotated[Path | None, typer.Option(help="Write the differences to this file as well.")] = None,
    assignments: Assignments = None,
) -> None:
    """Show whose marks differ between two folders of results, and why. Exit code 1 when some do."""
    from grader.commands.diff import show_diff

    if show_diff(first, second, assignments or clone_root(), csv, console):
        raise typer.Exit(ExitCode.DIFFERENT)


@results_app.command(
    epilog="Example: grader export results/ --to canvas --template Grades.csv --out marked.csv"
)
def export(
    results: Annotated[Path, typer.Argument(help="Folder that `grader grade` wrote.")],
    to: Annotated[Target, typer.Option("--to", help="The platform, or the form.")],
    out: Annotated[Path, typer.Option(help="The file, or the folder for a file a student.")],
    template: Annotated[
        Path | None,
        typer.Option("--template", "--roster", help="canvas, moodle, blackboard: the file downloaded there."),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Heading of the grades in that file (default: the assignment's title).")
    ] = None,
    with_open: Annotated[
        bool, typer.Option("--with-open", help="Write totals that still have open points.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is at --out.")] = False,
    assignments: Assignments = None,
) -> None:
    """Write the marks in the form of a learning platform. Only what students may read is in it."""
    from grader.commands.export import ExportOptions, run_export

    options = ExportOptions(
        results=results,
        target=to,
        out=out,
        template=template,
        column=column,
        with_open=with_open,
        force=force,
    )
    run_export(options, assignments or clone_root(), console)
