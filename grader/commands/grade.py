"""`grader grade`: a folder of submissions becomes a gradebook and reports."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from grader.assignment_folder import AssignmentFolder
from grader.batch import BatchSettings, Class, LocalWorkers, grade_class
from grader.batch.executor import ClusterFile, open_cluster
from grader.batch.progress import Progress, show_progress
from grader.batch.workers import Workers
from grader.commands.digest import checks_digests
from grader.commands.notebook import GradebookNotes, Tally
from grader.commands.roster import read_roster
from grader.commands.show import show_attendance, show_found, show_notes, show_regraded
from grader.commands.write_reports import Formats, prepare_processes, write_class, write_reports
from grader.enrol import enrol
from grader.errors import GraderError, UsageError
from grader.gradebook import Gradebook, open_gradebook
from grader.grading.datasets import Datasets
from grader.grading.grade import GradingContext
from grader.intake import Reader, find_class
from grader.layout import ResultsFolder
from grader.models.store import TrainingStore
from grader.planning import Planner
from grader.results import Environment, Platform, SubmissionResult, Tier
from grader.sandbox import Sandbox, probe_tier, start_sandbox

_VERSIONS_SHOWN = ("epochmark", "tensorflow", "keras", "numpy")
_SEED_BITS = 48


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How to grade. `tier` None means the strongest. `executor` None means this machine, which takes `jobs`
    at a time; reports are always written here."""

    jobs: int
    tier: Tier | None = None
    formats: Formats = ("html", "pdf")
    quiet: bool = False
    executor: ClusterFile | None = None


@dataclass(frozen=True, kw_only=True)
class GradeOptions(RunOptions):
    """What to grade. `seed` None means: the gradebook's, or a fresh secret one; `platform` None that whose
    export it is shows by itself; `roster` None that the gradebook's stays."""

    submissions: Path
    out: Path
    seed: int | None = None
    platform: Platform | None = None
    roster: Path | None = None


@dataclass(frozen=True)
class Run:
    """What is the same for all submissions of one command. `sandbox` is None where a cluster grades."""

    settings: BatchSettings
    planner: Planner
    files: ResultsFolder
    options: RunOptions
    sandbox: Sandbox | None


@dataclass(frozen=True)
class GradeOutcome:
    """Outlines of all results of the folder, by student id; `trouble` is why some reports are missing;
    `tally` is what this run did."""

    results: Sequence[SubmissionResult]
    trouble: GraderError | None
    tally: Tally


def run_grade(folder: AssignmentFolder, options: GradeOptions, console: Console) -> GradeOutcome:
    """Grades what is not graded yet and writes the reports.

    Raises UsageError for a wrong path, GraderError when the grader cannot work at all.
    """
    folder.require_hidden()
    found = find_class(options.submissions, options.platform)
    show_found(found, console)
    enrolled = None
    if options.roster is not None:
        enrolled = enrol(found, read_roster(options.roster))
        found = enrolled.found
        show_notes(enrolled.notes, console)
    files = ResultsFolder(options.out)
    with open_gradebook(files.gradebook) as gradebook:
        seed = _settle_seed(gradebook, folder.assignment.name, options)
        with prepare(folder, files, seed, options) as run:
            gradebook.remember(found.places)
            changed = gradebook.people.remember(found.places, found.arrivals, found.groups)
            if enrolled is not None:
                changed |= gradebook.people.enrol(enrolled.attendance.entries)
            if gradebook.settle_policy(folder.assignment):
                changed = frozenset(gradebook.student_ids)
            for student_id in changed:
                files.discard(student_id)  # what they say of due dates is not so any more
            outcome = grade_and_report(found.readers, found.groups, run, gradebook, console)
    if kept := len(found.readers.keys() - outcome.tally.graded):
        console.print(f"{kept} unchanged submissions kept their results.")
    return outcome


def grade_and_report(
    readers: Mapping[str, Reader],
    groups: Mapping[str, Sequence[str]],
    run: Run,
    gradebook: Gradebook,
    console: Console,
) -> GradeOutcome:
    """Grades what has to be graded and writes all reports that are not there.

    `groups` maps who stands for a group to the others: its work is graded once, and all have the result.
    """
    folder, files, options = run.settings.context.folder, run.files, run.options
    mates = {mate for others in groups.values() for mate in others}
    submissions = {name: partial(read, name) for name, read in readers.items() if name not in mates}
    with show_progress(console, quiet=options.quiet) as progress:
        with _open_workers(run, len(submissions), console) as workers:
            tally = _grade_new(submissions, run, workers, gradebook, progress)
        _share(groups, run, gradebook, tally)
        stale = [
            name
            for name in gradebook.student_ids
            if not files.is_complete(name, options.formats)  # as after a result: old reports went
        ]
        results = (_write_again(result, files) for result in gradebook.results(stale))
        trouble = write_reports(results, len(stale), folder, files, options.formats, options.jobs, progress)
    outlines = write_class(gradebook, folder.assignment, files)
    show_attendance(gradebook, console)
    show_regraded(tally, console)
    return GradeOutcome(outlines, trouble, tally)


