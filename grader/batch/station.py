"""What a Dask worker holds while it grades: a kit, unpacked, and processes that check and train.

The worker's own process runs neither student code nor TensorFlow, so that what dies is never the
worker. Everything here is called on workers, by the coordinator in cluster.py.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from distributed import Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from grader.batch.child import ChildProcess
from grader.batch.jobs import Job, run_distant_job, start_job_process
from grader.batch.kit import Kit
from grader.grading.grade import GradedPass, GradingContext
from grader.models.tasks import TrainingRun
from grader.models.trainer import start_trainer
from grader.results import Tier
from grader.sandbox import probe_tier

Result = TypeVar("Result")


async def open_station(kit: Kit, dask_worker: Worker) -> None:
    """Makes this worker fit for jobs: it then offers the kit's name as a resource, once for each thread.

    Raises GraderError where it cannot grade: no data set, no sandbox.
    """
    name = kit.name
    if name not in dask_worker.plugins:
        station = await asyncio.to_thread(Station, kit, Path(dask_worker.local_directory))
        await dask_worker.plugin_add(station, name, catch_errors=False)
        await dask_worker.set_resources(**{name: dask_worker.state.nthreads})
    dask_worker.log_event(name, {"open": dask_worker.address, "places": dask_worker.state.nthreads})


async def close_station(name: str, dask_worker: Worker) -> None:
    """Ends its processes and removes its files."""
    if name in dask_worker.plugins:
        await dask_worker.set_resources(**{name: 0})
        await dask_worker.plugin_remove(name)


def check_at_station(name: str, job: Job, runs: Mapping[str, TrainingRun]) -> GradedPass:
    """`runs` are those that the job needs. Raises GraderError, ProcessDied."""
    with _station(name).place() as place:
        return place.check(job, runs)


def train_at_station(name: str, function: Callable[..., Result], *arguments: Any) -> Result:
    """`function(*arguments)` in a trainer process. Raises what it raises, ProcessDied."""
    with _station(name).place() as place:
        return place.train(function, *arguments)


def _station(name: str) -> Station:
    station = get_worker().plugins[name]
    assert isinstance(station, Station)
    return station


class Station(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """One kit on one worker. Places are made when they are needed first, and used again."""

    def __init__(self, kit: Kit, folder: Path) -> None:
        """`folder` is the worker's own. Raises GraderError."""
        kit.require_datasets()
        probe_tier(force=kit.tier)
        self._tier = kit.tier
        self._files = Path(tempfile.mkdtemp(prefix="epochmark-", dir=folder))  # readable for us alone
        self._context = kit.unpack(self._files)
        self._free: SimpleQueue[Place] = SimpleQueue()
        self._places: list[Place] = []

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Dask runs one job per thread, so there are never more places than threads."""
        try:
            place = self._free.get_nowait()
        except Empty:
            place = Place(self._context, self._tier)
            self._places.append(place)
        try:
            yield place
        finally:
            self._free.put(place)

    async def teardown(self, worker: Worker) -> None:
        """Called by Dask, also when the worker ends. What is still under way is given up."""
        for place in self._places:
            await asyncio.to_thread(place.close)
        await asyncio.to_thread(shutil.rmtree, self._files)


class Place:
    """One job at a time: a process for checks and another for training."""

    def __init__(self, context: GradingContext, tier: Tier) -> None:
        self._checker = ChildProcess("grading process", start_job_process, context, tier)
        self._trainer = ChildProcess("trainer process", start_trainer)

    def check(self, job: Job, runs: Mapping[str, TrainingRun]) -> GradedPass:
        """Raises ProcessDied where another try, in a fresh process, may help."""
        return self._checker.call(run_distant_job, job, runs)

    def train(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return self._trainer.call(function, *arguments)

    def close(self) -> None:
        self._checker.close()
        self._trainer.close()
