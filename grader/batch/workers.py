"""Who does the work of a batch: processes of this machine, or of others (see cluster.py)."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from grader.batch.jobs import Job, run_job, start_job_process
from grader.grading.grade import GradedPass, GradingContext
from grader.models.trainer import TrainerPool, Trainers
from grader.processes import Places
from grader.sandbox import MOST_SHARERS, Sandbox


class Workers(Protocol):
    """A context manager: leaving it ends the work."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def places(self) -> int:
        """How many jobs are worth having under way at a time."""
        ...

    @property
    def trainers(self) -> Trainers:
        """Takes the training runs that checks wait for."""
        ...

    def submit(self, job: Job) -> Future[GradedPass]:
        """Starts a job. Raises RuntimeError when `places` are under way."""
        ...

    def result(self, future: Future[GradedPass]) -> GradedPass:
        """The outcome of a finished job. Raises GraderError; ProcessDied where another try may help."""
        ...


class LocalWorkers:
    """`jobs` processes that grade and as many that train, warm from the first job to the last.

    Those that grade share `sandbox`, which is warmed up with the first job, while they start; it stays the
    caller's. One that finds it broken goes on with a sandbox of its own.
    """

    def __init__(self, context: GradingContext, sandbox: Sandbox, jobs: int) -> None:
        self._context = context
        self._sandbox = sandbox
        self._jobs = jobs
        self._graders: Places | None = None
        self._trainers = TrainerPool(jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._trainers.close()
        if self._graders is not None:
            self._graders.close()

    @property
    def places(self) -> int:
        return self._jobs

    @property
    def trainers(self) -> TrainerPool:
        return self._trainers

    def submit(self, job: Job) -> Future[GradedPass]:
        return self._started().submit(run_job, job)

    def result(self, future: Future[GradedPass]) -> GradedPass:
        return self._started().result(future)

    def _started(self) -> Places:
        if self._graders is None:
            start = partial(start_job_process, self._context, self._sandbox.tier, self._shared())
            self._graders = Places(self._jobs, start, name="grading process", patient=True)
        return self._graders

    def _shared(self) -> Sandbox | None:
        """None where the users that a sandbox gives out to its workers would not do for all jobs."""
        if self._jobs > MOST_SHARERS:
            return None
        self._sandbox.warm_up(self._context.libraries)
        return self._sandbox.lend()
