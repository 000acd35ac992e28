"""`grader calibrate`: train the solution with many seeds, so that chance has known bounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_dir
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.assignment import Experiment
from grader.assignment_folder import AssignmentFolder
from grader.data import Dataset, load_dataset
from grader.errors import GraderError, UsageError
from grader.layout import write_whole
from grader.models.calibration import (
    CalibratedModel,
    CalibratedRun,
    Calibration,
    Distribution,
    Setting,
    calibration_text,
    load_calibration,
)
from grader.models.export import export_model
from grader.models.spec import ModelSpec
from grader.models.store import TrainingStore
from grader.models.tasks import TrainingTask, library_versions
from grader.models.trainer import TrainerPool, train_all

CACHE_VARIABLE = "EPOCHMARK_CACHE"
FIRST_SEED = 1000
"""Calibration seeds are public: 1000, 1001, ... Those of a grading run are drawn from its secret seed."""


def training_cache() -> Path:
    """The store that calibration resumes from: $EPOCHMARK_CACHE/training.sqlite, or the user's cache."""
    return (
        Path(os.environ.get(CACHE_VARIABLE) or user_cache_dir("epochmark", appauthor=False))
        / "training.sqlite"
    )


@dataclass(frozen=True)
class _Planned:
    """One experiment with its model and the runs that it asks for, in the order of their seeds."""

    experiment: Experiment
    spec: ModelSpec
    tasks: tuple[TrainingTask, ...]


def calibrate(
    folder: AssignmentFolder,
    dataset_name: str,
    *,
    experiments: Sequence[str] | None = None,
    seeds: int | None = None,
    processes: int = 1,
    store: TrainingStore | None = None,
    console: Console | None = None,
) -> Calibration:
    """Trains the solution and writes calibration.json after every experiment, in the order given:
    all that may be made on this data set, or those named.

    `seeds` replaces the number that each experiment asks for. Interrupted, it goes on where it was:
    finished runs lie in `store`. Raises UsageError for an unknown experiment or one of
    another data set, GraderError when a run fails.
    """
    console = console or Console()
    store = store or TrainingStore(training_cache())
    dataset = load_dataset(dataset_name)
    chosen = _choose(folder, experiments, dataset_name)
    with TrainerPool(processes) as pool:
        models, specs = _export_models(folder, chosen, pool)
        planned = [_plan(experiment, specs[experiment.name], dataset, seeds) for experiment in chosen]
        with _Display(console, planned, store) as say:
            for plan in planned:
                _train(plan, store, pool, say)
                # Read anew each time: hours may have passed, and other settings been calibrated.
                calibration = _with_models(_existing(folder), models).merged(_setting(plan, dataset, store))
                write_whole(folder.calibration, calibration_text(calibration).encode())
    return _existing(folder)


def _choose(folder: AssignmentFolder, names: Sequence[str] | None, dataset: str) -> list[Experiment]:
    assignment = folder.assignment
    known = {item.name: item for item in assignment.experiments if dataset in assignment.datasets_of(item)}
    if not assignment.experiments:
        raise UsageError(
            f"{assignment.name} has no experiments, so there is nothing to train.",
            hint="Describe them as [[experiments]] in its assignment.toml; docs/authors.md says how.",
        )
    if not known:
        lists = dict.fromkeys(name for names in assignment.dataset_lists for name in names)
        raise UsageError(
            f"{assignment.name} has no experiment on {dataset}.",
            hint=f"Its data sets are: {', '.join(lists)}.",
        )
    for name in names or ():
        if name not in known:
            raise UsageError(
                f'{assignment.name} has no experiment "{name}" on {dataset}.',
                hint=f"Choose from: {', '.join(known)}.",
            )
    return [known[name] for name in names] if names else list(known.values())


def _existing(folder: AssignmentFolder) -> Calibration:
    name = folder.assignment.name
    found = (
        load_calibration(folder.calibration) if folder.calibration.is_file() else Calibration(assignment=name)
    )
    return found.model_copy(update={"command": f"grader calibrate {name}"})


