"""Commands that make marks, or change them. No logic lives here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.assignment_folder import clone_root, load_assignment
from grader.cli.options import (
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
from grader.errors import UsageError
from grader.results import Platform

if TYPE_CHECKING:
    from grader.commands.grade import GradeOutcome

PANEL = "Grading a class"
grading_app = typer.Typer()


@grading_app.command(
    rich_help_panel=PANEL,
    epilog="Example: grader grade submissions/ --assignment cs7cs4_week8 --out results/",
)
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

    folder = load_assignment(assignment, assignments or clone_root())
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
    if anonymous:
        root = assignments or clone_root()
        publish(out, root, None, options.formats, jobs, console, quiet=quiet)
        console.print(f"Without names: {out / 'anonymous'}", markup=False, soft_wrap=True)
    _conclude(outcome, out)


@grading_app.command(
    rich_help_panel=PANEL, epilog="Example: grader regrade results/ --check test_square_images"
)
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
    _conclude(outcome, results)


def _conclude(outcome: GradeOutcome, results: Path) -> None:
    """Raises GraderError where some reports could not be written: last, when all else is done and said."""
    console.print(f"Class page: {results / 'index.html'}", markup=False, soft_wrap=True)
    if outcome.trouble is not None:
        raise outcome.trouble


@grading_app.command(
    rich_help_panel=PANEL,
    epilog="Example: "
    'grader adjust results/ student-07 --check test_rectangles --score 3 --why "It is right."',
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


@grading_app.command(rich_help_panel=PANEL, epilog="Example: grader mark results/ --question size_discussion")
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
