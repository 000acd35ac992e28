"""The coordinator: hands submissions to job processes, training runs to trainers, results to disk."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Self

from grader.batch.jobs import Job, run_job, start_job_process
from grader.batch.progress import Progress
from grader.errors import GraderError
from grader.grading.answers import free_text_answers
from grader.grading.grade import GradedPass, GradingContext
from grader.models.store import TrainingStore
from grader.models.trainer import TrainerPool, TrainingTask, train_all
from grader.results import CheckResult, Environment, SubmissionResult, Tier
from grader.submission import Submission


@dataclass(frozen=True)
class BatchSettings:
    """`jobs` processes grade and as many train; `environment` and `checks_digest` go into results."""

    context: GradingContext
    environment: Environment
    checks_digest: str
    jobs: int

    @property
    def tier(self) -> Tier:
        return self.environment.tier


@dataclass
class _Pending:
    """A submission on its way: results so far, what still waits, how often it was tried."""

    submission: Submission
    checks: dict[str, CheckResult] = field(default_factory=dict)
    waiting: dict[str, tuple[TrainingTask, ...]] = field(default_factory=dict)
    untrainable: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    def take(self, graded: GradedPass) -> None:
        self.checks |= {check.check: check for check in graded.checks}
        self.waiting = graded.deferred

    def job(self) -> Job:
        return Job(self.submission, frozenset(self.waiting) or None, self.untrainable)


def grade_class(
    submissions: Sequence[Submission], settings: BatchSettings, progress: Progress
) -> Iterator[SubmissionResult]:
    """Yields each result as soon as it is complete, so that the caller can commit it at once.

    A submission that cannot be graded because of the grader comes out with `fault` set; the
    others go on. Raises GraderError when job processes cannot start.
    """
    pending = [_Pending(submission) for submission in submissions]
    for item in pending:
        if item.submission.problem:
            yield _result(item, settings)
    left = [item for item in pending if not item.submission.problem]
    if not left:
        return
    title = "Checking"
    with JobPool(settings, min(settings.jobs, len(left))) as pool, TrainerPool(settings.jobs) as trainers:
        while left:
            progress.stage(title, len(left))
            for item in _run_round(left, pool, progress):
                if not item.waiting:
                    yield _result(item, settings)
            left = [item for item in left if item.waiting]
            _train_missing(left, settings, trainers, progress)
            title = "Finishing checks"


class JobPool:
    """The job processes of a batch, warm from the first round of checks to the last."""

    def __init__(self, settings: BatchSettings, jobs: int) -> None:
        self._settings = settings
        self._pool = self._start(jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, job: Job) -> Future[GradedPass]:
        return self._pool.submit(run_job, job)

    def renew(self) -> None:
        """After a process died: one fresh process, so that whoever kills it is alone when it does."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._start(1)

    def _start(self, jobs: int) -> ProcessPoolExecutor:
        # Spawned, not forked: the coordinator has threads, and a fork would copy their locks.
        return ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=start_job_process,
            initargs=(self._settings.context, self._settings.tier),
        )


def _run_round(items: Sequence[_Pending], pool: JobPool, progress: Progress) -> Iterator[_Pending]:
    """Runs one job per item. A job process that dies takes nobody else's result with it: what was
    unfinished is tried again, one after the other, in a fresh process."""
    left = list(items)
    for item in _run_side_by_side(left, pool):
        left.remove(item)
        progress.step(item.submission.student_id)
        yield item
    for item in left:
        pool.renew()
        if not list(_run_side_by_side([item], pool)):
            item.waiting, item.fault = {}, "The grading process ended by itself, twice, at this submission."
        progress.step(item.submission.student_id)
        yield item


def _run_side_by_side(items: Sequence[_Pending], pool: JobPool) -> Iterator[_Pending]:
    """Yields the items that came to an end; stops early when the pool broke."""
    futures: dict[Future[GradedPass], _Pending] = {pool.submit(item.job()): item for item in items}
    for future in as_completed(futures):
        item = futures[future]
        try:
            item.take(future.result())
        except BrokenProcessPool:
            return
        except GraderError as error:
            item.waiting, item.fault = {}, f"{error.message} {error.hint}".strip()
        yield item


def _train_missing(
    items: Sequence[_Pending], settings: BatchSettings, trainers: TrainerPool, progress: Progress
) -> None:
    """Trains each distinct missing run once. A run that cannot be trained is told to the checks that
    wait for it, which then are the grader's error, unscored."""
    tasks = {task.key: task for item in items for waiting in item.waiting.values() for task in waiting}
    if not tasks:
        return
    progress.stage("Training models", len(tasks))
    failures = train_all(
        list(tasks.values()),
        TrainingStore(settings.context.store),
        pool=trainers,
        on_done=lambda task: progress.step(task.label),
    )
    for item in items:
        wanted = {task.key for waiting in item.waiting.values() for task in waiting}
        item.untrainable |= {key: reason for key, reason in failures.items() if key in wanted}


def _result(item: _Pending, settings: BatchSettings) -> SubmissionResult:
    submission = item.submission
    order = sorted(item.checks.values(), key=lambda check: check.order)
    return SubmissionResult(
        assignment=settings.context.folder.assignment.name,
        student_id=submission.student_id,
        digest=submission.digest,
        checks_digest=settings.checks_digest,
        files=submission.files,
        environment=settings.environment,
        checks=() if item.fault else tuple(order),
        left_out=submission.left_out,
        answers=free_text_answers(submission, settings.context.folder.assignment),
        problem=submission.problem,
        fault=item.fault,
    )
