"""What the sections of the benchmark have in common."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from grader.assignment_folder import clone_root

FIGURES = clone_root() / "docs" / "bench.json"
VERSIONS = ("tensorflow", "keras", "numpy", "pytest")
JOBS = 2
EMBEDDED = {"EPOCHMARK_DATA": os.devnull, "TF_CPP_MIN_LOG_LEVEL": "3"}
"""The embedded digits, on whatever machine."""

Figures = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """`repeat` runs of what is short; `trial` makes everything small, to see that it works."""

    repeat: int
    trial: bool
    scratch: Path
    console: Console


@dataclass(frozen=True)
class Section:
    """`minutes` is what it takes on two cores that have nothing else to do, with three repeats."""

    name: str
    about: str
    minutes: float
    run: Callable[[Options], Figures]


def machine() -> dict[str, Any]:
    """What seconds depend on. No date: it says nothing about speed."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in VERSIONS},
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def record(section: Section, figures: Figures, path: Path, command: str) -> None:
    """Puts a section's figures into the file; the others stay."""
    empty: dict[str, Any] = {"schema_version": 1, "sections": {}}
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else empty
    kept["sections"][section.name] = {"command": command, "machine": machine(), "figures": figures}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(path)


def rounded(value: Any, digits: int = 3) -> Any:
    """Numbers in lists and dicts with so many decimals: the rest is noise."""
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    return [rounded(item, digits) for item in value] if isinstance(value, list | tuple) else value


def show(console: Console, title: str, rows: list[tuple[str, str]]) -> None:
    table = Table(title=title, title_justify="left", show_header=False, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)
