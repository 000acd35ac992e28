import time

import numpy as np


def convolve(image, kernel):
    time.sleep(2.0)
    return np.zeros((1, 1))
