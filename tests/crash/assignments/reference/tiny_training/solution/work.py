"""The reference solution."""

from __future__ import annotations

import keras
import numpy as np


def scale_pixels(images: np.ndarray) -> np.ndarray:
    """Pixels of `images` (n, height, width), 0 to 255, as fractions from 0.0 to 1.0."""
    return images / 255


def build_network() -> keras.Model:
    """One layer of ten classes, compiled."""
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model
