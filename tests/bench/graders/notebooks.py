"""Students' work as notebooks, and the checks as both graders take them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from grader.assignment_folder import clone_root

PREPARE = "from tests.bench import small_checks"
CHECKS = {
    "five_arrays": "small_checks.five_arrays(convolve)",
    "parameters": "small_checks.parameters(parameters, build_network())",
    "shapes": "small_checks.shapes(build_network())",
    "epoch": "small_checks.epoch(train, build_network())",
}
"""In either grader, each sees only what the notebook defines."""

NAMES = ("convolve", "build_network", "train", "parameters")
"""What the checks take from a notebook."""


def environment(python: Path) -> dict[str, str]:
    """For a command that lies beside `python`, as after `activate`."""
    return {
        "EPOCHMARK_DATA": os.devnull,
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(clone_root()),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def work_of(student: Path) -> str:
    """The code of a submission and its answer."""
    parts = [(student / name).read_text(encoding="utf-8") for name in ("work.py", "answers.toml")]
    return "\n".join(parts)


def write_notebook(path: Path, cells: list[Any]) -> None:
    """In format 4.4, which does not ask for cell ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    whole = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(whole), encoding="utf-8")


def cell(source: str, **metadata: Any) -> Any:
    """A cell of code."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }
