"""From the files of MNIST to what a network is fed."""

from __future__ import annotations

import numpy as np

CLASSES = 10


def process_dataset(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 28, 28) with pixels 0 to 255 and labels (n,) become x (n, 28, 28, 1) and y (n, 10).

    A convolution wants a channel axis, of length 1 for grey. Pixels are divided by 255, the largest
    that there can be, and not by the largest that there is: then test and training images stay
    comparable. Row i of y is 0 but for a 1 at the place of its label.
    """
    x = np.asarray(images, dtype=np.float32)[..., np.newaxis] / 255
    y = np.eye(CLASSES, dtype=np.float32)[np.asarray(labels, dtype=np.int64)]
    return x, y
