"""docs/authors.md is complete: every key, fixture and helper that an author can use stands there."""

from __future__ import annotations

import inspect
import re

import pytest

from grader import checks, plugin
from grader.assignment import (
    Assignment,
    Experiment,
    Lab,
    Limits,
    Question,
    Section,
    Statistics,
    Task,
    parse_assignment,
)
from grader.assignment_folder import clone_root
from grader.policy.drop import DropRule
from grader.policy.late import LatePolicy, Step
from grader.reproduction.reported import Reported, ReportedFile
from tests.unit.test_assignment import GOOD

PAGE = (clone_root() / "docs" / "authors.md").read_text(encoding="utf-8")
WORDS = {word for code in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", code)}
TABLES = (
    Assignment,
    Limits,
    Statistics,
    Task,
    Question,
    Experiment,
    Section,
    Lab,
    LatePolicy,
    Step,
    DropRule,
    ReportedFile,
    Reported,
)
RAISED = {"check", "CheckFailed", "Inconclusive"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key(table: type[Assignment]) -> None:
    """Of assignment.toml and reported.toml."""
    assert set(table.model_fields) - WORDS == set()


def test_its_due_date_is_one() -> None:
    """What the page shows of `[late]` can be copied."""
    example = PAGE.partition("```toml\n[late]")[2].partition("```")[0]
    late = parse_assignment(f"{GOOD}\n[late]{example}", "assignment.toml").late
    assert late is not None
    assert (late.grace_minutes, late.percent_per_day, late.reject_after_days) == (15, 10, 7)


def test_every_helper() -> None:
    """Of grader.checks; those that every check needs are in the example."""
    assert set(checks.__all__) - WORDS - RAISED == set()
    assert all(name in PAGE for name in RAISED)


def test_every_fixture() -> None:
    """Of the plugin, by the names that a check asks for."""
    source = inspect.getsource(plugin)
    fixtures = set(re.findall(r"@pytest\.fixture.*\n    def (\w+)", source))
    assert len(fixtures) >= 7
    assert fixtures - WORDS == set()