def _write_again(result: SubmissionResult, files: ResultsFolder) -> SubmissionResult:
    files.write_result(result)
    return result


def _grade_new(
    submissions: Class, run: Run, workers: Workers, gradebook: Gradebook, progress: Progress
) -> Tally:
    """Commits each result as it comes.

    Old reports go first: whenever the run is interrupted, no report contradicts the gradebook.
    """
    tally = Tally()
    notebook = GradebookNotes.of(gradebook, run.planner)
    for result in grade_class(submissions, run.settings, workers, notebook, progress):
        run.files.discard(result.student_id)
        stored = tally.put(result, gradebook, run.planner, run.settings.context.folder.assignment)
        run.files.write_result(stored)
    return tally


def _share(groups: Mapping[str, Sequence[str]], run: Run, gradebook: Gradebook, tally: Tally) -> None:
    """Gives the members of each group the result of their work, where theirs is another one.

    What was decided by hand about one of them stays theirs alone.
    """
    assignment = run.settings.context.folder.assignment
    for lead, mates in groups.items():
        if (result := gradebook.result(lead)) is None:
            continue
        for mate in mates:
            shared = result.model_copy(update={"student_id": mate})
            if gradebook.stores(shared):
                continue
            run.files.discard(mate)
            run.files.write_result(gradebook.put(shared, assignment))
            tally.graded.add(mate)


def _open_workers(run: Run, students: int, console: Console) -> AbstractContextManager[Workers]:
    context = run.settings.context
    if run.sandbox is not None:
        return LocalWorkers(context, run.sandbox, min(run.options.jobs, students))
    assert run.options.executor is not None, "as _start_sandbox makes it"
    say = partial(console.print, markup=False, highlight=False)
    tier = run.settings.environment.tier
    return open_cluster(run.options.executor, context, tier, owner=run.files.training, say=say)


def _settle_seed(gradebook: Gradebook, assignment: str, options: GradeOptions) -> int:
    """The same folder keeps its seed, so that running the command again finishes the work."""
    if gradebook.assignment not in (None, assignment):
        raise UsageError(
            f"{options.out} holds results of {gradebook.assignment}, not of {assignment}.",
            hint="Choose another folder with --out.",
        )
    seed = options.seed if options.seed is not None else gradebook.seed
    if seed is None:
        seed = secrets.randbits(_SEED_BITS)
    gradebook.start(assignment, seed)
    return seed


@contextmanager
def _start_sandbox(options: RunOptions) -> Iterator[tuple[Tier, Sandbox | None]]:
    """The tier that all sandboxes will have, and one of them, where this machine grades. A cluster's workers
    prove it themselves, so that this machine need not be able to."""
    if options.executor is not None:
        yield options.tier or probe_tier(), None
        return
    with start_sandbox(force=options.tier, preload=()) as sandbox:
        yield sandbox.tier, sandbox


@contextmanager
def prepare(
    folder: AssignmentFolder,
    files: ResultsFolder,
    seed: int,
    options: RunOptions,
    *,
    changed_too: bool = True,
) -> Iterator[Run]:
    """Everything that a run over some submissions needs. Raises GraderError where no sandbox can be had."""
    prepare_processes()
    datasets = Datasets.at_hand(folder.assignment)
    store = TrainingStore(files.training)
    context = GradingContext(folder, folder.hidden_checks, datasets.names, store, seed)
    digests = checks_digests(folder, datasets.digest)
    with _start_sandbox(options) as (tier, sandbox):
        environment = describe_environment(datasets, tier, seed)
        settings = BatchSettings(context, store, environment, digests.whole)
        yield Run(settings, Planner(digests, environment, changed_too), files, options, sandbox)


def describe_environment(datasets: Datasets, tier: Tier, seed: int) -> Environment:
    """Of this machine, now."""
    return Environment(
        tier=tier,
        dataset=", ".join(datasets.names),
        dataset_note=datasets.note,
        seed=seed,
        versions={name: version(name) for name in _VERSIONS_SHOWN},
    )
