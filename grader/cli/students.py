"""Commands with which students check their own work. No logic lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.assignment_folder import clone_root
from grader.cli.options import Assignments, console
from grader.errors import ExitCode

PANEL = "Your own work"
students_app = typer.Typer()

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Unpacked assignment, or your work.")]
OwnAssignment = Annotated[str | None, typer.Option(help="Needed only outside an unpacked assignment.")]


@students_app.command(rich_help_panel=PANEL, epilog="Example: grader check .")
def check(
    directory: Directory = Path("."),
    assignment: OwnAssignment = None,
    assignments: Assignments = None,
) -> None:
    """Check your own work against the public checks, in seconds. This is not a grade."""
    from grader.commands.check import find_workplace, load_work, run_check
    from grader.commands.show import CheckPrinter

    place = find_workplace(directory, assignment, assignments or clone_root())
    submission = load_work(place)
    printer = CheckPrinter(place.folder.assignment, console)
    checks = run_check(place, submission, printer.task_done)
    printer.sum_up(checks, submission.left_out)
    if any(check.score != check.points for check in checks):
        raise typer.Exit(ExitCode.CHECK_FAILED)


@students_app.command(rich_help_panel=PANEL, epilog="Example: grader experiments . --quick")
def experiments(
    directory: Directory = Path("."),
    quick: Annotated[
        bool, typer.Option(help="A few images and epochs, to see that all runs through.")
    ] = False,
    only: Annotated[str | None, typer.Option(help="Only the experiment of this name.")] = None,
    fresh: Annotated[bool, typer.Option(help="Run again what experiments.json already holds.")] = False,
    assignment: OwnAssignment = None,
    assignments: Assignments = None,
) -> None:
    """Run your own experiments and write experiments.json. Interrupt and continue as you like."""
    from grader.commands.check import find_workplace
    from grader.commands.experiments import run_experiments

    place = find_workplace(directory, assignment, assignments or clone_root())
    path = run_experiments(place, console, quick=quick, only=only, fresh=fresh)
    console.print(f"Written: {path}", markup=False, soft_wrap=True)


@students_app.command(
    "lab-report", rich_help_panel=PANEL, epilog="Example: grader lab-report . --out lab-report.pdf"
)
def lab_report(
    directory: Directory = Path("."),
    out: Annotated[Path, typer.Option(help="The PDF to write; an .html is written beside it.")] = Path(
        "lab-report.pdf"
    ),
    assignment: OwnAssignment = None,
    assignments: Assignments = None,
) -> None:
    """Make your own lab report from experiments.json and answers.toml."""
    from grader.commands.check import find_workplace
    from grader.commands.lab_report import write_lab_report

    place = find_workplace(directory, assignment, assignments or clone_root())
    write_lab_report(place, out)
    console.print(f"Written: {out}", markup=False, soft_wrap=True)
