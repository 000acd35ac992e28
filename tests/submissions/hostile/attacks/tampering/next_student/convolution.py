import builtins
import sys

import keras
import numpy as np


def convolve(image, kernel):
    np.zeros = np.full = lambda *args, **kwargs: 1 / 0
    keras.Sequential = keras.Model = None
    builtins.range = builtins.sum = lambda *args: 1 / 0
    sys.setrecursionlimit(60)
    sys.modules["numpy"] = sys.modules["keras"] = None
    raise ValueError("done")
