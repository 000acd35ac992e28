import numpy as np


def convolve(image, kernel):
    return np.zeros((1, 1, 1, 1, 1))
