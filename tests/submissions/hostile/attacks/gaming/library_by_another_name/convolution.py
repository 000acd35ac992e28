import importlib

import numpy as np


def convolve(image, kernel):
    library = importlib.import_module("scipy." + "signal")
    return getattr(library, "corr" + "elate2d")(np.asarray(image, float), np.asarray(kernel, float), mode="valid")
