"""Commands that make an assignment and pack it for others. No logic lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.assignment_folder import clone_root, load_assignment
from grader.cli.options import DEFAULT_JOBS, Assignments, Jobs, SandboxTier, console
from grader.export import Container, Visibility
from grader.text import quantity

PANEL = "Assignments"
assignments_app = typer.Typer()

Name = Annotated[str, typer.Argument(help="Name of a folder in assignment/.")]


@assignments_app.command(
    rich_help_panel=PANEL, epilog="Example: grader new week3_softmax --assignments course"
)
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


@assignments_app.command(
    rich_help_panel=PANEL, epilog="Example: grader calibrate cs7cs4_week8 --dataset cifar10 --only strided-5k"
)
def calibrate(
    assignment: Name,
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

    folder = load_assignment(assignment, assignments or clone_root())
    path = run_calibrate(folder, dataset, tuple(only or ()), seeds, jobs, console)
    console.print(f"Written: {path}", markup=False, soft_wrap=True)


@assignments_app.command(rich_help_panel=PANEL, epilog="Example: grader reproduce cs7cs4_week8 --quick")
def reproduce(
    assignment: Name,
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

    folder = load_assignment(assignment, assignments or clone_root())
    page = out or default_page(assignments or clone_root(), quick=quick)
    run_reproduce(folder, page, jobs, console, train=not no_train, quick=quick)
    console.print(f"Written: {page}", markup=False, soft_wrap=True)


@assignments_app.command(
    rich_help_panel=PANEL, epilog="Example: grader release cs7cs4_week8 --out bundle.zip"
)
def release(
    assignment: Name,
    out: Annotated[Path, typer.Option(help="The zip to write.")],
    assignments: Assignments = None,
) -> None:
    """Make the zip for students: handout, starter, public checks, tox.ini and the grader's wheel."""
    from grader.commands.release import write_bundle

    names = write_bundle(load_assignment(assignment, assignments or clone_root()), out)
    console.print(
        f"{out}: {quantity(len(names), 'file')}, none of them from reference/.", markup=False, soft_wrap=True
    )


@assignments_app.command(
    rich_help_panel=PANEL, epilog="Example: grader package cs7cs4_week8 --for gradescope --out autograder.zip"
)
def package(
    assignment: Name,
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


@assignments_app.command(rich_help_panel=PANEL, hidden=True, epilog="Example: grader autograde /autograder")
def autograde(
    root: Annotated[Path, typer.Argument(help="Folder with source/, submission/ and results/.")],
) -> None:
    """What run_autograder of a package calls. Not for people, so `grader --help` does not list it."""
    from grader.commands.autograde import autograde as grade_there

    grade_there(root, console)
