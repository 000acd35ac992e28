"""Which class is taken for which."""

from __future__ import annotations

import numpy as np

CLASSES = 10


def confusion(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """Counts (10, 10): rows are the true classes, columns the predicted ones.

    `y_true` are class numbers (n,); `y_pred` are class numbers (n,) or probabilities (n, 10), of which
    the largest counts. A class that does not occur keeps its row and column, of zeros.
    """
    predicted = np.asarray(y_pred)
    if predicted.ndim == 2:
        predicted = predicted.argmax(axis=1)
    counts = np.zeros((CLASSES, CLASSES), dtype=np.int64)
    np.add.at(counts, (np.asarray(y_true), predicted), 1)
    return counts
