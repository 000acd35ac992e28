"""The three networks of part 4.

Every builder returns a compiled model for images (28, 28, 1) in [0, 1] and one-hot labels (10,).
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

IMAGE_SHAPE = (28, 28, 1)
CLASSES = 10


def build_base(learning_rate: float = 0.01) -> keras.Model:
    """542,230 parameters, all but 1,330 of them where 13 x 13 x 32 = 5,408 numbers meet the Dense layer."""
    return _finish([_convolution(32), layers.MaxPooling2D(2)], _descent(learning_rate))


def build_with_momentum(learning_rate: float = 0.01, momentum: float = 0.9) -> keras.Model:
    """The base network. Only the steps differ: each is the gradient plus `momentum` times the last one."""
    return _finish([_convolution(32), layers.MaxPooling2D(2)], _descent(learning_rate, momentum))


def build_two_conv(learning_rate: float = 0.01) -> keras.Model:
    """179,926 parameters: deeper, and yet a third, since only 5 x 5 x 64 = 1,600 numbers are flattened."""
    body = [_convolution(32), layers.MaxPooling2D(2), _convolution(64), layers.MaxPooling2D(2)]
    return _finish(body, _descent(learning_rate))


def _convolution(filters: int) -> keras.Layer:
    """Valid padding: an n x n image becomes (n - 2) x (n - 2)."""
    return layers.Conv2D(filters, kernel_size=3, activation="relu")


def _descent(learning_rate: float, momentum: float = 0.0) -> keras.Optimizer:
    return keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum)


def _finish(body: Sequence[keras.Layer], optimizer: keras.Optimizer) -> keras.Model:
    """Puts the input before `body` and the classifier behind it, and compiles the whole."""
    model = keras.Sequential(
        [
            keras.Input(shape=IMAGE_SHAPE),
            *body,
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model
