"""Layers, losses and optimizers of Keras in NumPy, for the few steps of a check.

A step of a small network is nearly all surroundings: TensorFlow takes some 300 calls for it. What
stands here does the same arithmetic in float32, and knows only what it does exactly as Keras does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Array = Any  # float32 arrays of NumPy


@dataclass(frozen=True)
class Activation:
    """`backward` takes the gradient of the outputs and the outputs themselves."""

    forward: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]


def _softmax(z: Array) -> Array:
    weights = np.exp(z - z.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _relu(z: Array) -> Array:
    return np.maximum(z, 0)


def _tanh(z: Array) -> Array:
    return np.tanh(z)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


ACTIVATIONS = {
    "linear": Activation(lambda z: z, lambda dy, y: dy),
    "relu": Activation(_relu, lambda dy, y: np.where(y > 0, dy, np.float32(0))),
    "tanh": Activation(_tanh, lambda dy, y: dy * (1 - y * y)),
    "sigmoid": Activation(_sigmoid, lambda dy, y: dy * y * (1 - y)),
    "softmax": Activation(_softmax, lambda dy, y: y * (dy - (dy * y).sum(axis=-1, keepdims=True))),
}


class Step:
    """One layer. `weights` and, after `backward`, `gradients` are in the order of Keras' variables."""

    def __init__(self) -> None:
        self.weights: list[Array] = []
        self.gradients: list[Array] = []

    def forward(self, x: Array, rng: np.random.Generator | None) -> Array:
        """`rng` is there in training only."""
        raise NotImplementedError

    def backward(self, dy: Array, *, wanted: bool) -> Array:
        """The gradient of the inputs of the last `forward`; anything where it is not `wanted`."""
        raise NotImplementedError


class Activate(Step):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._function = ACTIVATIONS[name]

    def forward(self, x: Array, rng: np.random.Generator | None) -> Array:
        self._outputs = self._function.forward(x)
        return self._outputs

    def backward(self, dy: Array, *, wanted: bool) -> Array:
        return self._function.backward(dy, self._outputs)


class Flatten(Step):
    def forward(self, x: Array, rng: np.random.Generator | None) -> Array:
        self._shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy: Array, *, wanted: bool) -> Array:
        return dy.reshape(self._shape)


class Dropout(Step):
    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate

    def forward(self, x: Array, rng: np.random.Generator | None) -> Array:
        self._kept: Array | None = None
        if rng is None or not self._rate:
            return x
        self._kept = (rng.random(x.shape, dtype="float32") >= self._rate).astype(x.dtype)
        self._kept /= 1 - self._rate
        return x * self._kept

    def backward(self, dy: Array, *, wanted: bool) -> Array:
        return dy if self._kept is None else dy * self._kept


