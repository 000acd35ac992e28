"""Finds out, from outside, in how many steps an epoch of the student's `train` was made.

The probe is a network whose weights are all zero at the start and whose images are all black.
Only the bias of its last layer can then learn, and with one label for all images every batch
gives the same gradient: the loss after k steps of Adam is a function of k alone, whatever the
order of the images. The history of an epoch therefore tells its number of steps, and that tells
how many images were held back and how large the batches were.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np

from grader.checks.expect import Array

CLASSES = 10
LABEL = 3

_LEARNING_RATE, _BETA_1, _BETA_2, _EPSILON = 0.001, 0.9, 0.999, 1e-7


def _layer(class_name: str, config: dict[str, object]) -> dict[str, object]:
    return {"module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None}


def _initializer(class_name: str) -> dict[str, object]:
    return {"module": "keras.initializers", "class_name": class_name, "config": {}, "registered_name": None}


PROBE_CONFIG = json.dumps(
    {
        "module": "keras",
        "class_name": "Sequential",
        "config": {
            "name": "probe",
            "layers": [
                _layer(
                    "InputLayer", {"batch_shape": [None, 32, 32, 3], "dtype": "float32", "name": "images"}
                ),
                _layer("Flatten", {"name": "flatten"}),
                _layer(
                    "Dense",
                    {
                        "name": "classes",
                        "units": CLASSES,
                        "activation": "softmax",
                        "kernel_initializer": _initializer("Zeros"),
                        "bias_initializer": _initializer("Zeros"),
                    },
                ),
            ],
        },
        "registered_name": None,
    }
)
"""Keras' own serialisation of the probe network."""

PROBE_COMPILE = {
    "optimizer": "adam",
    "loss": "categorical_crossentropy",
    "metrics": ["accuracy"],
    "run_eagerly": True,  # a few steps are done sooner than they are compiled
}


def probe_data(n: int) -> tuple[Array, Array]:
    """`n` black images (n, 32, 32, 3) in float32, and the same one-hot label n times."""
    labels = np.zeros((n, CLASSES), dtype=np.float32)
    labels[:, LABEL] = 1
    return np.zeros((n, 32, 32, 3), dtype=np.float32), labels


def probe_losses(images: int, batch_size: int, epochs: int) -> list[float]:
    """The losses of a history, one an epoch, when `images` are trained on in batches."""
    bias, first, second = np.zeros(CLASSES), np.zeros(CLASSES), np.zeros(CLASSES)
    steps = math.ceil(images / batch_size)
    sizes = [min(batch_size, images - step * batch_size) for step in range(steps)]
    losses: list[float] = []
    for epoch in range(epochs):
        of_steps = []
        for step in range(steps):
            chances = np.exp(bias) / np.exp(bias).sum()
            of_steps.append(-math.log(chances[LABEL]))
            gradient = chances - (np.arange(CLASSES) == LABEL)
            first = _BETA_1 * first + (1 - _BETA_1) * gradient
            second = _BETA_2 * second + (1 - _BETA_2) * gradient**2
            count = epoch * steps + step + 1
            rate = _LEARNING_RATE * math.sqrt(1 - _BETA_2**count) / (1 - _BETA_1**count)
            bias = bias - rate * first / (np.sqrt(second) + _EPSILON)
        losses.append(float(np.average(of_steps, weights=sizes)))
    return losses


def explained_by(losses: Sequence[float], images: int, batch_size: int, *, tolerance: float = 3e-6) -> bool:
    """True when a history's losses are those of this many images in batches of this size."""
    return bool(np.allclose(losses, probe_losses(images, batch_size, len(losses)), rtol=0, atol=tolerance))
