"""One graded demo class for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.e2e.samples")

from tests.e2e.command import Outcome, grader  # noqa: E402
from tests.e2e.samples import DEMO  # noqa: E402


class DemoClass:
    """What `grader demo` printed and wrote, with the samples it was made from."""

    def __init__(self, folder: Path, outcome: Outcome) -> None:
        self.folder = folder
        self.outcome = outcome

    @property
    def students(self) -> list[str]:
        return sorted(Path(sample).stem for sample in DEMO)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoClass:
    """`grader demo`, run once as a user runs it."""
    folder = tmp_path_factory.mktemp("demo") / "demo-results"
    return DemoClass(folder, grader("demo", "--out", folder))
