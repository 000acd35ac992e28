"""The coordinator: hands submissions to workers, training runs to trainers, results to whoever asked.

However large the class, only the submissions under way are in memory. What waits for a training run is
kept as a draft outside, so that an interruption costs no check that has run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Self

from grader.batch.jobs import Job
from grader.batch.progress import Progress
from grader.batch.workers import Workers
from grader.drafts import Draft, Notebook
from grader.errors import GraderError
from grader.grading.answers import free_text_answers
from grader.grading.grade import GradedPass, GradingContext
from grader.models.store import TrainingStore
from grader.models.trainer import TrainingTask, train_all
from grader.processes import ProcessDied, WorkersGone
from grader.results import Environment, SubmissionResult
from grader.submission import Submission

Class = Mapping[str, Callable[[], Submission]]
"""A class by student id: each submission is read when its turn comes, and again when it has waited."""


@dataclass(frozen=True)
class BatchSettings:
    """`store` takes the training runs; `environment` and `checks_digest` go into results."""

    context: GradingContext
    store: TrainingStore
    environment: Environment
    checks_digest: str


@dataclass
class _Item:
    """A submission on its way. `fault` is why the grader gave it up, `tries` how often a process died."""

    submission: Submission
    draft: Draft
    untrainable: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    tries: int = 0

    @classmethod
    def of(cls, submission: Submission, draft: Draft, failures: Mapping[str, str]) -> Self:
        """`failures` are all runs that could not be trained; a job hears of its own."""
        return cls(submission, draft, {key: failures[key] for key in draft.needs & failures.keys()})

    @property
    def complete(self) -> bool:
        nothing_left = bool(self.draft.checks) and not self.draft.waiting
        return bool(self.submission.problem or self.fault) or nothing_left

    def job(self) -> Job:
        return Job(self.submission, frozenset(self.draft.waiting) or None, self.untrainable, self.draft.needs)

    def take(self, graded: GradedPass) -> None:
        self.draft = self.draft.taking(graded.checks, graded.deferred)


def grade_class(
    submissions: Class, settings: BatchSettings, workers: Workers, notebook: Notebook, progress: Progress
) -> Iterator[SubmissionResult]:
    """Yields each result as soon as it is complete, so that the caller can commit it at once.

    A submission that cannot be graded because of the grader comes out with `fault` set; the
    others go on. Raises GraderError when nothing can be graded at all, WorkersGone when nobody is left
    to do it.
    """
    failures: dict[str, str] = {}
    progress.stage("Checking", len(submissions))
    yield from _round(_begin(submissions, notebook, progress), settings, workers, notebook, progress)
    while (waiting := _look_up(submissions, notebook)).names:
        failures |= _train_missing(waiting.tasks, settings, workers, progress)
        progress.stage("Finishing checks", len(waiting.names))
        again = {name: submissions[name] for name in waiting.names}
        items = _resume(again, notebook, failures, progress)
        yield from _round(items, settings, workers, notebook, progress)


@dataclass
class _Waiting:
    """Who waits, and the distinct training runs that they wait for, by key."""

    names: list[str] = field(default_factory=list)
    tasks: dict[str, TrainingTask] = field(default_factory=dict)


def _look_up(submissions: Class, notebook: Notebook) -> _Waiting:
    """One pass over all drafts: each is as large as a result."""
    found = _Waiting()
    for name, draft in notebook.kept():
        if name in submissions:
            found.names.append(name)
            found.tasks |= {task.key: task for tasks in draft.waiting.values() for task in tasks}
    return found


def _begin(submissions: Class, notebook: Notebook, progress: Progress) -> Iterator[_Item]:
    """What can be worked at now: all but what is settled, or waits for training since an earlier run."""
    for load in submissions.values():
        submission = load()
        draft = notebook.begun(submission)
        if draft is None or any(draft.waiting.values()):
            progress.skip()
        else:
            yield _Item(submission, draft)


def _resume(
    submissions: Class, notebook: Notebook, failures: Mapping[str, str], progress: Progress
) -> Iterator[_Item]:
    """What has waited. A submission that was exchanged meanwhile starts anew."""
    for load in submissions.values():
        submission = load()
        draft = notebook.begun(submission)
        if draft is None:
            progress.skip()
        else:
            yield _Item.of(submission, draft, failures)


def _round(
    items: Iterator[_Item],
    settings: BatchSettings,
    workers: Workers,
    notebook: Notebook,
    progress: Progress,
) -> Iterator[SubmissionResult]:
    """One pass over each item; what has to wait is kept."""
    for item in _work_off(items, workers):
        if item.complete:
            yield _result(item, settings)
        else:
            notebook.keep(item.submission, item.draft)
        progress.step(item.submission.student_id)


def _work_off(items: Iterator[_Item], workers: Workers) -> Iterator[_Item]:
    """Yields each item after its job, in the order in which jobs end. In memory are those that the
    workers have, one that is ready to follow, and those that have just ended."""
    running: dict[Future[GradedPass], _Item] = {}
    ready = deque(islice(items, 1))
    ended: list[_Item] = []
    while ready or running or ended:
        while ready and len(running) < workers.places:
            item = ready.popleft()
            if item.complete:
                ended.append(item)
            else:
                running[workers.submit(item.job())] = item
            ready.extend(islice(items, not ready))
        yield from ended  # the workers are busy meanwhile
        ended.clear()
        done, _ = wait(running, return_when=FIRST_COMPLETED) if running else ((), ())
        for future in done:
            item = running.pop(future)
            if _settle(item, future, workers):
                ended.append(item)
            else:
                ready.appendleft(item)


def _settle(item: _Item, future: Future[GradedPass], workers: Workers) -> bool:
    """Takes what came of a job; False when it should be tried once more."""
    try:
        item.take(workers.result(future))
    except ProcessDied:
        item.tries += 1
        if item.tries == 1:
            return False
        item.fault = "The grading process ended by itself, twice, at this submission."
    except WorkersGone:
        raise
    except GraderError as error:
        item.fault = f"{error.message} {error.hint}".strip()
    return True


def _train_missing(
    tasks: Mapping[str, TrainingTask], settings: BatchSettings, workers: Workers, progress: Progress
) -> dict[str, str]:
    """Trains each distinct run that is not in the store, once. Returns key -> reason for those that cannot
    be trained: the checks that wait for them are then the grader's error, unscored."""
    missing = [task for key, task in tasks.items() if not settings.store.has(key)]
    if not missing:
        return {}
    progress.stage("Training models", len(missing))
    return train_all(
        missing, settings.store, pool=workers.trainers, on_done=lambda task: progress.step(task.label)
    )


def _result(item: _Item, settings: BatchSettings) -> SubmissionResult:
    submission = item.submission
    order = sorted(item.draft.checks, key=lambda check: check.order)
    return SubmissionResult(
        assignment=settings.context.folder.assignment.name,
        student_id=submission.student_id,
        digest=submission.digest,
        checks_digest=settings.checks_digest,
        files=submission.files,
        environment=settings.environment,
        checks=() if item.fault or submission.problem else tuple(order),
        left_out=submission.left_out,
        answers=free_text_answers(submission, settings.context.folder.assignment),
        problem=submission.problem,
        fault=item.fault,
    )
