"""All commands, and what is printed where one cannot do its work. No logic lives here."""

from __future__ import annotations

import errno
import sys
from typing import Annotated

import typer

from grader import __version__
from grader.cli.assignments import assignments_app
from grader.cli.grading import grading_app
from grader.cli.machine import machine_app
from grader.cli.options import console, errors
from grader.cli.results import results_app
from grader.cli.students import students_app
from grader.errors import ExitCode, GraderError

app = typer.Typer(
    name="grader",
    help="Grades deep-learning coursework in a sandbox and writes reports that teach.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for part in (students_app, grading_app, results_app, assignments_app, machine_app):
    app.add_typer(part)


def run() -> None:
    """Runs the command that was given; every expected trouble becomes one message with the next step."""
    try:
        app(standalone_mode=True)
    except GraderError as error:
        _complain(error.message, error.hint)
        sys.exit(error.exit_code)
    except SystemExit as stop:
        if stop.code == ExitCode.INTERRUPTED:
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
