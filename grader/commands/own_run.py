"""One training run of the student's own: the data as the model takes them, fit, and what it came to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment import Experiment
from grader.commands.own_code import OwnCode
from grader.data import Dataset
from grader.errors import UsageError
from grader.intake import ExperimentRun
from grader.sandbox.box.keras_ops import takes_rows

QUICK_N, QUICK_EPOCHS = 300, 2
_ON_TEST_IMAGES = {"val_loss": "test_loss", "val_accuracy": "test_accuracy"}

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Plan:
    """One run of an experiment: the `repeat`-th, on `dataset`, cut short when `quick`."""

    experiment: Experiment
    dataset: Dataset
    repeat: int
    quick: bool

    @property
    def n(self) -> int:
        return min(QUICK_N if self.quick else self.experiment.n, len(self.dataset.x_train))

    @property
    def epochs(self) -> int:
        return min(QUICK_EPOCHS, self.experiment.epochs) if self.quick else self.experiment.epochs

    @property
    def title(self) -> str:
        many = self.experiment.runs > 1
        return self.experiment.title + (f", run {self.repeat + 1} of {self.experiment.runs}" if many else "")


@dataclass(frozen=True)
class Data:
    """The part of the data set that one run uses: floats in [0, 1]; labels as the loss takes them."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array

    @classmethod
    def of(cls, plan: Plan, model: Any) -> Data:
        """Pictures in the shape that `model` takes. Raises UsageError where they cannot have it."""
        dataset, n_test = plan.dataset, QUICK_N if plan.quick else None

        def images(pixels: Array) -> Array:
            return _shaped(np.asarray(pixels, np.float32) / 255, model, plan.experiment.model)

        def labels(classes: Array) -> Array:
            rows = np.eye(len(dataset.class_names), dtype=np.float32)[classes]
            return rows if takes_rows(model.loss, rows) else classes.astype(np.int64)

        return cls(
            images(dataset.x_train[: plan.n]),
            labels(dataset.y_train[: plan.n]),
            images(dataset.x_test[:n_test]),
            labels(dataset.y_test[:n_test]),
        )


def _shaped(images: Array, model: Any, builder: str) -> Array:
    """(n, 28, 28) also as (n, 784) or (n, 28, 28, 1)."""
    shape = tuple(getattr(model, "input_shape", (None,))[1:])
    if shape == images.shape[1:] or not shape:
        return images
    if None in shape or int(np.prod(shape)) != int(np.prod(images.shape[1:])):
        raise UsageError(
            f"{builder} returns a model for inputs of {shape}, but the pictures are {images.shape[1:]}.",
            hint="Begin the model with keras.Input(shape=...) of the pictures.",
        )
    return images.reshape(len(images), *shape)


def make_run(plan: Plan, code: OwnCode, train_function: str, on_epoch: Callable[[], None]) -> ExperimentRun:
    """Builds a new model, trains and measures it. `train_function` is the student's own, or "".

    Raises UsageError for a model that is not compiled or does not fit the pictures.
    """
    experiment = plan.experiment
    model = code.require(experiment.model)(**experiment.arguments)
    if getattr(model, "optimizer", None) is None:
        raise UsageError(
            f"{experiment.model} returns no compiled model.", hint="Call model.compile(...) before return."
        )
    data = Data.of(plan, model)
    _report_epochs(model, on_epoch)
    train = code.find(train_function) if train_function else None
    started = time.perf_counter()
    if train is not None:
        history = train(
            model, data.x_train, data.y_train, epochs=plan.epochs, batch_size=experiment.batch_size
        )
    else:
        on_test = experiment.measured_on == "test"
        history = model.fit(
            data.x_train,
            data.y_train,
            epochs=plan.epochs,
            batch_size=experiment.batch_size,
            validation_split=experiment.validation_split,
            validation_data=(data.x_test, data.y_test) if on_test else None,
            verbose=0,
        )
    seconds = time.perf_counter() - started
    return _measure(plan, model, _history(history, experiment), data, seconds)


def _measure(
    plan: Plan, model: Any, history: Mapping[str, list[float | None]], data: Data, seconds: float
) -> ExperimentRun:
    from sklearn.metrics import classification_report, confusion_matrix

    names = plan.dataset.class_names
    y_true = np.asarray(plan.dataset.y_test[: len(data.x_test)])
    y_pred = _answers(model, data.x_test)
    trained = _answers(model, data.x_train)
    # A table of the classes for the first run of each experiment is enough.
    tabled = plan.repeat == 0
    return ExperimentRun(
        name=plan.experiment.name,
        repeat=plan.repeat,
        dataset=plan.dataset.name,
        dataset_digest=plan.dataset.digest,
        n=plan.n,
        epochs=plan.epochs,
        batch_size=plan.experiment.batch_size,
        history=history,
        train_accuracy=float(np.mean(trained == plan.dataset.y_train[: plan.n])),
        test_accuracy=float(np.mean(y_pred == y_true)),
        seconds=seconds,
        confusion=confusion_matrix(y_true, y_pred, labels=range(len(names))).tolist() if tabled else None,
        report=classification_report(
            y_true,
            y_pred,
            labels=range(len(names)),
            target_names=names,
            output_dict=True,
            zero_division=0,
        )
        if tabled
        else (),
        parameters=int(model.count_params()),
        quick=plan.quick,
    )


def _answers(model: Any, images: Array) -> Array:
    answers: Array = np.asarray(model.predict(images, batch_size=500, verbose=0)).argmax(axis=1)
    return answers


def _history(history: Any, experiment: Experiment) -> dict[str, list[float | None]]:
    """None stands for what is not finite: learning rates that are too high lead there."""
    content = getattr(history, "history", history)
    if not isinstance(content, dict):
        raise UsageError(
            f"Your training function gave {type(history).__name__} for the model of {experiment.model}.",
            hint="Return what model.fit returns, or its .history.",
        )
    names = _ON_TEST_IMAGES if experiment.measured_on == "test" else {}
    return {
        names.get(str(name), str(name)): [
            float(value) if math.isfinite(float(value)) else None for value in values
        ]
        for name, values in content.items()
    }


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
