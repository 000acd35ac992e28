"""`grader experiments`: the student's own full runs, on the student's own machine.

The student's builders, training function and baseline are called in this process: it is their
code on their computer. What comes out is experiments.json, written after every run, so that an
interrupted evening loses one run at most.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.assignment import Assignment, Experiment
from grader.commands.check import Workplace, load_work
from grader.commands.show import show_data
from grader.data import Dataset, load_first_available
from grader.errors import UsageError
from grader.intake import ExperimentRun, ExperimentsError, ExperimentsFile, parse_experiments
from grader.layout import write_whole
from grader.models.trainer import import_tensorflow_quietly
from grader.sandbox.box.modules import ModuleTable, Source
from grader.submission import Submission

QUICK_N, QUICK_EPOCHS = 300, 2


class OwnCode:
    """The student's functions by name, loaded as the grader loads them: without what would train."""

    def __init__(self, submission: Submission, folder: Path) -> None:
        self._submission = submission
        sources = [Source(module.path, module.source, module.error) for module in submission.modules]
        self._table = ModuleTable(sources, str(folder))
        sys.meta_path.insert(0, self._table)

    def find(self, name: str) -> Callable[..., Any] | None:
        """None when no file defines `name`. Raises UsageError when its file cannot be loaded."""
        module = self._submission.defining(name)
        if module is None:
            return None
        try:
            found: Callable[..., Any] = getattr(self._table.load(module.path), name)
        except Exception as error:
            raise UsageError(
                f"{module.file} cannot be imported: {type(error).__name__}: {error}",
                hint="Run `grader check` first; it says where.",
            ) from error
        return found

    def require(self, name: str) -> Callable[..., Any]:
        found = self.find(name)
        if found is None:
            raise UsageError(f"None of your files defines {name} yet.", hint="Run `grader check` first.")
        return found


@dataclass(frozen=True)
class Data:
    """The part of the data set that one run uses: floats in [0, 1] and one-hot labels."""

    x_train: np.ndarray[Any, Any]
    y_train: np.ndarray[Any, Any]
    x_test: np.ndarray[Any, Any]
    y_test: np.ndarray[Any, Any]

    @classmethod
    def of(cls, dataset: Dataset, n: int, n_test: int | None = None) -> Data:
        classes = len(dataset.class_names)
        return cls(
            np.asarray(dataset.x_train[:n], np.float32) / 255,
            np.eye(classes, dtype=np.float32)[dataset.y_train[:n]],
            np.asarray(dataset.x_test[:n_test], np.float32) / 255,
            np.eye(classes, dtype=np.float32)[dataset.y_test[:n_test]],
        )


def run_experiments(
    place: Workplace, console: Console, *, quick: bool, only: str | None, fresh: bool
) -> Path:
    """Runs what experiments.json does not hold yet and returns its path. Raises UsageError."""
    submission = load_work(place)
    assignment = place.folder.assignment
    dataset = load_first_available(assignment.datasets)
    path = (place.work if place.work.is_dir() else place.work.parent) / "experiments.json"
    chosen = _choose(assignment, only)
    file = _earlier(submission, assignment, dataset, fresh=fresh)
    done = {run.name for run in file.runs if run.quick == quick}
    left = [experiment for experiment in chosen if experiment.name not in done]
    show_data(dataset, assignment, console)
    if len(left) < len(chosen):
        console.print(f"{len(chosen) - len(left)} of {len(chosen)} experiments are in {path.name} already.")
    import_tensorflow_quietly()
    code = OwnCode(submission, place.work)
    with _progress(console) as progress:
        overall = progress.add_task("all experiments", total=sum(_epochs(e, quick) for e in left))
        for experiment in left:
            run = _run_one(experiment, code, assignment, dataset, progress, overall, quick=quick)
            kept = tuple(old for old in file.runs if old.name != run.name)
            file = file.model_copy(update={"runs": (*kept, run)})
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


