"""The section "class100": a hundred submissions of cs7cs4_week8 with all checks on CIFAR-10.

The class is graded twice with one seed: first with an empty training store, then with the store that the
first run left. The second costs what the grader adds to a submission; the difference is the training of
the distinct models.
"""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from pathlib import Path
from statistics import median

from grader.layout import ResultsFolder
from grader.models.tasks import TrainingRun
from tests.bench.classes import WEEK8, Student, class_of_100, write_class
from tests.bench.measure import Measured, grade
from tests.bench.section import EMBEDDED, JOBS, Figures, Options, Section, show

SEED = "8"


def run(options: Options) -> Figures:
    students = class_of_100()
    if options.trial:
        students = (students[0], students[1], students[70], students[90])
    folder = write_class(students, options.scratch / "class")
    first = options.scratch / "first"
    whole = _grade(options, folder, first)
    again = []
    for number in range(1 if options.trial else options.repeat):
        out = options.scratch / f"again-{number}"
        out.mkdir()
        shutil.copy(ResultsFolder(first).training, ResultsFolder(out).training)
        again.append(_grade(options, folder, out))
    figures = _figures(students, whole, again, _runs(ResultsFolder(first).training))
    _show(options, figures)
    return figures


def _grade(options: Options, folder: Path, out: Path) -> Measured:
    return grade(
        folder, "--assignment", WEEK8, "--out", out, "--jobs", str(JOBS), "--seed", SEED,
        environment=EMBEDDED if options.trial else None,
    )  # fmt: skip


def _runs(store: Path) -> list[TrainingRun]:
    with sqlite3.connect(store) as connection:
        rows = connection.execute("SELECT run FROM runs").fetchall()
    return [TrainingRun.model_validate_json(zlib.decompress(row[0])) for row in rows]


def _figures(
    students: tuple[Student, ...], whole: Measured, again: list[Measured], runs: list[TrainingRun]
) -> Figures:
    count = len(students)
    wall = median(each.wall_seconds for each in again)
    cpu = median(each.cpu_seconds for each in again)
    return {
        "students": count,
        "jobs": JOBS,
        "cpu_source": whole.cpu_source,
        "wall_seconds": whole.wall_seconds,
        "cpu_seconds": whole.cpu_seconds,
        "without_training": {
            "wall_seconds": [each.wall_seconds for each in again],
            "cpu_seconds": [each.cpu_seconds for each in again],
        },
        "each": {"wall_seconds": wall / count, "cpu_seconds": cpu / count},
        "training": {
            "runs": len(runs),
            "wall_seconds": whole.wall_seconds - wall,
            "cpu_seconds": whole.cpu_seconds - cpu,
            "cpu_seconds_of_fitting": sum(run.cpu_seconds for run in runs),
        },
        "peak_mib": dict(whole.peak_mib),
    }


def _show(options: Options, figures: Figures) -> None:
    each, training = figures["each"], figures["training"]
    rows = [
        ("the class", _both(figures)),
        (f"  training, {training['runs']} runs", _both(training)),
        ("  the rest, a submission", _both(each)),
        ("  training's share of CPU", f"{training['cpu_seconds'] / figures['cpu_seconds']:.0%}"),
    ]
    show(options.console, f"{figures['students']} submissions of {WEEK8}, {JOBS} jobs", rows)


def _both(figures: Figures) -> str:
    return f"{figures['wall_seconds']:.2f} s wall, {figures['cpu_seconds']:.2f} s CPU"


SECTION = Section("class100", "100 submissions of cs7cs4_week8 on CIFAR-10", 13, run)
