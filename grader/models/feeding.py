"""What a training run is fed, and what is made of its outcome. Needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from grader.data import load_dataset
from grader.errors import GraderError
from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingRun, TrainingTask, library_versions

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Feed:
    """Pictures in [0, 1] as the model takes them, (n, *input shape), and their labels, (n,).

    Of the n training pictures, the first `fitted` are learned from and the others held back.
    """

    x_train: Floats
    y_train: NDArray[np.uint8]
    x_test: Floats
    y_test: NDArray[np.uint8]
    classes: int
    fitted: int

    @classmethod
    def of(cls, task: TrainingTask, spec: ModelSpec) -> Self:
        """Raises SpecError when model and data do not fit, GraderError when the data are not the task's."""
        data = load_dataset(task.dataset)
        if data.digest != task.dataset_digest:
            raise GraderError(
                f"The data set {task.dataset} on this machine is not the one that the run was asked for.",
                hint="Grade again, so that all parts see the same data.",
            )
        spec.require_trainable(data.x_train.shape[1:], len(data.class_names))
        return cls(
            _fed(data.x_train[: task.n], spec),
            data.y_train[: task.n],
            _fed(data.x_test, spec),
            data.y_test,
            len(data.class_names),
            _fitted(task),
        )

    @property
    def one_hot(self) -> Floats:
        """(n, classes) of the training pictures."""
        return np.eye(self.classes, dtype=np.float32)[self.y_train]

    def finished(
        self,
        task: TrainingTask,
        history: Mapping[str, Sequence[float]],
        *,
        train: Any,
        test: Any,
        wall_seconds: float,
        cpu_seconds: float,
    ) -> TrainingRun:
        """`train` and `test` are what the model gives for all pictures, (n, classes)."""
        predicted = test.argmax(axis=1)
        return TrainingRun(
            key=task.key,
            history={name: tuple(float(value) for value in values) for name, values in history.items()},
            train_accuracy=float(np.mean(train.argmax(axis=1) == self.y_train)),
            test_accuracy=float(np.mean(predicted == self.y_test)),
            test_predictions=tuple(int(label) for label in predicted),
            wall_seconds=wall_seconds,
            cpu_seconds=cpu_seconds,
            versions=library_versions(),
        )


def _fed(images: Any, spec: ModelSpec) -> Floats:
    """uint8 (n, h, w[, c]) to float32 (n, *input shape of the model) in [0, 1]."""
    scaled: Floats = images.astype(np.float32) / np.float32(255)
    return scaled.reshape(-1, *spec.input_shape)


def _fitted(task: TrainingTask) -> int:
    """As Keras splits. Raises GraderError where one part would be empty."""
    fitted = floor(task.n * (1.0 - task.validation_split))
    if fitted == 0 or (task.validation_split and fitted == task.n):
        raise GraderError(
            f"{task.n} images cannot be split: validation_split is {task.validation_split:g}.",
            hint="Correct n or validation_split of the experiment in assignment.toml.",
        )
    return fitted
