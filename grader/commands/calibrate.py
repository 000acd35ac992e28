"""`grader calibrate`: train the reference with many seeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grader.assignment_folder import AssignmentFolder
from grader.calibrate import calibrate
from grader.data import load_first_available


def run_calibrate(
    folder: AssignmentFolder,
    dataset: str | None,
    experiments: Sequence[str],
    seeds: int | None,
    jobs: int,
    console: Console,
) -> Path:
    """Returns calibration.json. Raises UsageError for an unknown data set or experiment."""
    name = dataset or load_first_available(folder.assignment.datasets).name
    calibrate(folder, name, experiments=experiments or None, seeds=seeds, processes=jobs, console=console)
    return folder.calibration
