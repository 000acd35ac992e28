"""One graded demo class for all tests of this folder."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from grader.assignment import clone_root
from tests.e2e.command import Outcome, grader

SAMPLES = clone_root() / "tests" / "submissions"


class DemoClass:
    """What `grader demo` printed and wrote, with the samples it was made from."""

    def __init__(self, folder: Path, outcome: Outcome, samples: tuple[str, ...]) -> None:
        self.folder = folder
        self.outcome = outcome
        self.samples = samples

    @property
    def students(self) -> list[str]:
        return sorted(Path(sample).stem for sample in self.samples)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoClass:
    """`grader demo`, run once as a user runs it."""
    folder = tmp_path_factory.mktemp("demo") / "demo-results"
    samples = tuple(tomllib.loads((SAMPLES / "demo.toml").read_text(encoding="utf-8"))["submissions"])
    return DemoClass(folder, grader("demo", "--out", folder), samples)
