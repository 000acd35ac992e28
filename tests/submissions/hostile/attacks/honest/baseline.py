import numpy as np


def baseline_predictions(y_train, n):
    y_train = np.asarray(y_train)
    if y_train.ndim == 2:
        y_train = y_train.argmax(axis=1)
    return np.full(n, np.bincount(y_train).argmax())
