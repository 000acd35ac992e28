"""The section "graders": the small submissions graded by otter-grader and nbgrader, beside ours.

Both are installed into an environment of their own, which borrows TensorFlow and all else from this one. Each
student's work is a notebook of one cell there, and the checks are those of small_checks.py. Both run without
any wall around the student's code; neither writes a PDF, and only the seconds for the marks are counted.
"""

from __future__ import annotations

import subprocess
import sysconfig
import venv
from pathlib import Path
from statistics import median

from tests.bench.classes import small_class, write_class
from tests.bench.graders import nbgrader, otter
from tests.bench.measure import Measured
from tests.bench.section import JOBS, Figures, Options, Section
from tests.bench.workload import grade_small, show_ways

STUDENTS, COMPARED = 20, 8
"""Students a repeat, of ours and of the others, which take each of them as long as the next."""
PACKAGES = ("otter-grader>=7,<8", "nbgrader>=0.9,<1", "ipykernel")
_VERSIONS = "from importlib.metadata import version; print(version('otter-grader'), version('nbgrader'))"


def run(options: Options) -> Figures:
    python = _environment(options.scratch / "environment")
    students, compared = (6, 2) if options.trial else (STUDENTS, COMPARED)
    folder = write_class(small_class(students), options.scratch / "class")
    works = {student.name: student for student in sorted(folder.iterdir())[:compared]}
    seconds: dict[str, list[float]] = {}
    for number in range(options.repeat):
        room = options.scratch / f"run-{number}"
        room.mkdir()
        for way, used in (
            ("ours", _each([grade_small(folder, room / "ours")], students)),
            ("otter", _each(otter.grade(python, works, room / "otter"), compared)),
            ("nbgrader", _each(nbgrader.grade(python, works, room / "nbgrader"), compared)),
        ):
            for kind, each in used.items():
                seconds.setdefault(f"{way}.{kind}", []).append(each)
    result = {way: {"median": median(values), "runs": values} for way, values in seconds.items()}
    show_ways(options, result, WAYS)
    told = subprocess.run([python, "-c", _VERSIONS], capture_output=True, text=True, check=True)
    versions = dict(zip(("otter-grader", "nbgrader"), told.stdout.split(), strict=True))
    return {"students": students, "compared": compared, "jobs": JOBS, "seconds": result, "graders": versions}


def _environment(folder: Path) -> Path:
    """Its Python; what it has not itself it finds in the environment that runs this."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    places = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    borrowed = sysconfig.get_path("purelib")
    (places / "borrowed.pth").write_text(f"import site; site.addsitedir({borrowed!r})\n", encoding="utf-8")
    return python


def _each(measured: list[Measured], students: int) -> dict[str, float]:
    """Seconds for each student."""
    return {
        "wall": sum(one.wall_seconds for one in measured) / students,
        "cpu": sum(one.cpu_seconds for one in measured) / students,
    }


WAYS = {
    "ours": "grader grade, {jobs} jobs, isolated, HTML and PDF",
    "otter": "otter run, one notebook after the other",
    "nbgrader": "nbgrader autograde, one notebook after the other",
}


SECTION = Section("graders", "the same beside otter-grader and nbgrader", 8, run)
