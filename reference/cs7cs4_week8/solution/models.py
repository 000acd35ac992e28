"""The three networks of part (ii), and two families that the extension reports on.

Every builder returns a compiled model for images of shape (32, 32, 3), scaled to [0, 1], and
one-hot labels of shape (10,).
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers, regularizers

IMAGE_SHAPE = (32, 32, 3)
CLASSES = 10


def build_strided(l1: float = 1e-4) -> keras.Model:
    """37,146 parameters: strides of two halve the image, 32 to 16 to 8, while the filters double."""
    return _finish(
        [
            _convolution(16),
            _convolution(16, strides=2),
            _convolution(32),
            _convolution(32, strides=2),
        ],
        l1,
    )


def build_pooled(l1: float = 1e-4) -> keras.Model:
    """Also 37,146 parameters: pooling does the halving, and pooling has nothing to learn."""
    return build_pooled_modules(modules=2, l1=l1)


def build_deep(l1: float = 1e-4) -> keras.Model:
    """23,314 parameters: thinner and deeper, so that the Dense layer sees 4 x 4 x 32 = 512 inputs."""
    return _finish(
        [
            _convolution(8),
            _convolution(8, strides=2),
            _convolution(16),
            _convolution(16, strides=2),
            _convolution(32),
            _convolution(32, strides=2),
        ],
        l1,
    )


def build_two_layers(l1: float = 1e-4) -> keras.Model:
    """The first half of the strided network: 16 x 16 x 16 = 4,096 inputs reach the Dense layer."""
    return _finish([_convolution(16), _convolution(16, strides=2)], l1)


def build_pooled_modules(modules: int = 2, l1: float = 1e-4) -> keras.Model:
    """`modules` blocks of two convolutions and a 2 x 2 pooling, with 16, 32, 64, 128 filters."""
    body: list[keras.Layer] = []
    for block in range(modules):
        filters = 16 * 2**block
        body += [_convolution(filters), _convolution(filters), layers.MaxPooling2D(pool_size=2)]
    return _finish(body, l1)


def _convolution(filters: int, strides: int = 1) -> keras.Layer:
    return layers.Conv2D(filters, kernel_size=3, strides=strides, padding="same", activation="relu")


def _finish(body: Sequence[keras.Layer], l1: float) -> keras.Model:
    """Puts the input before `body` and the classifier behind it, and compiles the whole."""
    model = keras.Sequential(
        [
            keras.Input(shape=IMAGE_SHAPE),
            *body,
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(CLASSES, activation="softmax", kernel_regularizer=regularizers.L1(l1)),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
