"""Jobs of a real class with the seconds that they took, for simulations:

    python -m tests.simulation.record

writes recorded.json.gz beside this file. The class is that of `grader demo`.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from rich.console import Console

from grader.assignment_folder import clone_root, load_assignment
from grader.batch import LocalWorkers
from grader.batch.jobs import Job, run_job
from grader.commands import grade
from grader.commands.demo import _copy
from grader.commands.grade import GradeOptions, run_grade
from grader.evidence import Frozen
from grader.grading.grade import GradedPass
from grader.models.tasks import TrainingRun, TrainingTask
from grader.models.trainer import TrainerPool
from tests.e2e.samples import DEMO, SAMPLES

ASSIGNMENT = "cs7cs4_week8"
RECORDED = Path(__file__).with_name("recorded.json.gz")
SEED = 1


class RecordedJob(Frozen):
    """One pass over one submission. `seconds` are those of the job process, wall clock."""

    seconds: float
    graded: GradedPass


class RecordedTraining(Frozen):
    """One stack of training runs."""

    seconds: float
    tasks: tuple[TrainingTask, ...]
    runs: tuple[TrainingRun, ...]


class Recording(Frozen):
    """`jobs` are by student id; `sources` says where under tests/submissions each lies."""

    assignment: str
    sources: dict[str, str]
    jobs: dict[str, tuple[RecordedJob, ...]]
    trainings: tuple[RecordedTraining, ...]


def read_recording() -> Recording:
    return Recording.model_validate_json(gzip.decompress(RECORDED.read_bytes()))


class RecordingWorkers(LocalWorkers):
    """Notes what passes through."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.jobs: dict[str, list[RecordedJob]] = {}
        self._students: dict[Future[Any], str] = {}
        self._trainers = RecordingTrainers(1)

    def submit(self, job: Job) -> Future[GradedPass]:
        future = self._graders.submit(timed, run_job, job)
        self._students[future] = job.submission.student_id
        return future  # type: ignore[return-value]  # with its seconds, until `result` takes them off

    def result(self, future: Future[Any]) -> GradedPass:
        seconds, graded = self._graders.result(future)
        student = self._students.pop(future)
        self.jobs.setdefault(student, []).append(RecordedJob(seconds=seconds, graded=graded))
        return graded


class RecordingTrainers(TrainerPool):
    """Notes what was trained."""

    def __init__(self, processes: int) -> None:
        super().__init__(processes)
        self.trainings: list[RecordedTraining] = []
        self._stacks: dict[Future[Any], Sequence[TrainingTask]] = {}

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future = super().submit(timed, function, *arguments)
        self._stacks[future] = arguments[0]
        return future

    def result(self, future: Future[Any]) -> Any:
        seconds, runs = super().result(future)
        tasks = tuple(self._stacks.pop(future))
        self.trainings.append(RecordedTraining(seconds=seconds, tasks=tasks, runs=runs))
        return runs


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - begun, result


def record() -> Recording:
    """Grades the demo class on the embedded digits, one job at a time."""
    os.environ["EPOCHMARK_DATA"] = os.devnull
    made: list[RecordingWorkers] = []

    def make(*arguments: Any) -> RecordingWorkers:
        made.append(RecordingWorkers(*arguments))
        return made[-1]

    grade.LocalWorkers = make  # type: ignore[misc,assignment]
    folder = load_assignment(ASSIGNMENT, clone_root())
    with tempfile.TemporaryDirectory() as scratch:
        submissions = Path(scratch) / "class"
        submissions.mkdir()
        sources = {Path(name).stem: name for name in DEMO}
        for name in DEMO:
            _copy(SAMPLES / name, submissions)
        options = GradeOptions(
            submissions=submissions, out=Path(scratch) / "out", jobs=1, seed=SEED, formats=("html",)
        )
        run_grade(folder, options, Console())
    workers = made[0]
    trainers = workers.trainers
    assert isinstance(trainers, RecordingTrainers)
    return Recording(
        assignment=ASSIGNMENT,
        sources=sources,
        jobs={student: tuple(jobs) for student, jobs in workers.jobs.items()},
        trainings=tuple(trainers.trainings),
    )


if __name__ == "__main__":
    recording = record()
    RECORDED.write_bytes(gzip.compress(recording.model_dump_json().encode(), mtime=0))
    jobs = sum(map(len, recording.jobs.values()))
    print(f"{RECORDED}: {len(recording.jobs)} submissions, {jobs} jobs, {len(recording.trainings)} trainings")
