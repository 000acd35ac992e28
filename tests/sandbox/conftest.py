"""One light zygote per tier for the attacks, one warm one per tier for Keras."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from grader.results import Tier
from grader.sandbox import Sandbox, start_sandbox
from grader.sandbox import machine as this_machine
from grader.submission import Module


def why_not(tier: Tier) -> str:
    """What this machine lacks for a tier; "" when it has all. A tier that it should reach must not
    be skipped when it fails."""
    if not this_machine.is_linux():
        return "sandboxes are for Linux"
    if not this_machine.landlock_version():
        return "this kernel has no Landlock"
    if tier is Tier.T2:
        return "" if os.geteuid() == 0 else "T2 needs root"
    return "" if this_machine.bubblewrap() else "bubblewrap is not installed"


@cache
def student_file(name: str) -> Module:
    """One of the files beside this one that stand for a student's."""
    return module_of(Path(__file__).with_name(name).read_text(encoding="utf-8"), name)


def attack_module() -> Module:
    return student_file("attacks.py")


def module_of(source: str, path: str = "solution.py", left_out: tuple[str, ...] = ()) -> Module:
    """Student code as intake would hand it over."""
    functions = tuple(node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    return Module(path, path, source, functions, left_out)


def _started(tier: Tier, **settings: object) -> Iterator[Sandbox]:
    if reason := why_not(tier):
        pytest.skip(reason)
    with start_sandbox(force=tier, **settings) as sandbox:  # type: ignore[arg-type]
        yield sandbox


@pytest.fixture(scope="session")
def t1() -> Iterator[Sandbox]:
    yield from _started(Tier.T1, preload=())


@pytest.fixture(scope="session")
def t1b() -> Iterator[Sandbox]:
    yield from _started(Tier.T1B, preload=())


@pytest.fixture(scope="session")
def t2() -> Iterator[Sandbox]:
    yield from _started(Tier.T2, preload=())


@pytest.fixture(scope="session")
def warm_t1() -> Iterator[Sandbox]:
    yield from _started(Tier.T1)


@pytest.fixture(scope="session")
def warm_t2() -> Iterator[Sandbox]:
    yield from _started(Tier.T2)


@pytest.fixture(params=["t1", "t2"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each tier in turn, without TensorFlow."""
    found: Sandbox = request.getfixturevalue(request.param)
    return found
