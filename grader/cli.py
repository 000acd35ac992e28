"""The `grader` command: reads options, calls one function, prints errors. No logic lives here."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from grader import __version__
from grader.assignment import AssignmentFolder, clone_root, load_assignment
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
    errors,
)
from grader.cli_packages import packages_app
from grader.cli_results import results_app
from grader.errors import ExitCode, GraderError
from grader.results import Platform

app = typer.Typer(
    name="grader",
    help="Grades deep-learning coursework in a sandbox and writes reports that teach.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
data_app = typer.Typer(help="Data sets on this machine.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.add_typer(packages_app)
app.add_typer(results_app)

INTERRUPTED = 130  # what typer makes of Ctrl-C, as shells do


def main() -> None:
    """Entry point: every expected trouble becomes one message with the next step."""
    try:
        app(standalone_mode=True)
    except GraderError as error:
        _complain(error.message, error.hint)
        sys.exit(error.exit_code)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            _complain("\nInterrupted. What was finished is kept.", "The same command goes on from there.")
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (
            errno.ENOSPC,
            errno.EDQUOT,
            errno.EACCES,
            errno.EROFS,
        ):
            _complain(
                f"{error.strerror}: {error.filename}.", "Make room or choose another folder, then try again."
            )
        else:
            errors.print_exception()
            _complain(
                "This is a fault of the grader, not of a submission.",
                "Please report it with the lines above.",
            )
        sys.exit(ExitCode.GRADER_FAULT)


def _complain(message: str, hint: str) -> None:
    errors.print(message, style="red", markup=False)
    if hint:
        errors.print(hint, markup=False)


@app.command(epilog="Example: grader check .")
def check(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Unpacked assignment, or your work.")
    ] = Path("."),
    assignment: Annotated[
        str | None, typer.Option(help="Needed only outside an unpacked assignment.")
    ] = None,
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


@app.command(epilog="Example: grader grade submissions/ --assignment cs7cs4_week8 --out results/")
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="Folder of submissions, a single one, or a learning platform's export.")
    ],
    assignment: Annotated[str, typer.Option(help="Name of a folder in assignment/.")],
    out: Annotated[Path, typer.Option(help="Folder for gradebook and reports.")],
    jobs: Jobs = DEFAULT_JOBS,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Secret seed (default: drawn, kept in the gradebook).")
    ] = None,
    platform: Annotated[
        Platform | None, typer.Option("--from", help="Whose export it is (default: it shows by itself).")
    ] = None,
    roster: Roster = None,
    tier: SandboxTier = None,
    format: ReportFormats = BOTH_FORMATS,
    anonymous: Anonymous = False,
    executor: Executor = None,
    assignments: Assignments = None,
    quiet: Quiet = False,
) -> None:
    """Grade submissions. Run it again to finish what was interrupted or to add late ones."""
    from grader.batch.executor import parse_executor
    from grader.commands.grade import GradeOptions, run_grade
    from grader.commands.publish import publish
    from grader.commands.report import parse_formats
    from grader.commands.show import show_class, show_data

    folder = _folder(assignment, assignments)
    options = GradeOptions(
        submissions=submissions,
        out=out,
        jobs=jobs,
        seed=seed,
        platform=platform,
        roster=roster,
        tier=tier,
        formats=parse_formats(format),
        quiet=quiet,
        executor=parse_executor(executor) if executor else None,
    )
    outcome = run_grade(folder, options, console)
    show_class(outcome.results, folder.assignment, console)
    show_data(folder.assignment, console)
    console.print(f"Class page: {out / 'index.html'}", markup=False, soft_wrap=True)
    if anonymous:
        root = assignments or clone_root()
        publish(out, root, None, options.formats, jobs, console, quiet=quiet)
        console.print(f"Without names: {out / 'anonymous'}", markup=False, soft_wrap=True)
    if outcome.trouble is not None:
        raise outcome.trouble


@app.command(epilog="Example: grader experiments . --quick")
def experiments(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Unpacked assignment, or your work.")
    ] = Path("."),
    quick: Annotated[
        bool, typer.Option(help="A few images and epochs, to see that all runs through.")
    ] = False,
    only: Annotated[str | None, typer.Option(help="Only the experiment of this name.")] = None,
    fresh: Annotated[bool, typer.Option(help="Run again what experiments.json already holds.")] = False,
    assignment: Annotated[
        str | None, typer.Option(help="Needed only outside an unpacked assignment.")
    ] = None,
    assignments: Assignments = None,
) -> None:
    """Run your own experiments and write experiments.json. Interrupt and continue as you like."""
    from grader.commands.check import find_workplace
    from grader.commands.experiments import run_experiments

    place = find_workplace(directory, assignment, assignments or clone_root())
    path = run_experiments(place, console, quick=quick, only=only, fresh=fresh)
    console.print(f"Written: {path}", markup=False, soft_wrap=True)


@app.command("lab-report", epilog="Example: grader lab-report . --out lab-report.pdf")
def lab_report(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Unpacked assignment, or your work.")
    ] = Path("."),
    out: Annotated[Path, typer.Option(help="The PDF to write; an .html is written beside it.")] = Path(
        "lab-report.pdf"
    ),
    assignment: Annotated[
        str | None, typer.Option(help="Needed only outside an unpacked assignment.")
    ] = None,
    assignments: Assignments = None,
) -> None:
    """Make your own lab report from experiments.json and answers.toml."""
    from grader.commands.check import find_workplace
    from grader.commands.lab_report import write_lab_report

    place = find_workplace(directory, assignment, assignments or clone_root())
    write_lab_report(place, out)
    console.print(f"Written: {out}", markup=False, soft_wrap=True)


@data_app.command("fetch", epilog="Example: grader data fetch cifar10")
def data_fetch(
    name: Annotated[str, typer.Argument(help="cifar10 or mnist.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="Local archive or folder instead of a download.")
    ] = None,
) -> None:
    """Download a data set, check it and keep it in this user's cache."""
    from grader.data import fetch_dataset

    console.print(f"{name} is in {fetch_dataset(name, source=source)}", markup=False, soft_wrap=True)


