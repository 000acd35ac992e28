"""Training runs with TensorFlow. Only trainer processes import this module."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from grader.models.build import build_model, compile_model
from grader.models.feeding import Feed
from grader.models.looped import fit_looped, loopable
from grader.models.spec import ModelSpec
from grader.models.stacked import fit_stacked
from grader.models.stacking import stackable
from grader.models.tasks import TrainingRun, TrainingTask

STEPS_PER_EXECUTION = 16
"""Batches per call into TensorFlow: up to a tenth less time for small ConvNets than one by one."""

PREDICTION_BATCH = 500


def prepare_tensorflow() -> None:
    """One thread: runs repeat exactly, and several trainers share a machine better than one does."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def run_trainings(tasks: Sequence[TrainingTask]) -> tuple[TrainingRun, ...]:
    """The runs of tasks that differ in their seeds alone: as one where the model allows it.

    Raises SpecError when model and data do not fit, GraderError when the data are not the tasks'.
    """
    spec = ModelSpec.from_canonical(tasks[0].model)
    feed = Feed.of(tasks[0], spec)
    keras.backend.clear_session()
    if stackable(spec):
        return fit_stacked(tasks, spec, feed)
    fit = fit_looped if loopable(spec) else fit_by_keras
    return tuple(fit(task, spec, feed) for task in tasks)


def fit_by_keras(task: TrainingTask, spec: ModelSpec, feed: Feed) -> TrainingRun:
    """One model by Keras' own loop."""
    keras.utils.set_random_seed(task.seed)
    model = build_model(spec)
    if spec.compile is not None:
        compile_model(model, spec.compile, steps_per_execution=STEPS_PER_EXECUTION)
    wall, cpu = time.perf_counter(), time.process_time()
    history = model.fit(
        feed.x_train,
        feed.one_hot,
        batch_size=task.batch_size,
        epochs=task.epochs,
        validation_split=task.validation_split,
        verbose=0,
    ).history
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    train, test = (_predict(model, images) for images in (feed.x_train, feed.x_test))
    return feed.finished(task, history, train=train, test=test, wall_seconds=wall, cpu_seconds=cpu)


def _predict(model: keras.Model, images: Any) -> Any:
    return model.predict(images, batch_size=PREDICTION_BATCH, verbose=0)
