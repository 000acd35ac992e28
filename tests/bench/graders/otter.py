"""otter-grader: an autograder zip, then `otter run` for each notebook, as it grades without containers."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

from tests.bench.graders.notebooks import CHECKS, NAMES, PREPARE, cell, environment, work_of, write_notebook
from tests.bench.measure import Measured, run_measured

_HEAD = f"""\
from otter.test_files import test_case

OK_FORMAT = False
name = "small_week"
points = {len(CHECKS)}

{PREPARE}
"""


def grade(python: Path, works: Mapping[str, Path], room: Path) -> list[Measured]:
    """What each costs; the zip is made before. Raises RuntimeError where somebody loses a point."""
    command, archive = python.with_name("otter"), room / "autograder.zip"
    tests = room / "tests"
    tests.mkdir(parents=True)
    (tests / "small_week.py").write_text(_test_file(), encoding="utf-8")
    nothing_else = ("--no-requirements", "--no-environment", "--no-config")
    run_measured((command, "generate", "-t", tests, "-o", archive, *nothing_else), environment(python))
    measured = []
    for name, student in works.items():
        notebook, out = room / name / "work.ipynb", room / name / "out"
        write_notebook(notebook, [cell(work_of(student))])
        out.mkdir()
        words = (command, "run", notebook, "-a", archive, "-o", out, "--no-logo")
        measured.append(run_measured(words, environment(python)))
        _expect_full_marks(out / "results.json", name)
    return measured


def _test_file() -> str:
    cases = (
        f"@test_case(points=1)\ndef test_{name}({', '.join(NAMES)}):\n{textwrap.indent(body, '    ')}"
        for name, body in CHECKS.items()
    )
    return "\n\n".join((_HEAD, *cases))


def _expect_full_marks(path: Path, name: str) -> None:
    results = json.loads(path.read_text(encoding="utf-8"))
    scores = [test["score"] for test in results["tests"] if "score" in test]
    if sum(scores) != len(CHECKS):
        raise RuntimeError(f"otter-grader does not give {name} full marks:\n{json.dumps(results, indent=1)}")