def _train(
    plan: _Planned, store: TrainingStore, pool: TrainerPool, say: Callable[[TrainingTask], None]
) -> None:
    failures = train_all(plan.tasks, store, on_done=say, pool=pool)
    if failures:
        raise GraderError(
            f"{plan.experiment.name} could not be trained: {next(iter(failures.values()))}",
            hint="Mend the cause and run the command again; finished runs are kept.",
        )


def _with_models(calibration: Calibration, models: Mapping[str, CalibratedModel]) -> Calibration:
    return calibration.model_copy(update={"models": {**calibration.models, **models}})


def _export_models(
    folder: AssignmentFolder, experiments: Sequence[Experiment], pool: TrainerPool
) -> tuple[dict[str, CalibratedModel], dict[str, ModelSpec]]:
    """Builds the solution's models in a trainer process: by function with default arguments, to be
    recorded, and by experiment with its own, to be trained."""
    solution = folder.require_hidden() / "solution"

    def export(function: str, arguments: Mapping[str, bool | int | float | str]) -> CalibratedModel:
        future = pool.submit(export_model, solution, function, arguments)
        future.exception()
        config, compiled = pool.result(future)
        digest = ModelSpec.parse(config, compiled).digest
        return CalibratedModel(config=config, compile=compiled, kwargs=dict(arguments), digest=digest)

    models = {function: export(function, {}) for function in sorted({item.model for item in experiments})}
    return models, {item.name: export(item.model, item.arguments).spec for item in experiments}


def _plan(experiment: Experiment, spec: ModelSpec, dataset: Dataset, seeds: int | None) -> _Planned:
    count = seeds or experiment.seeds
    tasks = (TrainingTask.of(spec, experiment, dataset, seed=FIRST_SEED + index) for index in range(count))
    return _Planned(experiment, spec, tuple(tasks))


def _setting(plan: _Planned, dataset: Dataset, store: TrainingStore) -> Setting:
    """The finished runs of one experiment and their distribution."""
    runs = []
    for task in plan.tasks:
        run = store.get(task.key)
        if run is None:
            raise GraderError(
                f"{task.label} is not in {store.path}, though it was trained.", hint="Run it again."
            )
        runs.append(CalibratedRun.of(task.seed, run))
    first = plan.tasks[0]
    return Setting(
        experiment=plan.experiment.name,
        dataset=dataset.name,
        dataset_digest=dataset.digest,
        spec_digest=plan.spec.digest,
        arguments=plan.experiment.arguments,
        n=first.n,
        epochs=first.epochs,
        batch_size=first.batch_size,
        validation_split=first.validation_split,
        versions=library_versions(),
        test_accuracy=Distribution.of([run.test_accuracy for run in runs]),
        train_accuracy=Distribution.of([run.train_accuracy for run in runs]),
        runs=tuple(runs),
    )


class _Display:
    """Progress in the unit that time grows with, multiplications, so that the time left is right."""

    def __init__(self, console: Console, planned: Sequence[_Planned], store: TrainingStore) -> None:
        self._store = store
        self._done = {task.key for plan in planned for task in plan.tasks if store.has(task.key)}
        missing = {
            task.key: task.cost for plan in planned for task in plan.tasks if task.key not in self._done
        }
        self._left = len(missing)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            # The estimate looks back over this many seconds; single runs take minutes.
            speed_estimate_period=3600,
        )
        self._bar = self._progress.add_task(f"{self._left} runs to go", total=sum(missing.values()) or 1)

    def __enter__(self) -> Callable[[TrainingTask], None]:
        self._progress.start()
        return self._say

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _say(self, task: TrainingTask) -> None:
        run = self._store.get(task.key)
        if run is None or task.key in self._done:
            return
        self._done.add(task.key)
        self._left -= 1
        self._progress.advance(self._bar, task.cost)
        self._progress.update(self._bar, description=f"{self._left} runs to go")
        remaining = self._progress.tasks[0].time_remaining
        left = f", {remaining / 60:.0f} min left" if remaining else ""
        self._progress.console.print(
            f"{task.label}: train {run.train_accuracy:.3f}, test {run.test_accuracy:.3f} "
            f"({run.wall_seconds:.0f} s{left})",
            highlight=False,
        )
