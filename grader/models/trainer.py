"""Trainer processes, and the loop that trains every distinct missing run once.

TensorFlow is imported in the trainer processes only, never here.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import nullcontext
from typing import Any, Protocol, TypeVar

from grader.errors import GraderError
from grader.models.errors import SpecError
from grader.models.fields import limit
from grader.models.stacking import stacks_of
from grader.models.store import LEASE_SECONDS, TrainingStore
from grader.models.tasks import TrainingRun, TrainingTask
from grader.processes import Places, ProcessDied, WorkersGone

__all__ = [
    "TrainerPool",
    "Trainers",
    "TrainingRun",
    "TrainingTask",
    "run_trainings",
    "start_trainer",
    "train_all",
]

Result = TypeVar("Result")
Stack = tuple[TrainingTask, ...]
HEARTBEAT_SECONDS = LEASE_SECONDS / 4
POLL_SECONDS = 2.0

TRAINER_ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Large pages for large arrays, where the system grants them on request: 6 to 10% fewer CPU seconds for
ConvNets. malloc reads it before Python starts; other systems than Linux with glibc 2.35 pay no heed."""


def run_trainings(tasks: Sequence[TrainingTask]) -> tuple[TrainingRun, ...]:
    """The runs of tasks that differ in their seeds alone, in this process, which thereby becomes a
    trainer: it imports TensorFlow. Raises SpecError, GraderError."""
    from grader.models import fitting

    try:
        return fitting.run_trainings(tasks)
    except (SpecError, GraderError):
        raise
    except Exception as error:
        # Whatever Keras makes of a model that passed our rules: its runs' trouble, not the others'. In
        # words, since whoever unpickles an error of TensorFlow's imports TensorFlow.
        raise GraderError(f"{type(error).__name__}: {error}"[:500]) from None


def start_trainer() -> None:
    """First thing in a trainer process: quiet, one thread, CPU."""
    # Calibrated distributions come from CPUs, and several processes would fight over one GPU's memory.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    import_tensorflow_quietly()
    from grader.models import fitting

    fitting.prepare_tensorflow()


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


class Trainers(Protocol):
    """Places where models are trained, of this machine or of others."""

    @property
    def processes(self) -> int: ...

    @property
    def has_room(self) -> bool: ...

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Runs `function` in a trainer process that is free."""
        ...

    def result(self, future: Future[Result]) -> Result:
        """The outcome of a finished future. Raises what the function raised, ProcessDied, WorkersGone."""
        ...


class TrainerPool(Places):
    """Long-lived trainer processes, one thread each."""

    def __init__(self, processes: int, *, start: Callable[[], None] = start_trainer) -> None:
        """`start` is called first in every process."""
        super().__init__(
            processes, start, name="trainer process", patient=False, environment=TRAINER_ENVIRONMENT
        )


def train_all(
    tasks: Iterable[TrainingTask],
    store: TrainingStore,
    *,
    processes: int = 1,
    on_done: Callable[[TrainingTask], None] = lambda task: None,
    pool: Trainers | None = None,
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
        pool: Trainers,
        on_done: Callable[[TrainingTask], None],
        failures: dict[str, str],
    ) -> None:
        self._store = store
        self._pool = pool
        self._on_done = on_done
        self._failures = failures
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._running: dict[Future[tuple[TrainingRun, ...]], Stack] = {}
        self._died: set[TrainingTask] = set()  # those that a process died of once
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
                waiting = [*(again for future in done for again in self._finish(future)), *waiting]
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

    def _finish(self, future: Future[tuple[TrainingRun, ...]]) -> list[Stack]:
        """Stores what was trained; returns what should be tried once more."""
        stack = self._running.pop(future)
        try:
            for run in self._pool.result(future):
                self._store.put(run)
        except ProcessDied as error:
            if self._died.isdisjoint(stack):
                self._died.update(stack)
                return [stack]
            self._give_up(stack, f"{error.message} {error.hint}")
        except WorkersGone:
            raise
        except SpecError as error:
            self._give_up(stack, str(error))
        except GraderError as error:
            self._give_up(stack, f"{error.message} {error.hint}".strip())
        self._claimed.difference_update(task.key for task in stack)
        for task in stack:
            self._on_done(task)
        return []

    def _give_up(self, stack: Stack, reason: str) -> None:
        for task in stack:
            self._failures[task.key] = reason
            self._store.release(task.key, self._owner)
