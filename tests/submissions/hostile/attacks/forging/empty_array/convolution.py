import numpy as np


def convolve(image, kernel):
    return np.zeros((0, 0))
