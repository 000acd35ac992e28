"""nbgrader: a course with one assignment, then `nbgrader autograde` for all submissions in its folders."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.bench.graders.notebooks import CHECKS, PREPARE, cell, environment, work_of, write_notebook
from tests.bench.measure import Measured, run_measured

_WORK = {"grade": False, "grade_id": "work", "locked": False, "schema_version": 3, "solution": True}


def grade(python: Path, works: Mapping[str, Path], room: Path) -> list[Measured]:
    """What all cost together; the assignment is made before. Raises RuntimeError where somebody loses a
    point."""
    command, place = python.with_name("nbgrader"), f"--course-dir={room}"
    write_notebook(room / "source" / "week" / "week.ipynb", _cells("### BEGIN SOLUTION\n### END SOLUTION"))
    run_measured((command, "generate_assignment", "week", "--create", place), environment(python))
    for name, student in works.items():
        write_notebook(room / "submitted" / name / "week" / "week.ipynb", _cells(work_of(student)))
    measured = run_measured((command, "autograde", "week", place), environment(python))
    _expect_full_marks(room / "gradebook.db", len(works))
    return [measured]


def _cells(work: str) -> list[Any]:
    """As they are released, with somebody's work in the first."""
    parts = {"prepare": PREPARE, **CHECKS}
    tests = (
        cell(body, nbgrader={**_WORK, "grade": True, "grade_id": name, "locked": True, "solution": False,
                             "points": int(name != "prepare")})
        for name, body in parts.items()
    )  # fmt: skip
    return [cell(work, nbgrader=_WORK), *tests]


def _expect_full_marks(gradebook: Path, students: int) -> None:
    with closing(sqlite3.connect(gradebook)) as database:
        ((total,),) = database.execute("SELECT sum(auto_score) FROM grade")
    if total != students * len(CHECKS):
        raise RuntimeError(f"nbgrader gives {total} points instead of {students * len(CHECKS)}")
