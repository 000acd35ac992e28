"""A whole epoch as one call into TensorFlow: what Keras does around each batch costs as much as small
models' arithmetic, and up to a fifth of a ConvNet's. Only trainer processes import this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from grader.models.feeding import Feed
from grader.models.tasks import TrainingTask

CHUNK = 500
"""Pictures at a time where nothing is learned: bounds the memory that hidden layers take."""

Step = Callable[[Any, Any], tuple[Any, Any]]


class Learner(Protocol):
    """One model, or several side by side. Hits (right answers) and losses are numbers, or (models,)."""

    def epoch(self, x: Any, one_hot: Any, order: Any, batch_size: Any) -> tuple[Any, Any]:
        """Learns from pictures x (n, ...) in their order (rows,), or (models, rows); accuracy and loss
        as they were on the way."""
        ...

    def measure(self, x: Any, one_hot: Any) -> tuple[Any, Any]:
        """Hits and mean loss."""
        ...

    def outputs(self, x: Any) -> Any:
        """What the model gives for each picture: (n, classes), or (models, n, classes)."""
        ...


def shuffled(n: int) -> Any:
    """The order of the n pictures that `fit` takes next after `set_random_seed` and building a model.

    Keras shuffles in a tf.data pipeline whose generator starts anew with each epoch, so that under
    a global seed all epochs have one order.
    """
    indices = tf.data.Dataset.range(1).map(lambda _: tf.random.shuffle(tf.range(n, dtype=tf.int64)))
    return next(iter(indices)).numpy()


def run_epochs(learner: Learner, task: TrainingTask, x_train: Any, feed: Feed, order: Any) -> dict[str, Any]:
    """Each (epochs,), or (epochs, models): "accuracy", "loss" and, where pictures are held back, those
    on them."""
    one_hot, fitted = tf.constant(feed.one_hot), feed.fitted
    told: list[tuple[Any, ...]] = []
    for _ in range(task.epochs):
        numbers: tuple[Any, ...] = learner.epoch(x_train, one_hot, order, tf.constant(task.batch_size))
        if fitted < len(x_train):
            numbers = (*numbers, *evaluate(learner, x_train[fitted:], one_hot[fitted:]))
        told.append(tuple(np.asarray(value) for value in numbers))
    names = ("accuracy", "loss", "val_accuracy", "val_loss")
    return {name: np.stack(values) for name, values in zip(names, zip(*told, strict=True), strict=False)}


def step_through(learn: Step, x: Any, one_hot: Any, order: Any, batch_size: Any) -> tuple[Any, Any]:
    """The body of `Learner.epoch`, inside a tf.function: `learn` takes one batch and gives its hits
    and mean loss."""
    rows = tf.shape(order)[-1]
    hits = loss = tf.zeros(order.shape[:-1])
    for start in tf.range(0, rows, batch_size):
        batch = order[..., start : tf.minimum(start + batch_size, rows)]
        count = tf.cast(tf.shape(batch)[-1], tf.float32)
        right, mean = learn(tf.gather(x, batch), tf.gather(one_hot, batch))
        # Keras weighs the mean of a batch by its size.
        hits, loss = hits + right, loss + mean * count
    total = tf.cast(rows, tf.float32)
    return hits / total, loss / total


def count_hits(outputs: Any, one_hot: Any) -> Any:
    """How many of the last axis but one have their greatest value at the label."""
    hits = tf.equal(tf.argmax(outputs, axis=-1), tf.argmax(one_hot, axis=-1))
    return tf.reduce_sum(tf.cast(hits, tf.float32), axis=-1)


def evaluate(learner: Learner, x: Any, one_hot: Any) -> tuple[Any, Any]:
    """Accuracy and loss over all pictures."""
    hits = loss = np.float32(0)
    for start, rows in _chunks(x):
        right, mean = learner.measure(rows, one_hot[start : start + CHUNK])
        hits, loss = hits + right, loss + mean * len(rows)
    return hits / len(x), loss / len(x)


def predict(learner: Learner, x: Any) -> Any:
    """`Learner.outputs` of any number of pictures, in bounded memory."""
    return np.concatenate([learner.outputs(rows).numpy() for _, rows in _chunks(x)], axis=-2)


def _chunks(x: Any) -> list[tuple[int, Any]]:
    return [(start, x[start : start + CHUNK]) for start in range(0, len(x), CHUNK)]
