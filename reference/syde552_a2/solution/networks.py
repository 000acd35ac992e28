"""The networks: dense ones for digits 28 x 28, dense and convolutional ones for pictures 32 x 32 x 3.

Every builder returns a compiled model for pixels in [0, 1]. Labels are one-hot rows (10,) for the mean
squared error and class numbers for the sparse cross-entropy.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

DIGIT = (28, 28)
PICTURE = (32, 32, 3)
CLASSES = 10
SPARSE = "sparse_categorical_crossentropy"


def build_mlp(
    hidden: int = 32,
    output: str = "relu",
    optimizer: str = "sgd",
    learning_rate: float = 0.1,
    loss: str = "mean_squared_error",
) -> keras.Model:
    """784 x 32 + 32 weights and biases, then 32 x 10 + 10: 25,450 with the default width."""
    rules = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}
    body = [layers.Flatten(), layers.Dense(hidden, activation="relu")]
    return _compiled(DIGIT, body, output, rules[optimizer](learning_rate=learning_rate), loss)


def build_layered(depth: int = 1, hidden: int = 32) -> keras.Model:
    """`depth` hidden layers; with none, ten linear functions of the pixels compete."""
    body = [layers.Flatten(), *(layers.Dense(hidden, activation="relu") for _ in range(depth))]
    return _compiled(DIGIT, body)


def build_cifar_mlp(hidden: int = 32) -> keras.Model:
    """98,666 parameters with the default width, nearly all where 3,072 pixels meet the hidden units."""
    return _compiled(PICTURE, [layers.Flatten(), layers.Dense(hidden, activation="relu")])


def build_cifar_cnn() -> keras.Model:
    """122,570 parameters; valid padding and two poolings: 32, 30, 15, 13, 6 and 4 pixels a side."""
    body = [
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
    ]
    return _compiled(PICTURE, body)


def build_best() -> keras.Model:
    """Five convolutions with batch normalisation, and dropout before the dense layers.

    Its moving averages forget within five steps, not a hundred: a short training leaves them right.
    """
    body: list[keras.Layer] = []
    for filters, pooled in ((32, True), (64, False), (64, True), (128, False), (128, True)):
        body += [
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.Activation("relu"),
        ]
        body += [layers.MaxPooling2D(2)] if pooled else []
    body += [layers.Flatten(), layers.Dropout(0.3), layers.Dense(64, activation="relu")]
    return _compiled(PICTURE, body)


def _compiled(
    shape: tuple[int, ...],
    body: Sequence[keras.Layer],
    output: str = "softmax",
    optimizer: str | keras.Optimizer = "adam",
    loss: str = SPARSE,
) -> keras.Model:
    """The input before `body`, ten outputs behind it."""
    model = keras.Sequential([keras.Input(shape=shape), *body, layers.Dense(CLASSES, activation=output)])
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return model
