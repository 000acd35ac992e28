"""The part of the `grader` command that packs an assignment for others. No logic lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.assignment import clone_root, load_assignment
from grader.cli_options import Assignments, SandboxTier, console
from grader.export import Container, Visibility
from grader.text import quantity

packages_app = typer.Typer()


@packages_app.command(epilog="Example: grader release cs7cs4_week8 --out bundle.zip")
def release(
    assignment: Annotated[str, typer.Argument(help="Name of a folder in assignment/.")],
    out: Annotated[Path, typer.Option(help="The zip to write.")],
    assignments: Assignments = None,
) -> None:
    """Make the zip for students: handout, starter, public checks, tox.ini and the grader's wheel."""
    from grader.commands.release import write_bundle

    names = write_bundle(load_assignment(assignment, assignments or clone_root()), out)
    console.print(
        f"{out}: {quantity(len(names), 'file')}, none of them from reference/.", markup=False, soft_wrap=True
    )


@packages_app.command(epilog="Example: grader package cs7cs4_week8 --for gradescope --out autograder.zip")
def package(
    assignment: Annotated[str, typer.Argument(help="Name of a folder in assignment/.")],
    platform: Annotated[Container, typer.Option("--for", help="Who runs it.")],
    out: Annotated[Path, typer.Option(help="The zip to write; it holds the reference, so keep it.")],
    visibility: Annotated[
        Visibility, typer.Option(help="When students see the results.")
    ] = Visibility.AFTER_PUBLISHED,
    minutes: Annotated[float, typer.Option(min=2, help="The platform's limit for one submission.")] = 10,
    seed: Annotated[int | None, typer.Option(min=0, help="Secret seed (default: drawn).")] = None,
    tier: SandboxTier = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is at --out.")] = False,
    assignments: Assignments = None,
) -> None:
    """Make the zip with which a platform grades each submission as it comes. For instructors only."""
    from grader.commands.package import new_seed, write_package
    from grader.export.container import MARGIN_SECONDS, ContainerSettings

    settings = ContainerSettings(
        assignment=assignment,
        seed=new_seed() if seed is None else seed,
        tier=tier,
        visibility=visibility,
        seconds=minutes * 60 - MARGIN_SECONDS,
    )
    names = write_package(
        load_assignment(assignment, assignments or clone_root()), settings, out, force=force
    )
    console.print(f"{out}: {quantity(len(names), 'file')} for {platform}.", markup=False, soft_wrap=True)
    console.print("The reference solution is inside: upload it as an autograder, and show it to nobody.")


@packages_app.command(hidden=True, epilog="Example: grader autograde /autograder")
def autograde(
    root: Annotated[Path, typer.Argument(help="Folder with source/, submission/ and results/.")],
) -> None:
    """What run_autograder of a package calls. Not for people, so `grader --help` does not list it."""
    from grader.commands.autograde import autograde as grade_there

    grade_there(root, console)
