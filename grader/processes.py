"""Long-lived processes that take one task at a time, each with a queue of its own.

One that dies takes only its own task with it; the next task for its place starts a fresh one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from grader.collector import without_collector
from grader.errors import GraderError

Result = TypeVar("Result")
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # threads do not survive a fork


def import_for_all(modules: Sequence[str]) -> None:
    """Starts a process that imports `modules`, and from which `Places` are forked; without waiting for it.

    So these imports are made once, beside whatever the caller does next. The first call counts. On Linux
    only: what macOS brings along may not be forked, so that every process imports for itself there.
    """
    if sys.platform != "linux":
        return
    forkserver.set_forkserver_preload(list(modules))
    with _added(_ONE_THREAD), _interrupts_held():
        forkserver.ensure_running()


class ProcessDied(GraderError):
    """The process that a task ran in ended by itself."""


class WorkersGone(GraderError):
    """Nobody is left to do the work: the batch stops here, and what is finished is kept."""


class Places:
    """Up to `count` processes; `start` is called first in each. Ctrl-C does not reach them, and none
    outlives the process that made it."""

    def __init__(
        self,
        count: int,
        start: Callable[[], None],
        *,
        name: str,
        patient: bool,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`name` is for messages. A `patient` pool lets the tasks under way finish when it is closed.

        `environment` has variables for the processes, for what must be known before Python starts; those
        that are set already stay as they are. Such processes import everything themselves.
        """
        self._environment = environment or {}
        self._start = start
        self._name = name
        self._patient = patient
        self._places: list[ProcessPoolExecutor | None] = [None] * count
        self._free = list(range(count))
        self._used: dict[Future[Any], int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    @property
    def processes(self) -> int:
        return len(self._places)

    @property
    def has_room(self) -> bool:
        return bool(self._free)

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Runs `function` in a free process. Raises RuntimeError when none is free."""
        if not self._free:
            raise RuntimeError(f"every {self._name} is busy")
        place = self._free.pop()
        method = "forkserver" if sys.platform == "linux" and not self._environment else "spawn"
        try:
            future = self._submit(place, method, function, *arguments)
        except (BrokenProcessPool, EOFError, OSError):
            # It ended while nobody needed it, or what it would be forked from has: one that needs neither.
            self._discard(place)
            future = self._submit(place, "spawn", function, *arguments)
        self._used[future] = place
        return future

    def _submit(
        self, place: int, method: str, function: Callable[..., Result], *arguments: Any
    ) -> Future[Result]:
        executor = self._places[place]
        # The first task starts the process, which inherits what is set at that moment.
        with _added(self._environment), _interrupts_held():
            if executor is None:
                # A fork of this very process would copy the locks of its threads.
                context = multiprocessing.get_context(method)
                beginning = self._start, self._name, dict(os.environ)
                executor = ProcessPoolExecutor(1, context, initializer=_begin, initargs=beginning)
                self._places[place] = executor
            return executor.submit(function, *arguments)

    def _discard(self, place: int) -> None:
        executor, self._places[place] = self._places[place], None
        if executor is not None:
            executor.shutdown(wait=False)

    def result(self, future: Future[Result]) -> Result:
        """The outcome of a finished future; its process is free again.

        Raises what the function raised, or ProcessDied.
        """
        place = self._used.pop(future)
        self._free.append(place)
        try:
            return future.result()
        except BrokenProcessPool:
            self._discard(place)
            raise ProcessDied(
                f"The {self._name} ended by itself, most likely for want of memory.",
                hint="Use fewer processes (--jobs), or a machine with more memory.",
            ) from None

    def close(self) -> None:
        """Ends the processes; unless the pool is patient, tasks under way are given up."""
        executors = [executor for executor in self._places if executor is not None]
        self._places = [None] * len(self._places)
        for executor in executors:
            if not self._patient:
                # Python 3.14 has terminate_workers() for this; before, shutdown can only wait.
                for process in list((executor._processes or {}).values()):
                    process.terminate()
        for executor in executors:
            # Waiting is to be asked for at once: after shutdown(wait=False) another call waits for nothing.
            executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _added(environment: Mapping[str, str]) -> Iterator[None]:
    """These variables are set meanwhile, unless they were."""
    added = environment.keys() - os.environ.keys()
    os.environ.update({name: environment[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until the block has ended. A process that is started in it waits likewise, or it would
    die with a traceback of its own before it could be told to leave Ctrl-C to us."""
    resource_tracker.ensure_running()  # Python starts it with the first process, and then lets Ctrl-C through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(start: Callable[[], None], name: str, environment: Mapping[str, str]) -> None:
    """`environment` is that of now; the process that this one was forked from may be older."""
    os.environ.update(environment)
    with suppress(OSError):  # what `ps` and `top` show, on Linux
        Path("/proc/self/comm").write_text(name)
    # Ctrl-C reaches every process of the terminal; the parent ends this one when it is its turn.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    with without_collector():  # most of it is imports
        start()


def _leave_with(parent: Any) -> None:
    """An orphan would wait, or work, for nobody."""
    parent.join()
    os._exit(1)
