"""A class for the small assignment: two as the solution, two networks to be trained, two with faults."""

from __future__ import annotations

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
    "daisy": (_RIGHT, (24,)),
    "edelweiss": ("raise ValueError('not today')", ()),
    "foxglove": (_RIGHT, ()),
}


def write_class(folder: Path) -> Path:
    """One file for each student; returns the folder."""
    folder.mkdir(parents=True)
    for name, (scale, hidden) in _CLASS.items():
        (folder / f"{name}.py").write_text(_WORK.format(name=name, scale=scale, hidden=hidden))
    return folder
