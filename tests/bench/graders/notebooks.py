"""Students' work as notebooks, and the checks of by_hand.py as both graders take them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from grader.assignment import clone_root

PREPARE = """\
import keras
import numpy as np
from scipy.signal import correlate2d

from grader.data import load_dataset

SIZES = (((6, 6), (3, 3)), ((8, 5), (3, 2)), ((7, 7), (1, 4)), ((9, 9), (5, 5)), ((28, 28), (3, 3)))
SHAPES = [(16, 16, 8), (8, 8, 16), (1024,), (10,)]
"""
CHECKS = {
    "five_arrays": """\
rng = np.random.default_rng()
for image, kernel in SIZES:
    pixels, weights = rng.integers(0, 99, image), rng.integers(1, 9, kernel)
    np.testing.assert_allclose(convolve(pixels, weights), correlate2d(pixels, weights, mode="valid"))
""",
    "parameters": """\
assert parameters == build_network().count_params() == 11_642
""",
    "shapes": """\
assert [layer.output.shape[1:] for layer in build_network().layers] == SHAPES
""",
    "epoch": """\
digits = load_dataset("digits32")
x = digits.x_train[:512].astype("float32") / 255
y = np.eye(10, dtype="float32")[digits.y_train[:512]]
keras.utils.set_random_seed(1)
history = train(build_network(), x, y, 1, 32).history
assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
assert history["accuracy"][0] > 0.15
""",
}
NAMES = ("convolve", "build_network", "train", "parameters")
"""What the checks take from a notebook."""


def environment(python: Path) -> dict[str, str]:
    """For a command that lies beside `python`, as after `activate`."""
    return {
        "EPOCHMARK_DATA": os.devnull,
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(clone_root()),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def work_of(student: Path) -> str:
    """The code of a submission and its answer."""
    parts = [(student / name).read_text(encoding="utf-8") for name in ("work.py", "answers.toml")]
    return "\n".join(parts)


def write_notebook(path: Path, cells: list[Any]) -> None:
    """In format 4.4, which does not ask for cell ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    whole = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(whole), encoding="utf-8")


def cell(source: str, **metadata: Any) -> Any:
    """A cell of code."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }
