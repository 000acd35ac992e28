"""Jobs on the workers of a Dask cluster, which shares nothing with this machine but the scheduler."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from distributed.scheduler import KilledWorker

from grader.batch.executor import Cluster
from grader.batch.jobs import Job
from grader.batch.kit import Kit
from grader.batch.recruits import Recruits
from grader.batch.station import check_at_station, train_at_station
from grader.errors import GraderError
from grader.grading.grade import GradedPass
from grader.models.store import RunSource
from grader.processes import WorkersGone

AHEAD = 2
"""Jobs under way per place: one at work, and one that is on its way there meanwhile."""

MOST_LOSSES = 4
"""How often a job is sent again after all workers were lost; Dask's own limit where some are left."""

GO_ON = "What is finished is kept; the same command goes on from there."

Result = TypeVar("Result")


class DaskWorkers:
    """Gives jobs to the workers that are fit for `kit`, as many as there are from moment to moment.

    `runs` has the training runs that jobs take along. A job whose worker is lost is done again by
    another, which is the scheduler's work. `say` is told of workers that are not fit.
    """

    def __init__(self, cluster: Cluster, kit: Kit, runs: RunSource, say: Callable[[str], None]) -> None:
        self._runs = runs
        self._flights = _Flights(cluster.client, kit.name)
        self._recruits = Recruits(
            cluster, kit, say=say, returned=self._flights.start_again, lost=self._flights.strand
        )
        self.trainers = RemoteTrainers(self._recruits, self._flights)

    def __enter__(self) -> Self:
        """Raises GraderError when no worker is fit, WorkersGone when none comes."""
        try:
            self._recruits.gather()
        except BaseException:
            self._recruits.dismiss()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flights.cancel()
        self._recruits.dismiss()

    @property
    def places(self) -> int:
        return AHEAD * max(1, self._recruits.places)

    def submit(self, job: Job) -> Future[GradedPass]:
        found = {key: run for key in job.needs if (run := self._runs.get(key)) is not None}
        return self._flights.start(check_at_station, job, found)

    def result(self, future: Future[GradedPass]) -> GradedPass:
        return future.result()


class RemoteTrainers:
    """Training runs on the same workers: what TrainerPool is for this machine."""

    def __init__(self, recruits: Recruits, flights: _Flights) -> None:
        self._recruits = recruits
        self._flights = flights
        self._running: set[Future[Any]] = set()

    @property
    def processes(self) -> int:
        return max(1, self._recruits.places)

    @property
    def has_room(self) -> bool:
        return len(self._running) < self.processes

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        future: Future[Result] = self._flights.start(train_at_station, function, *arguments)
        self._running.add(future)
        return future

    def result(self, future: Future[Result]) -> Result:
        self._running.discard(future)
        return future.result()


@dataclass(eq=False)
class _Flight:
    """One task on its way: what the caller was promised, and what Dask gave for it."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    promise: Future[Any] = field(default_factory=Future)
    given: Future[Any] | None = None
    sent: int = 0


class _Flights:
    """What is under way. `name` is the resource that fit workers offer, and the name of their stations.

    Dask's own thread must never wait for the guard while its holder waits for Dask: whatever
    waits for Dask is done without it.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._name = name
        self._executor = client.get_executor(pure=False, resources={name: 1})
        self._under_way: set[_Flight] = set()
        self._stranded: WorkersGone | None = None
        self._guard = threading.RLock()

    def start(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """`function(name, *arguments)` on some worker. The future raises what it raises, or WorkersGone."""
        flight = _Flight(function, arguments)
        with self._guard:
            if self._stranded is None:
                self._under_way.add(flight)
                self._send(flight)
            else:
                flight.promise.set_exception(self._stranded)
        return flight.promise

    def start_again(self) -> None:
        """For the first worker after there were none: Dask gives waiting tasks to workers that come, but
        not to those that become fit afterwards."""
        with self._guard:
            before = [flight.given for flight in self._under_way]
            hopeless = {flight for flight in self._under_way if flight.sent >= MOST_LOSSES}
            self._under_way -= hopeless
            for flight in self._under_way:
                self._send(flight)
        _cancel(before)
        for flight in hopeless:
            flight.promise.set_exception(_too_many_losses(MOST_LOSSES))

    def strand(self, error: WorkersGone) -> None:
        """Ends all that is under way, and all that would follow."""
        with self._guard:
            self._stranded = error
            stranded = self._take_all()
        for flight in stranded:
            flight.promise.set_exception(error)

    def cancel(self) -> None:
        """Gives up what is under way: nobody waits for it any more."""
        with self._guard:
            cancelled = self._take_all()
        _cancel([flight.given for flight in cancelled])

    def _take_all(self) -> set[_Flight]:
        taken, self._under_way = self._under_way, set()
        return taken

    def _send(self, flight: _Flight) -> None:
        flight.sent += 1
        given = flight.given = self._executor.submit(flight.function, self._name, *flight.arguments)
        given.add_done_callback(partial(self._land, flight))

    def _land(self, flight: _Flight, given: Future[Any]) -> None:
        """Called by Dask's thread."""
        with self._guard:
            if flight.given is not given or flight not in self._under_way:
                return  # sent again, or given up
            if not given.cancelled():
                self._under_way.remove(flight)
        if given.cancelled():
            self.strand(WorkersGone("The connection to the Dask scheduler was lost.", hint=GO_ON))
        elif (error := given.exception()) is not None:
            flight.promise.set_exception(_explained(error))
        else:
            flight.promise.set_result(given.result())


def _cancel(futures: Iterable[Future[Any] | None]) -> None:
    for future in futures:
        if future is not None:
            future.cancel()


def _explained(error: BaseException) -> BaseException:
    if isinstance(error, KilledWorker):
        return _too_many_losses(error.allowed_failures + 1)
    return error


def _too_many_losses(count: int) -> GraderError:
    return GraderError(
        f"{count} times Dask workers were lost while they had this job.",
        hint="Look into their logs, then run the same command again.",
    )
