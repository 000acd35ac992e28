"""Which Dask workers can take jobs: prepared as they come, struck off as they go."""

from __future__ import annotations

import importlib.metadata
import platform
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from grader.batch.executor import Cluster
from grader.batch.kit import LIBRARIES, Kit, differences, own_versions
from grader.batch.station import close_station, open_station
from grader.errors import GraderError
from grader.processes import WorkersGone

Event = tuple[str, str, int]
"""What happened ("come", "open" or "gone"), the worker's address, and its places where it is open."""


class Recruits:
    """Workers that have opened a station for `kit`. A thread of its own follows their coming and going.

    A worker that is not fit gets no jobs, and `say` is told why. `returned` is called when there are
    workers again after there were none, `lost` when there were none for too long.
    """

    def __init__(
        self,
        cluster: Cluster,
        kit: Kit,
        *,
        say: Callable[[str], None],
        returned: Callable[[], None],
        lost: Callable[[WorkersGone], None],
    ) -> None:
        self.places = 0
        self._cluster = cluster
        self._client = cluster.client
        self._kit = kit
        self._say, self._returned, self._lost = say, returned, lost
        self._open: dict[str, int] = {}
        self._events: SimpleQueue[Event | None] = SimpleQueue()
        self._held: deque[Event | None] = deque()  # taken from the queue ahead of their turn
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._follow, name="recruits", daemon=True)

    def gather(self) -> None:
        """Returns when one worker at least is ready. Raises GraderError when none is fit or none comes."""
        # Events come to us in the scheduler's own order, so that after "open" and before "gone" the
        # scheduler does give jobs to that worker.
        self._client.subscribe_topic("all", self._note_scheduler)
        self._client.subscribe_topic(self._kit.name, self._note_station)
        self._thread.start()
        self._ready.result()

    def dismiss(self) -> None:
        """Closes the stations; nothing is left on the workers."""
        self._events.put(None)
        self._thread.join()
        if self._client.status != "running":
            return
        for topic in ("all", self._kit.name):
            self._client.unsubscribe_topic(topic)
        if self._open:
            self._run(close_station, self._kit.name, workers=list(self._open))

    def _note_scheduler(self, event: tuple[float, Any]) -> None:
        match event[1]:
            case {"action": "add-worker", "worker": str(address)}:
                self._events.put(("come", address, 0))
            case {"action": "remove-worker", "worker": str(address)}:
                self._events.put(("gone", address, 0))

    def _note_station(self, event: tuple[float, Any]) -> None:
        self._events.put(("open", event[1]["open"], event[1]["places"]))

    def _follow(self) -> None:
        try:
            self._recruit(sorted(self._client.nthreads()))
            deadline = self._deadline()
            while (event := self._next(deadline)) is not None:
                self._take(event)
                deadline = self._deadline() if self._open else deadline
        except Exception as error:
            self._end(error)

    def _deadline(self) -> float:
        return time.monotonic() + self._cluster.wait_seconds

    def _next(self, deadline: float) -> Event | None:
        """Raises WorkersGone when there is nobody to wait for any more."""
        if self._held:
            return self._held.popleft()
        try:
            return self._events.get(timeout=None if self._open else max(0, deadline - time.monotonic()))
        except Empty:
            raise self._nobody() from None

    def _take(self, event: Event) -> None:
        what, address, places = event
        if what == "come":
            self._recruit([address, *self._others_that_came()])
        elif what == "open":
            first = not self._open
            self._open[address] = places
            self.places = sum(self._open.values())
            if not self._ready.done():
                self._ready.set_result(None)
            elif first:
                self._returned()
        else:
            self._open.pop(address, None)
            self.places = sum(self._open.values())

    def _others_that_came(self) -> list[str]:
        """All at once, since a cluster's workers come by the hundred."""
        came = []
        while not self._events.empty():
            event = self._events.get()
            if event is not None and event[0] == "come":
                came.append(event[1])
            else:
                self._held.append(event)
        return came

    def _end(self, error: Exception) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
        elif isinstance(error, WorkersGone):
            self._lost(error)
        else:
            self._lost(WorkersGone(f"The Dask cluster cannot be followed any more: {error}"))

    def _nobody(self) -> WorkersGone:
        address, seconds = self._cluster.address, self._cluster.wait_seconds
        return WorkersGone(
            f"For {seconds:g} seconds there has been no worker at the Dask scheduler {address}.",
            hint=f"Start some, with a thread for each job at a time: dask worker {address} --nthreads 4\n"
            "Then run the same command again; what is finished is kept.",
        )

    def _recruit(self, addresses: Sequence[str]) -> None:
        """Opens stations. Raises GraderError at the start, when there are workers and none is fit."""
        problems = self._find_other_versions(addresses)
        fit = [address for address in addresses if address not in problems]
        for address, answer in self._run(open_station, self._kit, workers=fit).items():
            if isinstance(answer, GraderError):
                problems[address] = f"{answer.message} {answer.hint}".strip()
            elif isinstance(answer, Exception) and not isinstance(answer, OSError):  # one that has gone
                problems[address] = f"{type(answer).__name__}: {answer}"
        words = [f"Dask worker {address}: {reason}" for address, reason in sorted(problems.items())]
        if words and not self._ready.done() and len(words) == len(addresses):
            raise GraderError("\n".join(words), hint="Mend that and run the same command again.")
        for line in words:
            self._say(f"{line} It gets no jobs.")

    def _find_other_versions(self, addresses: Sequence[str]) -> dict[str, str]:
        """Asked with functions of the standard library, which answer also where nothing is installed."""
        problems: dict[str, str] = {}
        found: dict[str, dict[str, str]] = {address: {} for address in addresses}
        for address, answer in self._run(platform.python_version, workers=addresses).items():
            found[address]["python"] = str(answer)
        for library in LIBRARIES:
            answers = self._run(importlib.metadata.version, library, workers=addresses)
            for address, answer in answers.items():
                if isinstance(answer, importlib.metadata.PackageNotFoundError):
                    problems[address] = f"{library} is not installed there."
                found[address][library] = str(answer)
        wanted = own_versions()
        for address, versions in found.items():
            if address not in problems and (other := differences(versions, wanted)):
                problems[address] = f"It has {', '.join(other)}."
        return problems

    def _run(self, function: Any, *arguments: Any, workers: Sequence[str]) -> dict[str, Any]:
        """What each worker answers; an exception where it cannot."""
        if not workers:
            return {}
        answers: dict[str, Any] = self._client.run(
            function, *arguments, workers=list(workers), on_error="return"
        )
        return answers
