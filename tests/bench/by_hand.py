"""What people write without a grader: one pytest process for each student, which imports the work.

    STUDENT=FOLDER python -m pytest tests/bench/by_hand.py

The checks are those of small_week (small_checks.py), with the expected values in the same process. There is
no protection, no time limit and no report: a student's code sees everything and can do everything.
"""

from __future__ import annotations

import importlib.util
import os
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.bench import small_checks


@pytest.fixture(scope="session")
def folder() -> Path:
    return Path(os.environ["STUDENT"])


@pytest.fixture(scope="session")
def work(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("work", folder / "work.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def model(work: ModuleType) -> Any:
    return work.build_network()


def test_five_arrays(work: ModuleType) -> None:
    small_checks.five_arrays(work.convolve)


def test_parameters(folder: Path, model: Any) -> None:
    answers = tomllib.loads((folder / "answers.toml").read_text(encoding="utf-8"))
    small_checks.parameters(answers["parameters"], model)


def test_shapes(model: Any) -> None:
    small_checks.shapes(model)


def test_epoch(work: ModuleType, model: Any) -> None:
    small_checks.epoch(work.train, model)
