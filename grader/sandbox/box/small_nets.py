"""A compiled Keras model in NumPy, where it is one that `small_layers` knows exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from .small_layers import (
    ACTIVATIONS,
    OPTIMIZERS,
    Activate,
    Array,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool,
    Optimizer,
    Step,
    Weighted,
)

_ROWS = 256  # at a time where nothing is learned: bounds the memory
_CROSS_ENTROPIES = ("categorical_crossentropy", "sparse_categorical_crossentropy")
_SQUARED_ERRORS = ("mse", "mean_squared_error")
_LOSSES = (
    keras.losses.CategoricalCrossentropy,
    keras.losses.SparseCategoricalCrossentropy,
    keras.losses.MeanSquaredError,
)


class Unknown(Exception):
    """Something about a model or a call that is left to Keras."""


@dataclass(frozen=True)
class Scores:
    """Of `rows` images: the sums of losses and of right answers, and the penalty of the weights."""

    rows: int
    losses: float
    hits: int
    penalty: float

    @property
    def loss(self) -> float:
        return self.losses / self.rows + self.penalty


@dataclass(frozen=True)
class Loss:
    """Squared errors, or else a cross-entropy: of chances, or of `logits` that softmax makes chances of.
    Labels are class numbers where it is `sparse`."""

    sparse: bool
    squares: bool
    logits: bool


class Net:
    """The layers of a model with copies of its weights, and its loss.

    `variables` are Keras' own in the order of `weights`. Labels are rows (n, classes) throughout.
    """

    def __init__(self, model: Any) -> None:
        """Raises Unknown."""
        self.variables: list[Any] = []
        self._steps: list[Step] = []
        for layer in _row_of_layers(model):
            self._add(layer)
        settings = model._compile_config.config
        _refuse(settings["loss_weights"], settings["weighted_metrics"])
        self._loss = _loss(settings["loss"])
        self.metric = _metric(settings["metrics"], self.sparse)
        last = self._steps[-1]
        has_softmax = isinstance(last, Activate) and last.name == "softmax"
        if not self._loss.squares and has_softmax == self._loss.logits:
            raise Unknown("cross-entropy of something else than chances, or softmax twice")
        if self._loss.logits:
            self._steps.append(Activate("softmax"))
        self.input_shape, self.output_shape = model.input_shape, model.output_shape
        if len(self.output_shape) != 2 or self.output_shape[1] < 2:
            raise Unknown("no row of classes")

    @property
    def sparse(self) -> bool:
        """Does the loss take class numbers?"""
        return self._loss.sparse

    @property
    def weights(self) -> list[Array]:
        return [weight for step in self._steps for weight in step.weights]

    @property
    def gradients(self) -> list[Array]:
        return [gradient for step in self._steps for gradient in step.gradients]

    def write_back(self) -> None:
        """Gives Keras' variables the values that were learnt."""
        for variable, weight in zip(self.variables, self.weights, strict=True):
            variable.assign(weight)

    def predict(self, x: Array) -> Array:
        """What the last layer gives, (n, classes)."""
        return np.concatenate([self._answers(*self._apply(x[rows])) for rows in _chunks(len(x))])

    def measure(self, x: Array, y: Array) -> Scores:
        """The scores of images, with nothing learned."""
        parts = [self._judge(*self._apply(x[rows]), y[rows]) for rows in _chunks(len(x))]
        losses, hits = (sum(part) for part in zip(*parts, strict=True))
        return Scores(len(x), losses, int(hits), self._penalty())

    def learn(self, x: Array, y: Array, rng: np.random.Generator) -> Scores:
        """The scores of a batch on the way; `gradients` are then those of its mean loss and the penalties."""
        sums, outputs = self._forward(x, rng)
        losses, hits = self._judge(sums, outputs, y)
        self._backward(outputs, y)
        return Scores(len(x), losses, hits, self._penalty())

    def _apply(self, x: Array) -> tuple[Array, Array]:
        """As `_forward`, with nothing learned: one image many times over gives one answer many times."""
        if len(x) > 1 and (x == x[0]).all():
            sums, outputs = self._forward(x[:1], None)
            return np.repeat(sums, len(x), axis=0), np.repeat(outputs, len(x), axis=0)
        return self._forward(x, None)

    def _forward(self, x: Array, rng: np.random.Generator | None) -> tuple[Array, Array]:
        """What goes into the last step, and what comes out of it."""
        sums = x
        for step in self._steps:
            sums, x = x, step.forward(x, rng)
        return sums, x

    def _answers(self, sums: Array, outputs: Array) -> Array:
        """What the model itself gives, where softmax is the loss's."""
        return sums if self._loss.logits else outputs

    def _judge(self, sums: Array, outputs: Array, y: Array) -> tuple[float, int]:
        """(sum of losses, right answers). Cross-entropy is taken from the sums, as Keras does."""
        answers = self._answers(sums, outputs)
        hits = int(np.count_nonzero(answers.argmax(axis=-1) == y.argmax(axis=-1)))
        if self._loss.squares:
            return float(np.square(outputs - y).mean(axis=-1).sum()), hits
        sums = sums - sums.max(axis=-1, keepdims=True)
        chances = sums - np.log(np.exp(sums).sum(axis=-1, keepdims=True))
        return float(-(y * chances).sum()), hits

    def _backward(self, outputs: Array, y: Array) -> None:
        steps, gradient = self._steps, (outputs - y) / np.float32(len(y))
        if self._loss.squares:
            gradient = gradient * np.float32(2 / y.shape[1])
        else:
            steps = steps[:-1]  # of softmax and cross-entropy together
        first = next(place for place, step in enumerate(steps) if step.weights)
        for place in range(len(steps) - 1, first - 1, -1):
            gradient = steps[place].backward(gradient, wanted=place > first)

    def _penalty(self) -> float:
        return sum(step.penalty() for step in self._steps if isinstance(step, Weighted))

    def _add(self, layer: Any) -> None:
        make = _MAKERS.get(type(layer))
        if make is None or layer.dtype_policy.name != "float32" or not layer.trainable:
            raise Unknown(type(layer))
        _refuse(layer.activity_regularizer)
        self._steps += make(layer)
        self.variables += layer.trainable_variables


