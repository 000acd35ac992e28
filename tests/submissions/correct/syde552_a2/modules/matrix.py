import numpy as np


def confusion(y_true, y_pred):
    """Rows: what it is. Columns: what the network says."""
    if np.ndim(y_pred) == 2:
        y_pred = np.argmax(y_pred, axis=1)
    table = [[0] * 10 for _ in range(10)]
    for truth, answer in zip(y_true, y_pred, strict=True):
        table[int(truth)][int(answer)] += 1
    return table