class MaxPool(Step):
    """Windows side by side; `size` is (rows, columns). What does not fill a window is left out."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__()
        self._size = size

    def forward(self, x: Array, rng: np.random.Generator | None) -> Array:
        (high, wide), (n, rows, columns, channels) = self._size, x.shape
        self._shape, out = x.shape, (rows // high, columns // wide)
        x = x[:, : out[0] * high, : out[1] * wide]
        windows = x.reshape(n, out[0], high, out[1], wide, channels).transpose(0, 1, 3, 5, 2, 4)
        self._windows = windows.reshape(n, *out, channels, high * wide)
        return self._windows.max(axis=-1)

    def backward(self, dy: Array, *, wanted: bool) -> Array:
        (high, wide), (n, rows, columns, channels) = self._size, dy.shape
        spread = np.zeros_like(self._windows)
        first = self._windows.argmax(axis=-1)[..., None]
        np.put_along_axis(spread, first, dy[..., None], axis=-1)
        dx = np.zeros(self._shape, dtype=dy.dtype)
        parts = spread.reshape(n, rows, columns, channels, high, wide).transpose(0, 1, 4, 2, 5, 3)
        dx[:, : rows * high, : columns * wide] = parts.reshape(n, rows * high, columns * wide, channels)
        return dx


class Weighted(Step):
    """A layer with a kernel and, perhaps, a bias, in this order; the kernel may have a penalty."""

    def __init__(self, weights: list[Array], l1: float = 0.0, l2: float = 0.0) -> None:
        super().__init__()
        self.weights = weights
        self._l1, self._l2 = np.float32(l1), np.float32(l2)

    def penalty(self) -> float:
        kernel = self.weights[0]
        l1 = self._l1 * np.abs(kernel).sum() if self._l1 else 0.0
        return float(l1 + self._l2 * (kernel * kernel).sum() if self._l2 else l1)

    def _keep(self, of_kernel: Array, of_bias: Array) -> None:
        kernel = self.weights[0]
        if self._l1:
            of_kernel = of_kernel + self._l1 * np.sign(kernel)
        if self._l2:
            of_kernel = of_kernel + 2 * self._l2 * kernel
        self.gradients = [of_kernel, of_bias][: len(self.weights)]


class Dense(Weighted):
    """The kernel is (inputs, units)."""

    def forward(self, x: Array, rng: np.random.Generator | None) -> Array:
        self._inputs = x
        sums: Array = x @ self.weights[0]
        return sums + self.weights[1] if len(self.weights) > 1 else sums

    def backward(self, dy: Array, *, wanted: bool) -> Array:
        self._keep(self._inputs.T @ dy, dy.sum(axis=0))
        return dy @ self.weights[0].T if wanted else dy


class Conv2D(Weighted):
    """Channels last. The kernel is (rows, columns, channels, filters)."""

    def __init__(
        self, weights: list[Array], strides: tuple[int, int], padding: str, l1: float = 0.0, l2: float = 0.0
    ) -> None:
        super().__init__(weights, l1, l2)
        self._strides = strides
        self._padding = padding

    def forward(self, x: Array, rng: np.random.Generator | None) -> Array:
        high, wide, channels, filters = self.weights[0].shape
        self._input_shape = x.shape
        self._pads = [self._pad(length, axis) for axis, length in enumerate(x.shape[1:3])]
        padded = np.pad(x, [(0, 0), *self._pads, (0, 0)]) if any(map(any, self._pads)) else x
        self._padded_shape = padded.shape
        down, right = self._strides
        windows = sliding_window_view(padded, (high, wide), axis=(1, 2))[:, ::down, ::right]
        self._places = windows.shape[:3]
        self._columns = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, high * wide * channels)
        sums: Array = self._columns @ self.weights[0].reshape(-1, filters)
        if len(self.weights) > 1:
            sums += self.weights[1]
        return sums.reshape(*self._places, filters)

    def backward(self, dy: Array, *, wanted: bool) -> Array:
        kernel = self.weights[0]
        high, wide, channels, filters = kernel.shape
        rows = dy.reshape(-1, filters)
        if not rows.any():  # black images bring nothing back through ReLU
            self._keep(np.zeros_like(kernel), np.zeros(filters, dtype=dy.dtype))
            return np.zeros(self._input_shape, dtype=dy.dtype)
        self._keep((self._columns.T @ rows).reshape(kernel.shape), rows.sum(axis=0))
        if not wanted:
            return dy
        spread = (rows @ kernel.reshape(-1, filters).T).reshape(*self._places, high, wide, channels)
        padded = np.zeros(self._padded_shape, dtype=dy.dtype)
        (down, right), (_, out_rows, out_columns) = self._strides, self._places
        for i in range(high):
            for j in range(wide):
                rows_reached = slice(i, i + down * out_rows, down)
                padded[:, rows_reached, j : j + right * out_columns : right] += spread[:, :, :, i, j]
        (top, bottom), (left, rest) = self._pads
        return padded[:, top : padded.shape[1] - bottom, left : padded.shape[2] - rest]

    def _pad(self, length: int, axis: int) -> tuple[int, int]:
        """As TensorFlow pads: the odd row or column comes last."""
        if self._padding == "valid":
            return 0, 0
        stride, size = self._strides[axis], self.weights[0].shape[axis]
        total = max((math.ceil(length / stride) - 1) * stride + size - length, 0)
        return total // 2, total - total // 2


class Optimizer:
    """`update` changes `weights` in place; `slots` are what it remembers of each weight."""

    slots_per_weight = 0

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.slots: list[list[Array]] = []
        self.steps = 0

    def update(self, weights: list[Array], gradients: list[Array], rate: float) -> None:
        if not self.slots:
            self.slots = [[np.zeros_like(weight) for _ in range(self.slots_per_weight)] for weight in weights]
        self.steps += 1
        for weight, gradient, slots in zip(weights, gradients, self.slots, strict=True):
            self._update(weight, gradient, slots, rate)

    def _update(self, weight: Array, gradient: Array, slots: list[Array], rate: float) -> None:
        raise NotImplementedError


class Adam(Optimizer):
    """Kingma and Ba, as Keras writes it: both moments corrected through the rate."""

    slots_per_weight = 2

    def _update(self, weight: Array, gradient: Array, slots: list[Array], rate: float) -> None:
        first, second = slots
        beta_1, beta_2 = np.float32(self.settings["beta_1"]), np.float32(self.settings["beta_2"])
        step = np.float32(self.steps)
        alpha = np.float32(rate) * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
        first += (gradient - first) * (1 - beta_1)
        second += (gradient * gradient - second) * (1 - beta_2)
        weight -= first * alpha / (np.sqrt(second) + np.float32(self.settings["epsilon"]))


class SGD(Optimizer):
    """Gradient descent, plain or with Keras' momentum."""

    slots_per_weight = 1

    def _update(self, weight: Array, gradient: Array, slots: list[Array], rate: float) -> None:
        step = np.float32(rate) * gradient
        if not self.settings["momentum"]:
            weight -= step
            return
        slots[0] *= np.float32(self.settings["momentum"])
        slots[0] -= step
        weight += slots[0]


OPTIMIZERS: dict[str, type[Optimizer]] = {"Adam": Adam, "SGD": SGD}
