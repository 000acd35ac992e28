"""One model of any kind, trained as Keras trains it but with an epoch as one call.

The model, its loss and its optimizer are Keras' own, called in the same order with the same data;
so chance (dropout, noise) and running averages (batch normalisation) come out the same too.
Only trainer processes import this module.
"""

from __future__ import annotations

import time
from typing import Any

import keras
import tensorflow as tf

from grader.models.build import build_model
from grader.models.epochs import count_hits, predict, run_epochs, shuffled, step_through
from grader.models.feeding import Feed
from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingRun, TrainingTask


def loopable(spec: ModelSpec) -> bool:
    """False for what Keras does when training ends: exchanging weights for their running averages."""
    return spec.compile is not None and not spec.compile.optimizer.get("use_ema")


def fit_looped(task: TrainingTask, spec: ModelSpec, feed: Feed) -> TrainingRun:
    """The run that Keras' own loop would make, up to the rounding of sums."""
    keras.utils.set_random_seed(task.seed)
    model = build_model(spec)
    wall, cpu = time.perf_counter(), time.process_time()
    looped = _Looped(model)
    x_train = tf.constant(feed.x_train)
    history = run_epochs(looped, task, x_train, feed, tf.constant(shuffled(feed.fitted)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    train, test = (predict(looped, images) for images in (x_train, feed.x_test))
    return feed.finished(task, history, train=train, test=test, wall_seconds=wall, cpu_seconds=cpu)


class _Looped:
    """A compiled model as a Learner."""

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        model.optimizer.build(model.trainable_variables)
        self.epoch = tf.function(self._epoch)
        self.measure = tf.function(self._measure, reduce_retracing=True)
        self.outputs = tf.function(self._outputs, reduce_retracing=True)

    def _epoch(self, x: Any, one_hot: Any, order: Any, batch_size: Any) -> tuple[Any, Any]:
        return step_through(self._learn, x, one_hot, order, batch_size)

    def _learn(self, x: Any, y: Any) -> tuple[Any, Any]:
        model, optimizer = self._model, self._model.optimizer
        with tf.GradientTape() as tape:
            outputs = model(x, training=True)
            loss = model.compute_loss(x, y, outputs)
            scaled = optimizer.scale_loss(loss)
        values = [variable.value for variable in model.trainable_variables]
        optimizer.apply(tape.gradient(scaled, values), model.trainable_variables)
        return count_hits(outputs, y), loss

    def _measure(self, x: Any, y: Any) -> tuple[Any, Any]:
        outputs = self._outputs(x)
        return count_hits(outputs, y), self._model.compute_loss(x, y, outputs, training=False)

    def _outputs(self, x: Any) -> Any:
        return self._model(x, training=False)
