"""Judges how well a student's network learns, against the calibrated spread of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

from grader.assignment import Experiment, Statistics
from grader.checks.expect import Array, expect_shape
from grader.checks.mark import CheckFailed, Inconclusive
from grader.checks.models import Evidences
from grader.checks.student_model import Model
from grader.data import Dataset
from grader.evidence import Band, Confusion, Curves, Series
from grader.models.calibration import Setting
from grader.models.spec import ModelSpec, SpecError
from grader.models.statistics import Decision, bounds, decide, looks
from grader.models.tasks import TrainingRun
from grader.sandbox import FitReply, FitTask

ModelT = TypeVar("ModelT", bound=Model, contravariant=True)


SANDBOX_SECONDS = 240.0
"""Wall-clock limit of a training in the sandbox, where there is one thread."""

_PREDICTIONS = "What your network predicts"


class Training(Protocol[ModelT]):
    """Trains models that were rebuilt from their configuration; may defer the check."""

    def runs(self, model: ModelT, experiment: str, *, seeds: int) -> tuple[TrainingRun, ...]: ...
    def same_as_reference(self, model: ModelT, experiment: str) -> bool: ...


class Reference(Protocol):
    def setting(self, experiment: str) -> Setting: ...


class Submission(Protocol[ModelT]):
    """Trains in the sandbox what could not be rebuilt outside; test labels stay here."""

    def fit(self, model: ModelT, task: FitTask) -> FitReply: ...


def expect_accuracy(
    model: ModelT,
    experiment: Experiment,
    *,
    submission: Submission[ModelT],
    training: Training[ModelT],
    reference: Reference,
    rules: Statistics,
    dataset: Dataset,
    evidence: Evidences,
    seed: int,
) -> None:
    """Trains with one seed after another until it is decided, at most as often as experiment or rules say.

    A network equal to the reference's passes untrained: it has the reference's distribution. One
    that could not be validated, or whose compile settings could not, is trained once, in the sandbox,
    with `seed`. Raises CheckFailed below the prediction limit, Inconclusive between the bounds.
    """
    setting = reference.setting(experiment.name)
    if training.same_as_reference(model, experiment.name):
        evidence.add(_curves(experiment, setting, ()))
        return
    if model.spec is None or model.spec.compile_problem:
        runs: tuple[TrainingRun, ...] = (_run_in_sandbox(model, experiment, submission, dataset, seed),)
        rules = rules.model_copy(update={"max_runs": 1})
    else:
        rules = rules.model_copy(update={"max_runs": experiment.max_runs or rules.max_runs})
        runs = _runs_outside(model, model.spec, experiment, training, setting, rules, dataset)
    evidence.add(_curves(experiment, setting, runs))
    evidence.add(_confusion(experiment, dataset, runs[0]))
    values = [run.test_accuracy for run in runs]
    decision = _decide(values, setting, rules)
    if decision is Decision.FAILED:
        raise CheckFailed(_too_low(setting, values, rules))
    if decision is not Decision.PASSED:
        raise Inconclusive(
            f"{_trained(values)} That is lower than most runs of the reference network, but too close to"
            " call, so nothing is taken off: your instructor decides."
        )


def _runs_outside(
    model: ModelT,
    spec: ModelSpec,
    experiment: Experiment,
    training: Training[ModelT],
    setting: Setting,
    rules: Statistics,
    dataset: Dataset,
) -> tuple[TrainingRun, ...]:
    """As many runs of the rebuilt network as the decision needs."""
    try:
        spec.require_trainable(dataset.x_train.shape[1:], len(dataset.class_names))
    except SpecError as error:
        raise CheckFailed(f"{model.function} cannot be trained: {error}") from None
    runs: tuple[TrainingRun, ...] = ()
    for look in looks(rules.max_runs):
        runs = training.runs(model, experiment.name, seeds=look)
        if _decide([run.test_accuracy for run in runs], setting, rules) is not Decision.NEED_MORE:
            break
    return runs


def _decide(values: Sequence[float], setting: Setting, rules: Statistics) -> Decision:
    return decide(
        values, setting.test_accuracy, alpha=rules.alpha, margin=rules.margin, max_runs=rules.max_runs
    )


def _run_in_sandbox(
    model: ModelT, experiment: Experiment, submission: Submission[ModelT], dataset: Dataset, seed: int
) -> TrainingRun:
    """Scores the predictions that come back; the history is shown as it was told."""
    n = min(experiment.n, len(dataset.x_train))
    task = FitTask(
        x_train=_scaled(dataset.x_train[:n]),
        y_train=dataset.y_train[:n].astype(np.int64),
        x_test=_scaled(dataset.x_test),
        epochs=experiment.epochs,
        batch_size=experiment.batch_size,
        validation_split=experiment.validation_split,
        seed=seed,
        seconds=SANDBOX_SECONDS,
    )
    reply = submission.fit(model, task)
    if reply.problem:
        raise CheckFailed(f"{model.function} cannot be trained: {reply.problem}")
    answers = expect_shape(reply.test_predictions, (len(task.x_test), len(dataset.class_names)), _PREDICTIONS)
    trained = expect_shape(reply.train_predictions, (n, len(dataset.class_names)), _PREDICTIONS)
    return TrainingRun(
        key="sandbox",
        history={name: tuple(values) for name, values in reply.history.items()},
        train_accuracy=float(np.mean(trained.argmax(axis=1) == task.y_train)),
        test_accuracy=float(np.mean(answers.argmax(axis=1) == dataset.y_test)),
        test_predictions=tuple(int(answer) for answer in answers.argmax(axis=1)),
        wall_seconds=reply.seconds,
        cpu_seconds=reply.seconds,
        versions={},
    )


def _scaled(images: Array) -> Array:
    return (images / 255).astype(np.float32)


def _too_low(setting: Setting, values: Sequence[float], rules: Statistics) -> str:
    reached = setting.test_accuracy
    limit = bounds(
        reached, len(values), alpha=rules.alpha, margin=rules.margin, max_runs=rules.max_runs
    ).fail_below
    return (
        f"{_trained(values)} The reference network, trained {reached.n} times in the same way, reached"
        f" {reached.mean:.3f} on average; a correct network stays below {limit:.3f} by bad luck in less than"
        f" {rules.alpha:.2%} of cases. Look first at the layers, the loss and the optimizer: if these are as"
        " asked, so is the accuracy."
    )


def _trained(values: Sequence[float]) -> str:
    times = "once" if len(values) == 1 else f"{len(values)} times with different seeds"
    mean = " on average" if len(values) > 1 else ""
    return (
        f"Trained {times} by the grader, your network answers {np.mean(values):.3f} of the test images"
        f" right{mean}."
    )


def _curves(experiment: Experiment, setting: Setting, runs: Sequence[TrainingRun]) -> Curves:
    """Accuracy over epochs of the first run, over the band of all the reference's runs."""
    series = tuple(line for run in runs[:1] for line in _lines(run))
    same = "Your network is the reference network, so its curves are expected to lie in this band. "
    return Curves(
        title=f"Learning curves: {experiment.title}",
        caption=("" if runs else same)
        + f"The band holds all {setting.test_accuracy.n} runs of the reference network, its line is their"
        " mean.",
        x_label="epoch",
        y_label="accuracy",
        series=series,
        bands=tuple(
            band
            for metric, label in (
                ("accuracy", "reference, training"),
                ("val_accuracy", "reference, validation"),
            )
            for band in _band(label, setting.values(metric))
        ),
    )


