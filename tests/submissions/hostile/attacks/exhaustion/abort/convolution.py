import os


def convolve(image, kernel):
    os.abort()
