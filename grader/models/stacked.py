"""Several dense models as one: the same layers, each with weights and data order of its own.

A small model costs TensorFlow more for being called than for its arithmetic. So the weights of all
models lie in common variables with one more axis, and an epoch is one call. Activations, losses
and optimizers are Keras' own objects, which work on numbers, whichever model they belong to.
Only trainer processes import this module.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.models.build import build_layer, build_loss, build_model, build_optimizer
from grader.models.compiled import CompileSpec
from grader.models.epochs import count_hits, predict, run_epochs, shuffled, step_through
from grader.models.feeding import Feed
from grader.models.graph import Node
from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingRun, TrainingTask

Layer = Callable[[Any], Any]


def fit_stacked(tasks: Sequence[TrainingTask], spec: ModelSpec, feed: Feed) -> tuple[TrainingRun, ...]:
    """The runs that Keras' own loop would make one by one, up to the rounding of sums.

    The tasks differ in their seeds alone, and `spec` is stackable. The seconds of the whole are
    shared out evenly.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    starts = [_start(task.seed, spec, feed.fitted) for task in tasks]
    stack = _Stack(spec, [weights for weights, _ in starts])
    orders = tf.constant(np.stack([order for _, order in starts]))
    x_train, x_test = (tf.constant(images.reshape(len(images), -1)) for images in (feed.x_train, feed.x_test))
    histories = run_epochs(stack, tasks[0], x_train, feed, orders)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    train, test = (predict(stack, images) for images in (x_train, x_test))
    return tuple(
        feed.finished(
            task,
            {name: values[:, index] for name, values in histories.items()},
            train=train[index],
            test=test[index],
            wall_seconds=wall / len(tasks),
            cpu_seconds=cpu / len(tasks),
        )
        for index, task in enumerate(tasks)
    )


def _start(seed: int, spec: ModelSpec, n: int) -> tuple[list[Any], Any]:
    """Initial weights and the order of the n pictures, as `fit` after `set_random_seed` has them."""
    keras.utils.set_random_seed(seed)
    model = build_model(replace(spec, compile=None))
    return [weight.numpy() for weight in model.weights], shuffled(n)


@dataclass(frozen=True)
class _Dense:
    """`kernel` is (models, inputs, units), `bias` (models, units)."""

    kernel: keras.Variable
    bias: keras.Variable | None
    activation: Layer

    def __call__(self, x: Any) -> Any:
        """(models or 1, rows, inputs) to (models, rows, units)."""
        sums = tf.matmul(x, self.kernel.value)
        if self.bias is not None:
            sums = sums + self.bias.value[:, tf.newaxis]
        return self.activation(sums)


class _Stack:
    """The models as one Learner: every variable has them along its first axis."""

    def __init__(self, spec: ModelSpec, weights: Sequence[Sequence[Any]]) -> None:
        settings = _compiled(spec)
        self._variables = [keras.Variable(np.stack(values)) for values in zip(*weights, strict=True)]
        self._layers: list[Layer] = []
        self._penalties: list[tuple[keras.Variable, Mapping[str, Any]]] = []
        left = iter(self._variables)
        for item in spec.sized:
            self._add(item.node, left)
        self._loss = build_loss(settings)
        self._optimizer = build_optimizer(settings)
        self._optimizer.build(self._variables)
        self.epoch = tf.function(self._epoch)
        self.measure = tf.function(self._measure, reduce_retracing=True)
        self.outputs = tf.function(self._outputs, reduce_retracing=True)

    def _add(self, node: Node, variables: Any) -> None:
        if node.class_name == "Flatten":
            return
        if node.class_name != "Dense":
            self._layers.append(build_layer(node, None))
            return
        kernel = next(variables)
        bias = next(variables) if node.settings["use_bias"] else None
        self._layers.append(_Dense(kernel, bias, keras.activations.get(node.settings["activation"])))
        for variable, key in ((kernel, "kernel_regularizer"), (bias, "bias_regularizer")):
            if variable is not None and node.settings[key] is not None:
                self._penalties.append((variable, node.settings[key]))

    def _epoch(self, x: Any, one_hot: Any, orders: Any, batch_size: Any) -> tuple[Any, Any]:
        return step_through(self._learn, x, one_hot, orders, batch_size)

    def _learn(self, x: Any, y: Any) -> tuple[Any, Any]:
        values = [variable.value for variable in self._variables]
        with tf.GradientTape() as tape:
            hits, loss = self._scores(self._forward(x), y)
            # No weight has a part in another model's loss: the gradient of the sum is that of each.
            total = tf.reduce_sum(loss)
        self._optimizer.apply(tape.gradient(total, values), self._variables)
        return hits, loss

    def _measure(self, x: Any, y: Any) -> tuple[Any, Any]:
        outputs = self._outputs(x)
        return self._scores(outputs, tf.broadcast_to(y[tf.newaxis], tf.shape(outputs)))

    def _scores(self, outputs: Any, y: Any) -> tuple[Any, Any]:
        """Right answers and mean loss with penalties, (models,) each, of outputs (models, rows, classes)."""
        losses = tf.reduce_mean(self._loss.call(y, outputs), axis=-1)
        penalties = [_penalty(variable.value, settings) for variable, settings in self._penalties]
        return count_hits(outputs, y), tf.add_n([losses, *penalties])

    def _outputs(self, x: Any) -> Any:
        return self._forward(x[tf.newaxis])

    def _forward(self, x: Any) -> Any:
        for layer in self._layers:
            x = layer(x)
        return x


def _compiled(spec: ModelSpec) -> CompileSpec:
    if spec.compile is None:
        raise ValueError("only compiled models are trained")
    return spec.compile


def _penalty(weights: Any, settings: Mapping[str, Any]) -> Any:
    """(models,): as keras.regularizers.L1L2 has it for one."""
    axes = list(range(1, len(weights.shape)))
    l1, l2 = settings.get("l1", 0.0), settings.get("l2", 0.0)
    return l1 * tf.reduce_sum(tf.abs(weights), axes) + l2 * tf.reduce_sum(tf.square(weights), axes)
