"""What is left of a gradebook when its journal ends in the middle, as after a power cut."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
from pathlib import Path

import pytest

from grader.assignment import Assignment, Task
from grader.gradebook import open_gradebook
from tests.crash.grading import Grading
from tests.unit.builders import make_check, make_result

TINY = Assignment(
    name="tiny", title="Tiny", datasets=("digits28",), tasks=(Task(id="a", title="A", points=3),)
)
STUDENTS = [f"student-{number:02}" for number in range(12)]
JOURNAL = "gradebook.sqlite-wal"


def write_and_die(out: Path) -> None:
    """Commits one result after the other, notes how long the journal was then, and is killed."""
    with open_gradebook(out / "gradebook.sqlite") as book:
        book.start("tiny", 1)
        for student in STUDENTS:
            book.put(make_result(student, make_check()), TINY)
            length = (out / JOURNAL).stat().st_size
            (out / "lengths").open("a").write(f"{length}\n")
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("killed")
    process = multiprocessing.get_context("spawn").Process(target=write_and_die, args=(out,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    return out


@pytest.mark.parametrize("tail", ["missing", "zeros", "noise"])
def test_a_torn_journal_loses_only_what_was_not_committed(killed: Path, tmp_path: Path, tail: str) -> None:
    """Wherever it is cut: every result whose commit had ended is there, and the gradebook is sound."""
    journal = (killed / JOURNAL).read_bytes()
    ends = [int(line) for line in (killed / "lengths").read_text().split()]
    assert len(ends) == len(STUDENTS)
    assert ends == sorted(set(ends))
    rng = random.Random(1)
    cuts = [*ends, *(rng.randrange(ends[0], len(journal)) for _ in range(20))]
    for number, cut in enumerate(cuts):
        lost = len(journal) - cut
        rest = {"missing": b"", "zeros": bytes(lost), "noise": rng.randbytes(lost)}[tail]
        out = tmp_path / str(number)
        out.mkdir()
        shutil.copy(killed / "gradebook.sqlite", out)
        (out / JOURNAL).write_bytes(journal[:cut] + rest)
        committed = STUDENTS[: sum(end <= cut for end in ends)]
        with open_gradebook(out / "gradebook.sqlite") as book:
            assert list(book.student_ids) == committed
            assert [result.checks[0].score for result in book.results()] == [3] * len(committed)
        assert Grading(out, out).sound()
