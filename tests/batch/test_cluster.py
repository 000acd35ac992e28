"""The same class on one machine and on a cluster: a real Dask scheduler, real workers, nothing shared."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.assignment_folder import AssignmentFolder
from grader.batch.cluster import RemoteTrainers
from grader.batch.executor import parse_executor
from grader.commands.grade import GradeOptions, run_grade
from grader.gradebook import read_gradebook
from grader.layout import ResultsFolder
from grader.models.trainer import TrainingTask
from grader.processes import WorkersGone
from grader.results import Tier
from tests.batch.course import make_class, make_course
from tests.batch.machines import Machines

STUDENTS = 5
MODELS = 2
SEED = 7


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> AssignmentFolder:
    return make_course(tmp_path_factory.mktemp("course") / "root")


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_class(tmp_path_factory.mktemp("class"), STUDENTS, MODELS)


class Lines(io.StringIO):
    """A terminal that hands on each line."""

    def __init__(self, hear: Callable[[str], None]) -> None:
        super().__init__()
        self._hear = hear

    def write(self, text: str) -> int:
        self._hear(text)
        return super().write(text)


def grade(
    folder: AssignmentFolder,
    students: Path,
    out: Path,
    *,
    executor: str = "",
    tier: Tier | None = None,
    hear: Callable[[str], None] = lambda text: None,
) -> str:
    """Runs `grader grade`; returns what it printed."""
    printed = Lines(hear)
    options = GradeOptions(
        submissions=students,
        out=out,
        jobs=1,
        seed=SEED,
        tier=tier,
        formats=("html",),
        executor=parse_executor(executor) if executor else None,
    )
    run_grade(folder, options, Console(file=printed, width=300))
    return printed.getvalue()


def results(out: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in out.rglob("result.json")}


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Counter[TrainingTask]:
    """How often each run was sent to a worker."""
    counts: Counter[TrainingTask] = Counter()
    original = RemoteTrainers.submit

    def submit(self: RemoteTrainers, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        counts.update(arguments[0])
        return original(self, function, *arguments)

    monkeypatch.setattr(RemoteTrainers, "submit", submit)
    return counts


@pytest.mark.xdist_group("keras")
def test_a_cluster_gives_the_results_of_one_machine(
    folder: AssignmentFolder, students: Path, tmp_path: Path, trained: Counter[TrainingTask]
) -> None:
    """Byte for byte, although a machine is lost midway; each distinct model is trained once in each of
    its two experiments; what workers held is gone when the class is done."""
    grade(folder, students, tmp_path / "here")
    with Machines(tmp_path / "machines") as machines:
        kept, lost = machines.add_worker(), machines.add_worker("--no-nanny")

        def lose_one(text: str) -> None:
            if f"Checking 2/{STUDENTS}" in text:
                lost.lose()

        grade(folder, students, tmp_path / "there", executor=machines.address, hear=lose_one)
        assert lost.process.returncode == -9
        assert kept.left_behind() == []
    here = results(tmp_path / "here")
    assert len(here) == STUDENTS
    assert results(tmp_path / "there") == here
    assert len(trained) == 2 * MODELS
    assert set(trained.values()) == {1}


def make_class_without_networks(folder: Path, students: int) -> Path:
    """Checks that need no TensorFlow are quick."""
    make_class(folder, students, 1)
    for work in folder.rglob("work.py"):
        work.write_text(work.read_text().partition("def build_network")[0])
    return folder


def test_a_cluster_made_from_a_file(folder: AssignmentFolder, tmp_path: Path) -> None:
    """It lives as long as the command."""
    students = make_class_without_networks(tmp_path / "class", 2)
    options = "n_workers = 1\nthreads_per_worker = 2"
    file = tmp_path / "cluster.toml"
    file.write_text(f'class = "distributed.LocalCluster"\n[options]\n{options}\n')
    grade(folder, students, tmp_path / "there", executor=str(file), tier=Tier.UNSANDBOXED)
    grade(folder, students, tmp_path / "here", tier=Tier.UNSANDBOXED)
    assert results(tmp_path / "there") == results(tmp_path / "here")
    assert len(results(tmp_path / "here")) == 2


def test_a_lost_scheduler_ends_the_run_and_keeps_what_is_finished(
    folder: AssignmentFolder, tmp_path: Path
) -> None:
    """The same command, with a cluster that answers, goes on."""
    students = make_class_without_networks(tmp_path / "class", 4)
    out = tmp_path / "there"
    with Machines(tmp_path / "first") as machines:
        machines.add_worker()

        def lose_scheduler(text: str) -> None:
            if "Checking 2/4" in text:
                machines.all[0].lose()

        with pytest.raises(WorkersGone, match="connection to the Dask scheduler was lost") as caught:
            grade(
                folder, students, out, executor=machines.address, tier=Tier.UNSANDBOXED, hear=lose_scheduler
            )
    assert "the same command goes on" in caught.value.hint
    with read_gradebook(ResultsFolder(out).gradebook) as gradebook:
        finished = {result.student_id for result in gradebook.results()}
    assert 2 <= len(finished) < 4
    with Machines(tmp_path / "second") as machines:
        machines.add_worker()
        printed = grade(folder, students, out, executor=machines.address, tier=Tier.UNSANDBOXED)
    assert f"{len(finished)} unchanged submissions kept their results." in printed
    grade(folder, students, tmp_path / "here", tier=Tier.UNSANDBOXED)
    assert results(out) == results(tmp_path / "here")
