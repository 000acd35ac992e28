"""The sections "growth" and "models": what more students cost, and what more distinct models cost."""

from __future__ import annotations

from tests.bench.classes import ASSIGNMENTS, small_class, write_class
from tests.bench.measure import Measured, grade
from tests.bench.section import EMBEDDED, JOBS, Figures, Options, Section, show

STUDENTS = (10, 100, 1000)
ARCHITECTURES, CLASS = (1, 4, 16), 40


def run_students(options: Options) -> Figures:
    """Standard submissions to small_week: nothing is trained, only overhead is added."""
    sizes = (4, 8) if options.trial else STUDENTS
    rows = [_row(_grade(options, size, 0), students=size) for size in sizes]
    _show(options, "Students", rows, "students")
    return {"jobs": JOBS, "rows": rows}


def run_models(options: Options) -> Figures:
    """A class of one size with more and more architectures that are not the reference's."""
    counts, size = ((1, 2), 4) if options.trial else (ARCHITECTURES, CLASS)
    rows = [_row(_grade(options, size, count), students=size, architectures=count) for count in counts]
    _show(options, "Distinct models", rows, "architectures")
    return {"jobs": JOBS, "rows": rows}


def _grade(options: Options, students: int, architectures: int) -> Measured:
    name = f"{students}-{architectures}"
    folder = write_class(small_class(students, architectures), options.scratch / name)
    return grade(
        folder, "--assignment", "small_week", "--assignments", ASSIGNMENTS, "--jobs", str(JOBS),
        "--out", options.scratch / f"{name}-results",
        environment=EMBEDDED,
    )  # fmt: skip


def _row(done: Measured, **counts: int) -> Figures:
    return {
        **counts,
        "wall_seconds": done.wall_seconds,
        "cpu_seconds": done.cpu_seconds,
        "cpu_source": done.cpu_source,
        "peak_mib": dict(done.peak_mib),
    }


def _show(options: Options, title: str, rows: list[Figures], count: str) -> None:
    shown = []
    for row in rows:
        peaks = ", ".join(f"{role} {mib}" for role, mib in sorted(row["peak_mib"].items()))
        wall, cpu = (row[f"{kind}_seconds"] / row["students"] for kind in ("wall", "cpu"))
        shown.append((f"{row[count]:,}", f"{wall:.2f} s wall, {cpu:.2f} s CPU a submission; MiB: {peaks}"))
    show(options.console, title, shown)


GROWTH = Section("growth", "10, 100, 1,000 standard submissions: seconds and memory", 8, run_students)
MODELS = Section("models", "1, 4, 16 distinct architectures among 40 students", 3, run_models)
