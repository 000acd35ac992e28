import numpy as np


def convolve(image, kernel):
    print(image.tolist(), kernel.tolist())
    assert np.array_equal(image, kernel), "expected what?"