def _lines(run: TrainingRun) -> tuple[Series, ...]:
    """None when the history lacks a curve, as that of a network with other metrics does."""
    trained, held_back = run.history.get("accuracy", ()), run.history.get("val_accuracy", ())
    if not trained or not held_back:
        return ()
    return (
        Series(label="your network, training", x=_epochs(trained), y=trained, role="train"),
        Series(label="your network, validation", x=_epochs(held_back), y=held_back, role="validation"),
    )


def _band(label: str, curves: Sequence[Sequence[float]]) -> tuple[Band, ...]:
    """None when no run has curves of this metric."""
    if not curves:
        return ()
    table = np.array(curves)
    return (
        Band(
            label=label,
            x=_epochs(curves[0]),
            mean=tuple(table.mean(axis=0)),
            low=tuple(table.min(axis=0)),
            high=tuple(table.max(axis=0)),
        ),
    )


def _epochs(curve: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(epoch) for epoch in range(1, len(curve) + 1))


def _confusion(experiment: Experiment, dataset: Dataset, run: TrainingRun) -> Confusion:
    classes = len(dataset.class_names)
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (dataset.y_test, np.array(run.test_predictions)), 1)
    return Confusion(
        title=f"Test images: {experiment.title}",
        caption=(
            "Rows are the true classes, columns the answers of your network, after one training by the"
            " grader."
        ),
        counts=tuple(tuple(int(count) for count in row) for row in counts),
        class_names=dataset.class_names,
    )
