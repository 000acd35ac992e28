"""Training, and the two sweeps of part (ii.b)."""

from __future__ import annotations

import time
from collections.abc import Sequence

import keras
import numpy as np
from models import build_strided

Row = dict[str, float]


def train(
    model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int = 20, batch_size: int = 128
) -> keras.callbacks.History:
    """Fits `model` on images (n, 32, 32, 3) in [0, 1] and one-hot labels (n, 10).

    The last tenth is kept out of the training: its loss and accuracy after each epoch are the
    validation curves, which show where learning turns into memorising.
    """
    return model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)


def size_sweep(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    sizes: Sequence[int] = (5_000, 10_000, 20_000, 40_000),
    epochs: int = 20,
    batch_size: int = 128,
) -> list[Row]:
    """One row for each n in `sizes`: a new network, trained on the first n images."""
    rows = []
    for n in sizes:
        row = _trained_row(
            build_strided(), x_train[:n], y_train[:n], x_test, y_test, epochs=epochs, batch_size=batch_size
        )
        rows.append({"n": n, **row})
    return rows


def l1_sweep(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    weights: Sequence[float] = (0.0, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0),
    epochs: int = 20,
    batch_size: int = 128,
) -> list[Row]:
    """One row for each L1 weight: a new network with that weight, trained on all images given."""
    rows = []
    for weight in weights:
        row = _trained_row(
            build_strided(l1=weight), x_train, y_train, x_test, y_test, epochs=epochs, batch_size=batch_size
        )
        rows.append({"l1": weight, **row})
    return rows


def _trained_row(
    model: keras.Model,
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
) -> Row:
    """Seconds of training, and the accuracy on all training and on all test images afterwards."""
    start = time.perf_counter()
    train(model, x_train, y_train, epochs, batch_size)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "train_accuracy": _accuracy(model, x_train, y_train),
        "test_accuracy": _accuracy(model, x_test, y_test),
    }


def _accuracy(model: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    return float(np.mean(predicted == y.argmax(axis=1)))
