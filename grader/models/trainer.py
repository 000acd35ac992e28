"""Trainer processes, and the loop that trains every distinct missing run once.

TensorFlow is imported in the trainer processes only, never here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Self, TypeVar

from grader.errors import GraderError
from grader.models.errors import SpecError
from grader.models.fields import limit
from grader.models.stacking import stacks_of
from grader.models.store import LEASE_SECONDS, TrainingStore
from grader.models.tasks import TrainingRun, TrainingTask

__all__ = ["TrainerPool", "TrainingRun", "TrainingTask", "run_trainings", "start_trainer", "train_all"]

Result = TypeVar("Result")
Stack = tuple[TrainingTask, ...]
HEARTBEAT_SECONDS = LEASE_SECONDS / 4
POLL_SECONDS = 2.0


def run_trainings(tasks: Sequence[TrainingTask]) -> tuple[TrainingRun, ...]:
    """The runs of tasks that differ in their seeds alone, in this process, which thereby becomes a
    trainer: it imports TensorFlow."""
    from grader.models import fitting

    return fitting.run_trainings(tasks)


def start_trainer() -> None:
    """First thing in a trainer process: quiet, one thread, CPU, and gone when its parent is gone."""
    # Ctrl-C reaches every process of the terminal; the parent ends this one when it is its turn.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    # Calibrated distributions come from CPUs, and several processes would fight over one GPU's memory.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    import_tensorflow_quietly()
    from grader.models import fitting

    fitting.prepare_tensorflow()


def _leave_with(parent: Any) -> None:
    """An orphaned trainer would go on for hours for nobody."""
    parent.join()
    os._exit(1)


def import_tensorflow_quietly() -> None:
    """TensorFlow's C++ writes to the terminal before it has read its log level.

    A new model per run means new graphs per run, which its Python part would warn of every time.
    """
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    stderr = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        import tensorflow

        tensorflow.get_logger().setLevel("ERROR")
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)


class TrainerPool:
    """Long-lived trainer processes, one thread each.

    Every process has a queue of its own, so that one that dies takes only its own run with it;
    the next task for its place starts a fresh one.
    """

    def __init__(self, processes: int, *, start: Callable[[], None] = start_trainer) -> None:
        """`start` is called first in every process."""
        self._start = start
        self._places: list[ProcessPoolExecutor | None] = [None] * processes
        self._free = list(range(processes))
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
        """Runs `function` in a free trainer process. Raises RuntimeError when none is free."""
        if not self._free:
            raise RuntimeError("every trainer process is busy")
        place = self._free.pop()
        executor = self._places[place]
        if executor is None:
            # Spawned: a fork would copy the locks of this process's threads.
            executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=self._start)
            self._places[place] = executor
        future = executor.submit(function, *arguments)
        self._used[future] = place
        return future

    def result(self, future: Future[Result]) -> Result:
        """The outcome of a finished future; its process is free again.

        Raises what the function raised, or GraderError when the process died.
        """
        place = self._used.pop(future)
        self._free.append(place)
        try:
            return future.result()
        except BrokenProcessPool:
            executor, self._places[place] = self._places[place], None
            if executor is not None:
                executor.shutdown(wait=False)
            raise GraderError(
                "The trainer process ended by itself, most likely for want of memory.",
                hint="Use fewer processes, or a machine with more memory.",
            ) from None

    def close(self) -> None:
        """Ends the processes; runs under way are given up."""
        for executor in self._places:
            if executor is not None:
                # Python 3.14 has terminate_workers() for this; before, shutdown can only wait.
                for process in list((executor._processes or {}).values()):
                    process.terminate()
                executor.shutdown(wait=True, cancel_futures=True)
        self._places = [None] * len(self._places)


def train_all(
    tasks: Iterable[TrainingTask],
    store: TrainingStore,
    *,
    processes: int = 1,
    on_done: Callable[[TrainingTask], None] = lambda task: None,
    pool: TrainerPool | None = None,
) -> dict[str, str]:
    """Trains each distinct task that the store lacks, unless another process is at it already.

    Tasks that differ in their seeds alone are one job where the model allows it (see stacking.py).
    The longest go first. `pool` is used where there is one already, else `processes` are started.
    Returns key -> reason for the runs that could not be trained; the others are in the store when
    this returns. `on_done` hears of each distinct task once, trained or not.
    """
    distinct = {task.key: task for task in tasks}
    failures = {key: reason for key, task in distinct.items() if (reason := _refusal(task))}
    for key in failures:
        on_done(distinct[key])
    waiting = [task for key, task in distinct.items() if key not in failures]
    with nullcontext(pool) if pool else TrainerPool(processes) as trainers:
        _Shift(store, trainers, on_done, failures).work(stacks_of(waiting, trainers.processes))
    return failures


def _refusal(task: TrainingTask) -> str:
    """Why a task is not even begun, or ""."""
    allowed = limit("training_multiplications")
    if task.cost <= allowed:
        return ""
    return (
        f"Training would take {task.cost:.1e} multiplications ({task.n:,} images, {task.epochs} epochs); "
        f"the grader stops at {allowed:.1e}."
    )


class _Shift:
    """One call of train_all: who is at what."""

    def __init__(
        self,
        store: TrainingStore,
        pool: TrainerPool,
        on_done: Callable[[TrainingTask], None],
        failures: dict[str, str],
    ) -> None:
        self._store = store
        self._pool = pool
        self._on_done = on_done
        self._failures = failures
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._running: dict[Future[tuple[TrainingRun, ...]], Stack] = {}
        self._claimed: set[str] = set()  # keys, from before they are claimed: Ctrl-C may come at any time

    def work(self, waiting: list[Stack]) -> None:
        try:
            self._work(waiting)
        finally:
            # Interrupted: whoever comes next need not wait for these claims to run out.
            for key in self._claimed:
                self._store.release(key, self._owner)

    def _claim(self, task: TrainingTask) -> bool:
        self._claimed.add(task.key)
        if self._store.claim(task.key, self._owner):
            return True
        self._claimed.discard(task.key)
        return False

    def _work(self, waiting: list[Stack]) -> None:
        while waiting or self._running:
            waiting = self._start(waiting)
            if self._running:
                # Without room, the claimed runs alone matter; with room, others may give up a claim.
                pause = POLL_SECONDS if waiting and self._pool.has_room else HEARTBEAT_SECONDS
                done, _ = wait(self._running, timeout=pause, return_when=FIRST_COMPLETED)
                self._store.renew(sorted(self._claimed), self._owner)
                for future in done:
                    self._finish(future)
            elif waiting:
                # Another grader has claimed what is left; a file offers nothing to wait on but time.
                threading.Event().wait(POLL_SECONDS)

    def _start(self, waiting: list[Stack]) -> list[Stack]:
        """Starts what can be; returns what is still to be done by us or by somebody else."""
        left = []
        for stack in waiting:
            if not self._pool.has_room:
                left.append(stack)
                continue
            done = {task.key for task in stack if self._store.has(task.key)}
            for task in stack:
                if task.key in done:
                    self._on_done(task)
            missing = [task for task in stack if task.key not in done]
            ours = tuple(task for task in missing if self._claim(task))
            theirs = tuple(task for task in missing if task not in ours)
            if ours:
                self._running[self._pool.submit(run_trainings, ours)] = ours
            if theirs:
                left.append(theirs)
        return left

    def _finish(self, future: Future[tuple[TrainingRun, ...]]) -> None:
        stack = self._running.pop(future)
        try:
            for run in self._pool.result(future):
                self._store.put(run)
        except SpecError as error:
            self._give_up(stack, str(error))
        except GraderError as error:
            self._give_up(stack, f"{error.message} {error.hint}".strip())
        except Exception as error:
            # Whatever Keras makes of a model that passed our rules: its runs' trouble, not the others'.
            self._give_up(stack, f"{type(error).__name__}: {error}"[:500])
        self._claimed.difference_update(task.key for task in stack)
        for task in stack:
            self._on_done(task)

    def _give_up(self, stack: Stack, reason: str) -> None:
        for task in stack:
            self._failures[task.key] = reason
            self._store.release(task.key, self._owner)