def _earlier(
    submission: Submission, assignment: Assignment, dataset: Dataset, *, fresh: bool
) -> ExperimentsFile:
    empty = ExperimentsFile(
        assignment=assignment.name,
        dataset=dataset.name,
        dataset_digest=dataset.digest,
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
    same_data = earlier is not None and earlier.dataset_digest == dataset.digest
    return earlier if earlier is not None and same_data else empty


def _run_one(
    experiment: Experiment,
    code: OwnCode,
    assignment: Assignment,
    dataset: Dataset,
    progress: Progress,
    overall: Any,
    *,
    quick: bool,
) -> ExperimentRun:
    n = min(QUICK_N if quick else experiment.n, len(dataset.x_train))
    epochs = _epochs(experiment, quick)
    data = Data.of(dataset, n, QUICK_N if quick else None)
    bar = progress.add_task(experiment.title, total=epochs)
    model = code.require(experiment.model)(**experiment.arguments)

    def on_epoch() -> None:
        progress.advance(bar)
        progress.advance(overall)

    _report_epochs(model, on_epoch)
    train = code.find(assignment.lab.train) if assignment.lab.train else None
    started = time.perf_counter()
    if train is not None:
        history = train(model, data.x_train, data.y_train, epochs=epochs, batch_size=experiment.batch_size)
    else:
        history = model.fit(
            data.x_train,
            data.y_train,
            epochs=epochs,
            batch_size=experiment.batch_size,
            validation_split=experiment.validation_split,
            verbose=0,
        )
    seconds = time.perf_counter() - started
    progress.update(bar, completed=epochs)
    return _measure(experiment, model, history, data, n, epochs, seconds, dataset, quick=quick)


def _measure(
    experiment: Experiment,
    model: Any,
    history: Any,
    data: Data,
    n: int,
    epochs: int,
    seconds: float,
    dataset: Dataset,
    *,
    quick: bool,
) -> ExperimentRun:
    from sklearn.metrics import classification_report, confusion_matrix

    classes = range(len(dataset.class_names))
    y_true = data.y_test.argmax(axis=1)
    y_pred = np.asarray(model.predict(data.x_test, verbose=0)).argmax(axis=1)
    trained = np.asarray(model.predict(data.x_train, verbose=0)).argmax(axis=1)
    return ExperimentRun(
        name=experiment.name,
        n=n,
        epochs=epochs,
        batch_size=experiment.batch_size,
        history=_history(history, experiment.model),
        train_accuracy=float(np.mean(trained == data.y_train.argmax(axis=1))),
        test_accuracy=float(np.mean(y_pred == y_true)),
        seconds=seconds,
        confusion=confusion_matrix(y_true, y_pred, labels=classes).tolist(),
        report=classification_report(
            y_true,
            y_pred,
            labels=classes,
            target_names=dataset.class_names,
            output_dict=True,
            zero_division=0,
        ),
        parameters=int(model.count_params()),
        quick=quick,
    )


def _history(history: Any, builder: str) -> dict[str, list[float]]:
    content = getattr(history, "history", history)
    if not isinstance(content, dict):
        raise UsageError(
            f"Your training function gave {type(history).__name__} for the model of {builder}.",
            hint="Return what model.fit returns, or its .history.",
        )
    return {str(name): [float(value) for value in values] for name, values in content.items()}


def _report_epochs(model: Any, on_epoch: Callable[[], None]) -> None:
    """Adds a callback to every `fit` of this model, whoever calls it."""
    import keras

    fit = model.fit

    def fit_with_progress(*args: Any, **kwargs: Any) -> Any:
        callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: on_epoch())
        given = kwargs.pop("callbacks", None) or []
        kwargs.setdefault("verbose", 0)
        return fit(*args, callbacks=[*given, callback], **kwargs)

    model.fit = fit_with_progress


def _epochs(experiment: Experiment, quick: bool) -> int:
    return min(QUICK_EPOCHS, experiment.epochs) if quick else experiment.epochs


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
