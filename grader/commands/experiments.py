"""`grader experiments`: the student's own full runs, on the student's own machine.

The student's builders and training function are called in this process: it is their code on
their computer. What comes out is experiments.json, written after every run, so that an
interrupted evening loses one run at most.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.assignment import Assignment, Experiment
from grader.commands.check import Workplace, load_work
from grader.commands.own_code import OwnCode
from grader.commands.own_run import Plan, make_run
from grader.commands.show import show_data
from grader.errors import UsageError
from grader.grading.datasets import Datasets
from grader.intake import ExperimentRun, ExperimentsError, ExperimentsFile, parse_experiments
from grader.layout import write_whole
from grader.models.trainer import import_tensorflow_quietly
from grader.submission import Submission

QUICK_RUNS = 2


def run_experiments(
    place: Workplace, console: Console, *, quick: bool, only: str | None, fresh: bool
) -> Path:
    """Runs what experiments.json does not hold yet and returns its path. Raises UsageError."""
    submission = load_work(place)
    assignment = place.folder.assignment
    datasets = Datasets.at_hand(assignment)
    path = (place.work if place.work.is_dir() else place.work.parent) / "experiments.json"
    chosen = _plans(_choose(assignment, only), datasets, quick=quick)
    file = _earlier(submission, assignment, datasets, fresh=fresh)
    done = {(run.name, run.repeat) for run in file.runs if run.quick == quick}
    left = [plan for plan in chosen if (plan.experiment.name, plan.repeat) not in done]
    show_data(assignment, console)
    if len(left) < len(chosen):
        console.print(f"{len(chosen) - len(left)} of {len(chosen)} runs are in {path.name} already.")
    import_tensorflow_quietly()
    code = OwnCode(submission, place.work)
    with _progress(console) as progress:
        overall = progress.add_task(f"all {len(left)} runs", total=sum(plan.epochs for plan in left))
        for plan in left:
            run = _run_one(plan, code, assignment.lab.train, progress, overall)
            file = _with_run(file, run)
            write_whole(path, file.model_dump_json(indent=1).encode())
    return path


def _choose(assignment: Assignment, only: str | None) -> list[Experiment]:
    mine = [experiment for experiment in assignment.experiments if experiment.student]
    if only is None:
        return mine
    chosen = [experiment for experiment in mine if experiment.name == only]
    if not chosen:
        names = ", ".join(experiment.name for experiment in mine)
        raise UsageError(f'There is no experiment "{only}".', hint=f"Choose one of: {names}.")
    return chosen


def _plans(experiments: Sequence[Experiment], datasets: Datasets, *, quick: bool) -> list[Plan]:
    """All runs in order; a trial repeats twice at most."""
    return [
        Plan(experiment, datasets.of(experiment), repeat, quick)
        for experiment in experiments
        for repeat in range(min(QUICK_RUNS, experiment.runs) if quick else experiment.runs)
    ]


def _earlier(
    submission: Submission, assignment: Assignment, datasets: Datasets, *, fresh: bool
) -> ExperimentsFile:
    """What is kept of the file that is there: the runs on the data sets at hand."""
    empty = ExperimentsFile(
        assignment=assignment.name,
        dataset=datasets.default.name,
        dataset_digest=datasets.default.digest,
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        runs=(),
    )
    if fresh:
        return empty
    try:
        earlier = parse_experiments(submission.experiments)
    except ExperimentsError as error:
        raise UsageError(
            f"experiments.json cannot be read: {error}", hint="Mend it, or start anew with --fresh."
        ) from None
    if earlier is None:
        return empty
    digests = {e.name: datasets.of(e).digest for e in assignment.experiments}
    kept = (run for run in earlier.runs if earlier.digest_of(run) == digests.get(run.name))
    return empty.model_copy(update={"runs": tuple(kept), "machine": earlier.machine or empty.machine})


def _with_run(file: ExperimentsFile, run: ExperimentRun) -> ExperimentsFile:
    """A real run takes the place of all trials of its experiment, and a trial that of a real one."""
    kept = (
        old
        for old in file.runs
        if old.name != run.name or (old.repeat != run.repeat and old.quick == run.quick)
    )
    return file.model_copy(update={"runs": (*kept, run)})


def _run_one(
    plan: Plan, code: OwnCode, train_function: str, progress: Progress, overall: TaskID
) -> ExperimentRun:
    bar = progress.add_task(plan.title, total=plan.epochs)

    def on_epoch() -> None:
        progress.advance(bar)
        progress.advance(overall)

    run = make_run(plan, code, train_function, on_epoch)
    progress.update(bar, completed=plan.epochs, visible=plan.repeat == plan.experiment.runs - 1)
    return run


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
