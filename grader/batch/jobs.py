"""What runs in a job process: one submission after another.

Job processes are trusted: student code runs in sandboxes, never in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.util import Finalize

from grader.grading.grade import GradedPass, GradingContext, grade_submission
from grader.models.store import KnownRuns
from grader.models.tasks import TrainingRun
from grader.results import Tier
from grader.sandbox import Sandbox, start_sandbox
from grader.submission import Submission


@dataclass(frozen=True)
class Job:
    """Checks to run on one submission: all of them, or those named in `only`.

    `untrainable` maps the keys of training runs that failed to the reason. `needs` are the keys of the
    runs that these checks have asked for before.
    """

    submission: Submission
    only: frozenset[str] | None = None
    untrainable: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()


class _JobProcess:
    """What a job process keeps between jobs. It is a module variable because an executor offers
    no other way to hand something from its initializer to its jobs."""

    context: GradingContext
    tier: Tier
    sandbox: Sandbox


def start_job_process(context: GradingContext, tier: Tier, lent: Sandbox | None = None) -> None:
    """First thing in a job process: takes the sandbox that is lent to it, or warms up one of its own."""
    _JobProcess.context = context
    _JobProcess.tier = tier
    _JobProcess.sandbox = start_sandbox(force=tier, preload=context.libraries) if lent is None else lent
    Finalize(None, lambda: _JobProcess.sandbox.close(), exitpriority=10)


def run_job(job: Job) -> GradedPass:
    """Raises GraderError when the checks or the sandbox are broken.

    A sandbox that does not outlive a submission is replaced, and the submission graded once more: whoever
    broke it has nothing of it, and whoever comes next does not notice.
    """
    graded = _grade(job)
    if not _JobProcess.sandbox.broken:
        return graded
    _renew_sandbox()
    graded = _grade(job)
    if _JobProcess.sandbox.broken:
        _renew_sandbox()
    return graded


def run_distant_job(job: Job, runs: Mapping[str, TrainingRun]) -> GradedPass:
    """As `run_job`, where the training store is out of reach: `runs` are those that the job needs."""
    known = _JobProcess.context.runs
    assert isinstance(known, KnownRuns), "as Kit.unpack makes it"
    known.learn(runs)
    return run_job(job)


def _grade(job: Job) -> GradedPass:
    return grade_submission(
        job.submission,
        _JobProcess.context,
        _JobProcess.sandbox,
        only=job.only,
        untrainable=job.untrainable,
    )


def _renew_sandbox() -> None:
    _JobProcess.sandbox.close()
    _JobProcess.sandbox = start_sandbox(force=_JobProcess.tier, preload=_JobProcess.context.libraries)
