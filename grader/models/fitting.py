"""One training run with TensorFlow. Only trainer processes import this module."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.data import Dataset, load_dataset
from grader.errors import GraderError
from grader.models.build import build_model, compile_model
from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingRun, TrainingTask, library_versions

STEPS_PER_EXECUTION = 16
"""Batches per call into TensorFlow: up to a tenth less time for small ConvNets than one by one."""

PREDICTION_BATCH = 500


def prepare_tensorflow() -> None:
    """One thread: runs repeat exactly, and several trainers share a machine better than one does.

    A new model per run means new graphs per run, which TensorFlow would warn of every time.
    """
    tf.get_logger().setLevel("ERROR")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def run_training(task: TrainingTask) -> TrainingRun:
    """Raises SpecError when model and data do not fit, GraderError when the data are not the task's."""
    data = _load_data(task)
    spec = ModelSpec.from_canonical(task.model)
    settings = spec.require_trainable(data.x_train.shape[1:], len(data.class_names))
    x_train, x_test = (_fed(images, spec) for images in (data.x_train[: task.n], data.x_test))
    keras.backend.clear_session()
    keras.utils.set_random_seed(task.seed)
    model = build_model(spec)
    compile_model(model, settings, steps_per_execution=STEPS_PER_EXECUTION)
    wall, cpu = time.perf_counter(), time.process_time()
    history = model.fit(
        x_train,
        keras.utils.to_categorical(data.y_train[: task.n], len(data.class_names)),
        batch_size=task.batch_size,
        epochs=task.epochs,
        validation_split=task.validation_split,
        verbose=0,
    ).history
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    predicted = _predict(model, x_test)
    return TrainingRun(
        key=task.key,
        history={name: tuple(float(value) for value in values) for name, values in history.items()},
        train_accuracy=float(np.mean(_predict(model, x_train) == data.y_train[: task.n])),
        test_accuracy=float(np.mean(predicted == data.y_test)),
        test_predictions=tuple(int(label) for label in predicted),
        wall_seconds=wall,
        cpu_seconds=cpu,
        versions=library_versions(),
    )


def _load_data(task: TrainingTask) -> Dataset:
    data = load_dataset(task.dataset)
    if data.digest != task.dataset_digest:
        raise GraderError(
            f"The data set {task.dataset} on this machine is not the one that the run was asked for.",
            hint="Grade again, so that all parts see the same data.",
        )
    return data


def _fed(images: Any, spec: ModelSpec) -> np.ndarray[Any, np.dtype[np.float32]]:
    """uint8 (n, h, w[, c]) to float32 (n, *input shape of the model) in [0, 1]."""
    scaled: np.ndarray[Any, np.dtype[np.float32]] = images.astype(np.float32) / np.float32(255)
    return scaled.reshape(-1, *spec.input_shape)


def _predict(model: keras.Model, images: Any) -> Any:
    return model.predict(images, batch_size=PREDICTION_BATCH, verbose=0).argmax(axis=1)
