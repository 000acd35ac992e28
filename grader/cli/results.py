"""Commands that show, hand on or remove what was graded. No logic lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.assignment_folder import clone_root
from grader.cli.options import (
    BOTH_FORMATS,
    DEFAULT_JOBS,
    Anonymous,
    Assignments,
    Jobs,
    Quiet,
    ReportFormats,
    Roster,
    console,
)
from grader.errors import ExitCode, UsageError
from grader.export import Target
from grader.text import quantity

PANEL = "With the results"
results_app = typer.Typer()


@results_app.command(
    rich_help_panel=PANEL, epilog="Example: grader report results/ --student student-07 --format pdf"
)
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
    console.print(f"{quantity(written, 'report')} written to {folder}.", markup=False, soft_wrap=True)


@results_app.command(
    rich_help_panel=PANEL,
    epilog="Example: grader export results/ --to canvas --template Grades.csv --out marked.csv",
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


@results_app.command(
    rich_help_panel=PANEL, epilog="Example: grader diff results-before/ results/ --csv changes.csv"
)
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


@results_app.command(rich_help_panel=PANEL, epilog="Example: grader similar results/")
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


@results_app.command(rich_help_panel=PANEL, epilog="Example: grader purge results/ student-07")
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
