import numpy as np


def convolve(image, kernel):
    shape = (image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1)
    return np.zeros(shape, dtype=[("value", "f8"), ("verdict", "U6")])
