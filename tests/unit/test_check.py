"""`grader check` says what it knows as soon as it knows it, in the order of the tasks."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from grader.commands.check import Workplace, find_workplace, load_work, run_check
from grader.commands.show import CheckPrinter
from grader.results import CheckResult
from tests.unit.builders import make_check

ASSIGNMENT = """\
name = "tiny"
title = "Tiny"
datasets = ["digits32"]
tasks = [
    { id = "first", title = "One", points = 1 },
    { id = "written", title = "No public check", points = 1 },
    { id = "second", title = "Two", points = 1 },
]
"""
CHECKS = """\
from grader.checks import check

@check(task="second", points=1, title="Doubles", feedback="Times two.")
def test_double(submission):
    assert submission.double(4) == 8

@check(task="first", points=1, title="Halves", feedback="By two.")
def test_half(submission):
    assert submission.half(4) == 2
"""


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    (tmp_path / "checks").mkdir()
    (tmp_path / "submission").mkdir()
    (tmp_path / "assignment.toml").write_text(ASSIGNMENT)
    (tmp_path / "checks" / "test_all.py").write_text(CHECKS)
    (tmp_path / "submission" / "work.py").write_text("def half(x): return x / 2\ndef double(x): return x\n")
    return find_workplace(tmp_path, None, tmp_path)


def test_tasks_are_told_when_they_are_done(place: Workplace) -> None:
    """Each task once, with its own results; those without public checks at once."""
    told: list[tuple[str, tuple[CheckResult, ...]]] = []
    checks = run_check(place, load_work(place), lambda task, results: told.append((task, results)))
    assert [task for task, _ in told] == ["written", "second", "first"]
    assert [[result.check for result in results] for _, results in told] == [
        [],
        ["test_double"],
        ["test_half"],
    ]
    assert tuple(result for _, results in told for result in results) == checks


def test_tasks_are_printed_in_order(place: Workplace) -> None:
    """A task waits for those before it and not for those behind it."""
    text = io.StringIO()
    printer = CheckPrinter(place.folder.assignment, Console(file=text, width=80))
    printer.task_done("second", (make_check("Doubles", "second"),))
    assert "Two" not in text.getvalue()
    printer.task_done("first", (make_check("Halves", "first"),))
    assert "One" in text.getvalue()
    assert "Two" not in text.getvalue()
    printer.task_done("written", ())
    lines = text.getvalue().splitlines()
    assert [line.strip() for line in lines[2:]] == ["first  One", "✓ Halves", "second  Two", "✓ Doubles"]
