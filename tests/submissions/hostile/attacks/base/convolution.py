"""The honest mistake that the attacks try to hide: the output is never computed."""

import numpy as np


def convolve(image, kernel):
    """Zeros of the right shape."""
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    return np.zeros((rows, columns))