def make_optimizer(optimizer: Any) -> Optimizer:
    """Raises Unknown."""
    kind = OPTIMIZERS.get(type(optimizer).__name__)
    if kind is None or type(optimizer) is not getattr(keras.optimizers, type(optimizer).__name__):
        raise Unknown(type(optimizer))
    settings = optimizer.get_config()
    names = ("weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "loss_scale_factor")
    _refuse(*(settings[name] for name in names), settings["gradient_accumulation_steps"])
    special = [settings.get(name) for name in ("use_ema", "amsgrad", "nesterov")]
    if any(special) or not isinstance(settings["learning_rate"], float) or int(optimizer.iterations):
        raise Unknown("an optimizer with more to it, or with steps behind it")
    return kind(settings)


def _row_of_layers(model: Any) -> Iterator[Any]:
    """The layers from images to classes, each fed by the one before it alone."""
    if type(model) is keras.Sequential:
        yield from model.layers
        return
    reached = model.inputs[0]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        nodes = layer._inbound_nodes
        if len(nodes) != 1 or len(nodes[0].input_tensors) != 1 or nodes[0].input_tensors[0] is not reached:
            raise Unknown("layers that branch")
        yield layer
        reached = layer.output
    if len(model.inputs) != 1 or len(model.outputs) != 1 or model.outputs[0] is not reached:
        raise Unknown("several ends")


def _weighted(layer: Any, kind: Callable[..., Weighted], *settings: Any) -> list[Step]:
    _refuse(layer.bias_regularizer, layer.kernel_constraint, layer.bias_constraint)
    _refuse(getattr(layer, "lora_rank", None), getattr(layer, "quantization_mode", None))
    penalty = layer.kernel_regularizer
    if type(penalty) not in (
        type(None),
        keras.regularizers.L1,
        keras.regularizers.L2,
        keras.regularizers.L1L2,
    ):
        raise Unknown(type(penalty))
    l1, l2 = (float(getattr(penalty, name, 0.0)) for name in ("l1", "l2"))
    own = [layer.kernel, layer.bias] if layer.use_bias else [layer.kernel]
    weights = [np.array(variable.numpy()) for variable in own]
    return [kind(weights, *settings, l1, l2), *_activation(layer)]


def _conv(layer: Any) -> list[Step]:
    usual = (layer.dilation_rate, layer.groups, layer.data_format) == ((1, 1), 1, "channels_last")
    if not usual or layer.padding not in ("same", "valid"):
        raise Unknown("a convolution with more to it")
    return _weighted(layer, Conv2D, tuple(layer.strides), layer.padding)


def _pool(layer: Any) -> list[Step]:
    if layer.strides != layer.pool_size or (layer.padding, layer.data_format) != ("valid", "channels_last"):
        raise Unknown("windows that are not side by side")
    return [MaxPool(tuple(layer.pool_size))]


def _dropout(layer: Any) -> list[Step]:
    _refuse(layer.noise_shape)
    return [Dropout(float(layer.rate))]


def _relu(layer: Any) -> list[Step]:
    if layer.max_value is not None or layer.negative_slope or layer.threshold:
        raise Unknown("another ReLU")
    return [Activate("relu")]


def _softmax(layer: Any) -> list[Step]:
    if layer.axis != -1:
        raise Unknown("softmax along another axis")
    return [Activate("softmax")]


def _activation(layer: Any) -> list[Step]:
    found = layer.activation
    name = getattr(found, "__name__", "")
    if name not in ACTIVATIONS or found is not getattr(keras.activations, name):
        raise Unknown(found)
    return [Activate(name)] if name != "linear" else []


_MAKERS: dict[type, Callable[[Any], list[Step]]] = {
    keras.layers.Dense: lambda layer: _weighted(layer, Dense),
    keras.layers.Conv2D: _conv,
    keras.layers.MaxPooling2D: _pool,
    keras.layers.Dropout: _dropout,
    keras.layers.Flatten: lambda layer: [Flatten()],
    keras.layers.Activation: _activation,
    keras.layers.ReLU: _relu,
    keras.layers.Softmax: _softmax,
}


def _metric(metrics: Any, sparse: bool) -> str:
    """The name of the only metric, an accuracy; "" where there is none."""
    if not metrics:
        return ""
    if not isinstance(metrics, (list, tuple)) or len(metrics) != 1:
        raise Unknown(metrics)
    (metric,) = metrics
    word = "sparse_categorical_accuracy" if sparse else "categorical_accuracy"
    if isinstance(metric, str) and metric in ("accuracy", "acc", word):
        return metric
    kind = keras.metrics.SparseCategoricalAccuracy if sparse else keras.metrics.CategoricalAccuracy
    if type(metric) is kind:
        return str(metric.name)
    raise Unknown(metric)


def _loss(loss: Any) -> Loss:
    """Raises Unknown."""
    logits = False
    name = loss if isinstance(loss, str) else getattr(loss, "name", "")
    if not isinstance(loss, str):
        if type(loss) not in _LOSSES:
            raise Unknown(loss)
        settings, by_default = loss.get_config(), type(loss)().get_config()
        logits = settings.get("from_logits") is True
        if settings != by_default | ({"from_logits": True} if logits else {}):
            raise Unknown(loss)
    if name not in (*_CROSS_ENTROPIES, *_SQUARED_ERRORS):
        raise Unknown(loss)
    return Loss(sparse=name.startswith("sparse"), squares=name in _SQUARED_ERRORS, logits=logits)


def _refuse(*settings: Any) -> None:
    if any(setting is not None for setting in settings):
        raise Unknown(settings)


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS) for start in range(0, n, _ROWS))
