"""What accuracy is worth nothing: always answer with the commonest label."""

from __future__ import annotations

import numpy as np


def baseline_predictions(y_train: np.ndarray, n: int) -> np.ndarray:
    """`n` copies of the commonest class number in `y_train`, which is (m,) integers or (m, 10) one-hot.

    It looks at training labels only: the test labels must not decide what is predicted. With ten
    equally common classes every choice gives an accuracy of 0.1.
    """
    labels = np.asarray(y_train)
    if labels.ndim == 2 and labels.shape[1] > 1:
        labels = labels.argmax(axis=1)
    commonest = np.bincount(labels.ravel()).argmax()
    return np.full(n, commonest, dtype=np.int64)
