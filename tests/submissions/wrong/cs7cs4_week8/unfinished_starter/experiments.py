"""Training, and the two sweeps of part (ii.b).

Images come as float arrays (n, 32, 32, 3), scaled to [0, 1] already; labels are one-hot (n, 10).
"""

import keras
import numpy as np


def train(model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int = 20, batch_size: int = 128):
    """Task ii.b.ii: fits a compiled model, with a tenth of the images held back for validation.

    Returns Keras' History, or its dict: loss, accuracy, val_loss and val_accuracy, one value an epoch.
    """
    raise NotImplementedError("task ii.b.ii: train")


def size_sweep(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    sizes: tuple[int, ...] = (5_000, 10_000, 20_000, 40_000),
    epochs: int = 20,
    batch_size: int = 128,
) -> list[dict[str, float]]:
    """Task ii.b.iii: a new strided network for each n in `sizes`, trained on the first n images.

    Returns one row for each n, in order: {"n", "seconds", "train_accuracy", "test_accuracy"}.
    `seconds` is the training's; accuracies are fractions, on the n training images and on all of
    x_test.
    """
    raise NotImplementedError("task ii.b.iii: size_sweep")


def l1_sweep(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_test: np.ndarray,
    y_test: np.ndarray,
    weights: tuple[float, ...] = (0.0, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0),
    epochs: int = 20,
    batch_size: int = 128,
) -> list[dict[str, float]]:
    """Task ii.b.iv: a new strided network for each L1 weight, trained on all of x_train.

    Returns one row for each weight, in order: {"l1", "seconds", "train_accuracy", "test_accuracy"}.
    """
    raise NotImplementedError("task ii.b.iv: l1_sweep")
