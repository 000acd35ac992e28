"""`grader demo`: the whole way once, on sample submissions that come with the clone."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from pathlib import Path

from rich.console import Console

from grader.assignment_folder import clone_root, load_assignment
from grader.commands.grade import GradeOptions, run_grade
from grader.commands.show import show_class, show_data
from grader.errors import UsageError

ASSIGNMENT = "cs7cs4_week8"
_SEED = 8


def run_demo(out: Path, jobs: int, console: Console, *, quiet: bool) -> None:
    """Raises UsageError outside a clone."""
    samples = clone_root() / "tests" / "submissions"
    listing = samples / "demo.toml"
    if not listing.is_file():
        raise UsageError(
            "The sample submissions come with a clone of the repository.", hint="Clone it first."
        )
    folder = load_assignment(ASSIGNMENT, clone_root())
    names = tomllib.loads(listing.read_text(encoding="utf-8"))["submissions"]
    console.print(f"Grading {len(names)} sample submissions to {ASSIGNMENT} into {out}/", markup=False)
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            _copy(samples / name, Path(scratch))
        options = GradeOptions(submissions=Path(scratch), out=out, jobs=jobs, seed=_SEED, quiet=quiet)
        outcome = run_grade(folder, options, console)
    show_class(outcome.results, folder.assignment, console)
    console.print(
        f"Open {out / 'index.html'} for the class and {out / 'students'} for each report.", markup=False
    )
    show_data(folder.assignment, console)
    if outcome.trouble is not None:
        raise outcome.trouble


def _copy(source: Path, into: Path) -> None:
    if source.is_dir():
        shutil.copytree(
            source, into / source.name, ignore=shutil.ignore_patterns("expected.toml", "__pycache__")
        )
    else:
        shutil.copy(source, into)
