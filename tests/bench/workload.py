"""The section "workload": 20 submissions of small_week, in full isolation with reports, beside what
people do without a grader."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from tests.bench.classes import ASSIGNMENTS, small_class, write_class
from tests.bench.measure import Measured, grade, run_measured
from tests.bench.section import EMBEDDED, JOBS, Figures, Options, Section, show

STUDENTS, FEW = 20, 2
COMPARED = 6
"""Students per repeat of the other ways: each is measured alone, so a few tell as much as twenty."""


def run(options: Options) -> Figures:
    students, compared = (6, 2) if options.trial else (STUDENTS, COMPARED)
    folder = write_class(small_class(students), options.scratch / "all")
    few = write_class(small_class(FEW), options.scratch / "few")
    others = sorted(folder.iterdir())[:compared]
    figures: dict[str, list[float]] = {}
    for number in range(options.repeat):
        start = grade_small(few, options.scratch / f"few-{number}")
        whole = grade_small(folder, options.scratch / f"all-{number}")
        _note(figures, "ours", whole.wall_seconds / students, whole.cpu_seconds / students)
        more = students - FEW
        _note(
            figures,
            "ours_each_more",
            (whole.wall_seconds - start.wall_seconds) / more,
            (whole.cpu_seconds - start.cpu_seconds) / more,
        )
        serial = [_by_hand(student) for student in others]
        _note(figures, "by_hand", _mean_wall(serial), _mean_cpu(serial))
        _note(figures, "by_hand_two", *_two_at_a_time(others))
        _note(figures, "warm_fork", *_warm_forks(others))
    result = {name: {"median": median(values), "runs": values} for name, values in figures.items()}
    show_ways(options, result, WAYS)
    return {"students": students, "compared": compared, "jobs": JOBS, "seconds": result}


def grade_small(folder: Path, out: Path) -> Measured:
    """`grader grade` on submissions to small_week, with all reports."""
    return grade(
        folder, "--assignment", "small_week", "--assignments", ASSIGNMENTS, "--out", out, "--jobs", str(JOBS),
        environment=EMBEDDED,
    )  # fmt: skip


def _note(figures: dict[str, list[float]], way: str, wall: float, cpu: float) -> None:
    figures.setdefault(f"{way}.wall", []).append(wall)
    figures.setdefault(f"{way}.cpu", []).append(cpu)


def _by_hand(student: Path) -> Measured:
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    checks = Path(__file__).with_name("by_hand.py")
    return run_measured((*pytest, checks), {**EMBEDDED, "STUDENT": str(student)})


def _two_at_a_time(students: list[Path]) -> tuple[float, float]:
    """Seconds of wall and of CPU for each student, with two processes."""
    halves = students[: len(students) // 2], students[len(students) // 2 :]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda half: [_by_hand(student) for student in half], halves))
    wall = max(sum(each.wall_seconds for each in half) for half in done) / len(students)
    return wall, _mean_cpu([each for half in done for each in half])


def _warm_forks(students: list[Path]) -> tuple[float, float]:
    """Seconds of wall and of CPU for each student, the import of TensorFlow left out."""
    done = run_measured((sys.executable, "-m", "tests.bench.warm_fork", *students), EMBEDDED)
    lines = [line.split()[1:] for line in done.output.splitlines() if line.startswith("seconds ")]
    walls, cpus = ([float(line[index]) for line in lines] for index in (0, 1))
    return sum(walls) / len(students), sum(cpus) / len(students)


def _mean_wall(done: Iterable[Measured]) -> float:
    walls = [each.wall_seconds for each in done]
    return sum(walls) / len(walls)


def _mean_cpu(done: Iterable[Measured]) -> float:
    cpus = [each.cpu_seconds for each in done]
    return sum(cpus) / len(cpus)


WAYS = {
    "ours": "grader grade, {jobs} jobs, isolated, HTML and PDF",
    "ours_each_more": "  of it, without the start: each further submission",
    "by_hand": "a pytest process per student, no protection, no report",
    "by_hand_two": "  the same, two at a time",
    "warm_fork": "a fork of a warm process per student, no protection, no report",
}


def show_ways(options: Options, result: Figures, ways: Mapping[str, str]) -> None:
    """Seconds of each way, and how often ours fit into them."""
    ours = result["ours.wall"]["median"]
    rows = []
    for way, words in ways.items():
        wall, cpu = result[f"{way}.wall"]["median"], result[f"{way}.cpu"]["median"]
        rows.append((words.format(jobs=JOBS), f"{wall:.2f} s wall, {cpu:.2f} s CPU, {wall / ours:.1f} x"))
    show(options.console, "Seconds a submission", rows)


SECTION = Section("workload", "20 small submissions beside what people do by hand", 6, run)
