"""A class for the small assignment: two as the solution, two with faults, two networks to be trained."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

COURSE = Path(__file__).parent / "assignments"
ASSIGNMENT = "tiny_training"

_WORK = '''"""Handed in by {name}."""

import keras
import numpy as np


def scale_pixels(images):
    {scale}


def build_network():
    layers = [keras.Input((28, 28)), keras.layers.Flatten()]
    for units in {hidden}:
        layers.append(keras.layers.Dense(units, activation="relu"))
    model = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model
'''
_RIGHT = "return np.asarray(images) / 255"
_CLASS = {
    "anemone": (_RIGHT, ()),
    "bluebell": (_RIGHT, (16,)),
    "crocus": ("return np.asarray(images) / 256", ()),
    "daisy": ("raise ValueError('not today')", ()),
    "edelweiss": (_RIGHT, (24,)),
    "foxglove": (_RIGHT, ()),
}
EVERYBODY, ONE_OF_EACH = len(_CLASS), 4
"""Sizes of a class: with one network instead of two, TensorFlow is imported once to train it."""


def write_class(folder: Path, size: int = EVERYBODY) -> Path:
    """One file for each student; returns the folder."""
    folder.mkdir(parents=True)
    for name, (scale, hidden) in islice(_CLASS.items(), size):
        (folder / f"{name}.py").write_text(_WORK.format(name=name, scale=scale, hidden=hidden))
    return folder
