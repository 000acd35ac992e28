"""Training from scratch again and again, and what the width of the hidden layer does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from networks import SPARSE, build_mlp

Curves = dict[str, list[float]]
_ON_TEST_IMAGES = {"val_loss": "test_loss", "val_accuracy": "test_accuracy"}


def repeat_runs(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    runs: int = 10,
    epochs: int = 5,
    batch_size: int = 32,
    **settings: Any,
) -> list[Curves]:
    """The curves of `runs` networks, each built anew by build_mlp(**settings).

    New start weights and another order of the images are all that tells the runs apart. The second
    pair of curves is measured on the test images, after each epoch.
    """
    curves = []
    for _ in range(runs):
        history = build_mlp(**settings).fit(
            x_train,
            y_train,
            epochs=epochs,
            batch_size=batch_size,
            validation_data=(x_test, y_test),
            verbose=0,
        )
        curves.append({_ON_TEST_IMAGES.get(name, name): values for name, values in history.history.items()})
    return curves


def hidden_sweep(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    widths: Sequence[int] = (2, 4, 8, 16, 32, 64, 128, 256),
    runs: int = 10,
    epochs: int = 10,
    batch_size: int = 32,
) -> list[dict[str, float]]:
    """One row for each width: parameters, and both accuracies as means over `runs` new networks."""
    rows = []
    for width in widths:
        trained, tested = [], []
        for _ in range(runs):
            model = build_mlp(
                hidden=width, output="softmax", optimizer="adam", learning_rate=0.001, loss=SPARSE
            )
            model.fit(x_train, y_train, epochs=epochs, batch_size=batch_size, verbose=0)
            trained.append(model.evaluate(x_train, y_train, verbose=0)[1])
            tested.append(model.evaluate(x_test, y_test, verbose=0)[1])
        rows.append(
            {
                "hidden": width,
                "parameters": model.count_params(),
                "train_accuracy": float(np.mean(trained)),
                "test_accuracy": float(np.mean(tested)),
            }
        )
    return rows
