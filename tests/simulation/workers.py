"""What Dask workers do in a simulation: they take a recorded job's time, scaled down, and give its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from grader.batch.jobs import Job
from grader.grading.grade import GradedPass
from grader.models.tasks import TrainingRun, TrainingTask
from tests.simulation.record import RecordedJob, Recording, read_recording

FASTER = 500.0
"""Recorded seconds that pass in one."""


def check_recorded(name: str, job: Job, runs: Mapping[str, TrainingRun]) -> GradedPass:
    """Stands in for check_at_station: the same job in, the same result out, nothing run."""
    missing = job.needs - runs.keys()
    assert not missing, f"{len(missing)} training runs were not brought along"
    recorded = _recorded_job(job)
    time.sleep(recorded.seconds / FASTER)
    return recorded.graded


def train_recorded(
    name: str, function: Callable[..., Any], tasks: tuple[TrainingTask, ...]
) -> tuple[TrainingRun, ...]:
    """Stands in for train_at_station."""
    known = _trainings()
    seconds = sum(known[task][0] for task in tasks)
    time.sleep(seconds / FASTER)
    return tuple(known[task][1].model_copy(update={"key": task.key}) for task in tasks)


@cache
def recording() -> Recording:
    return read_recording()


def _recorded_job(job: Job) -> RecordedJob:
    """The pass over the same student's work that ran the same checks."""
    jobs = recording().jobs[base_of(job.submission.student_id)]
    if job.only is None:
        return jobs[0]
    return next(item for item in jobs[1:] if _names(item.graded) == job.only)


def _names(graded: GradedPass) -> set[str]:
    return {check.check for check in graded.checks} | graded.deferred.keys()


@cache
def _trainings() -> dict[TrainingTask, tuple[float, TrainingRun]]:
    """Seconds and outcome of each run; a stack's seconds are shared evenly."""
    return {
        task: (training.seconds / len(training.tasks), run)
        for training in recording().trainings
        for task, run in zip(training.tasks, training.runs, strict=True)
    }


def student_name(number: int, base: str) -> str:
    return f"{base}.{number:06}"


def base_of(student_id: str) -> str:
    """The recorded student that this one is a copy of."""
    return student_id.rpartition(".")[0]
