"""Commands about this machine. No logic lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import DEFAULT_JOBS, Jobs, Quiet, console
from grader.errors import ExitCode

PANEL = "This machine"
machine_app = typer.Typer()
data_app = typer.Typer(help="Data sets on this machine.", no_args_is_help=True)
machine_app.add_typer(data_app, name="data", rich_help_panel=PANEL)


@machine_app.command(rich_help_panel=PANEL, epilog="Example: grader doctor")
def doctor() -> None:
    """Probe this machine: sandbox tier, what is missing, and the line that mends it."""
    from grader.commands.doctor import run_doctor

    if not run_doctor(console):
        raise typer.Exit(ExitCode.GRADER_FAULT)


@machine_app.command(rich_help_panel=PANEL, epilog="Example: grader demo --out demo-results")
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("demo-results"),
    jobs: Jobs = DEFAULT_JOBS,
    quiet: Quiet = False,
) -> None:
    """Grade the sample submissions of cs7cs4_week8: correct, wrong and hostile ones."""
    from grader.commands.demo import run_demo

    run_demo(out, jobs, console, quiet=quiet)


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
