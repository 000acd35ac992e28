"""A batch that is disturbed comes to the same end, once the same command has been given again."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.grading import Grading
from tests.crash.killing import go_on, strike
from tests.crash.students import ONE_OF_EACH, write_class

pytestmark = pytest.mark.xdist_group("crash")


@dataclass(frozen=True)
class Undisturbed:
    submissions: Path
    outcome: dict[str, object]
    seconds: float
    size: int


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    grading = Grading(write_class(folder / "submissions", ONE_OF_EACH), folder / "out")
    code, text, seconds = grading.timed()
    assert code == 0, text
    assert len(grading.finished()) == ONE_OF_EACH
    size = sum(path.stat().st_size for path in grading.out.rglob("*") if path.is_file())
    return Undisturbed(grading.submissions, grading.everything(), seconds, size)


@pytest.mark.parametrize("coordinator", [True, False])
def test_killed_outright(undisturbed: Undisturbed, tmp_path: Path, coordinator: bool) -> None:
    """No process is left, no finished result is lost, and going on gives the very same pages."""
    grading = Grading(undisturbed.submissions, tmp_path / "out")
    blow = strike(grading, undisturbed.seconds * 0.6, random.Random(3), coordinator=coordinator)
    assert not blow.problems, blow
    assert not go_on(grading, undisturbed.outcome)


@pytest.fixture
def small_disk(undisturbed: Undisturbed, tmp_path: Path) -> Iterator[Path]:
    """A file system with room for half of the results."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={undisturbed.size // 2}", "tmpfs", str(place)]
    if subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk(undisturbed: Undisturbed, small_disk: Path) -> None:
    """It is said so, without a traceback; with more room the same command goes on from there."""
    grading = Grading(undisturbed.submissions, small_disk / "out")
    code, text = grading.finish()
    assert code != 0
    assert "Traceback" not in text
    assert "room" in text, text
    finished = grading.finished()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert finished.items() <= grading.finished().items()
    assert not go_on(grading, undisturbed.outcome)