@app.command(epilog="Example: grader calibrate cs7cs4_week8 --dataset cifar10 --only strided-5k")
def calibrate(
    assignment: Annotated[str, typer.Argument(help="Name of a folder in assignment/.")],
    dataset: Annotated[
        str | None, typer.Option(help="Default: the first of the assignment that is here.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only these experiments; may be repeated.")] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Runs of each (default: assignment.toml).")] = None,
    jobs: Jobs = DEFAULT_JOBS,
    assignments: Assignments = None,
) -> None:
    """Train the reference with many seeds and write calibration.json. Resumable."""
    from grader.commands.calibrate import run_calibrate

    folder = _folder(assignment, assignments)
    path = run_calibrate(folder, dataset, tuple(only or ()), seeds, jobs, console)
    console.print(f"Written: {path}", markup=False, soft_wrap=True)


@app.command(epilog="Example: grader reproduce cs7cs4_week8 --quick")
def reproduce(
    assignment: Annotated[str, typer.Argument(help="Name of a folder in assignment/.")],
    quick: Annotated[
        bool, typer.Option("--quick", help="A trial on embedded digits; never touches the committed page.")
    ] = False,
    no_train: Annotated[
        bool, typer.Option("--no-train", help="Write the page from calibration.json as it is.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="The .md page (default: docs/reproduction.md; --quick: reproduction-trial/)."),
    ] = None,
    jobs: Jobs = DEFAULT_JOBS,
    assignments: Assignments = None,
) -> None:
    """Make the reference's full runs and compare them with what students reported. Resumable."""
    from grader.commands.reproduce import default_page
    from grader.commands.reproduce import reproduce as run_reproduce

    folder = _folder(assignment, assignments)
    page = out or default_page(assignments or clone_root(), quick=quick)
    run_reproduce(folder, page, jobs, console, train=not no_train, quick=quick)
    console.print(f"Written: {page}", markup=False, soft_wrap=True)


@app.command(epilog="Example: grader new week3_softmax --assignments course")
def new(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and _, such as week3_softmax.")],
    assignments: Annotated[
        Path | None,
        typer.Option(
            "--assignments", help="Folder to write assignment/ and reference/ in (default: this clone)."
        ),
    ] = None,
) -> None:
    """Start a new assignment: a small one that works at once, to be changed into yours."""
    from grader.commands.new import make_assignment, show_next_steps

    show_next_steps(name, make_assignment(name, assignments), console)


@app.command(epilog="Example: grader doctor")
def doctor() -> None:
    """Probe this machine: sandbox tier, what is missing, and the line that mends it."""
    from grader.commands.doctor import run_doctor

    if not run_doctor(console):
        raise typer.Exit(ExitCode.GRADER_FAULT)


@app.command(epilog="Example: grader demo --out demo-results")
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("demo-results"),
    jobs: Jobs = DEFAULT_JOBS,
    quiet: Quiet = False,
) -> None:
    """Grade the sample submissions of cs7cs4_week8: correct, wrong and hostile ones."""
    from grader.commands.demo import run_demo

    run_demo(out, jobs, console, quiet=quiet)


def _version(wanted: bool) -> None:
    if wanted:
        console.print(f"epochmark {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Options that every command has."""


def _folder(assignment: str, assignments: Path | None) -> AssignmentFolder:
    return load_assignment(assignment, assignments or clone_root())


if __name__ == "__main__":
    main()
