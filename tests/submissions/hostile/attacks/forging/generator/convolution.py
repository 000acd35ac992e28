import os


def convolve(image, kernel):
    return [(number for number in image), lambda: image, os, convolve]
