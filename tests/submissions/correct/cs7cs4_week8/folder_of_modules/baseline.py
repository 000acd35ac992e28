import numpy as np


def baseline_predictions(y_train, n):
    y_train = np.asarray(y_train)
    if y_train.ndim == 2:
        y_train = np.argmax(y_train, axis=1)
    values, counts = np.unique(y_train, return_counts=True)
    return np.full(n, values[np.argmax(counts)])
