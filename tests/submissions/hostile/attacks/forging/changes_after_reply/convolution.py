import threading

import numpy as np


def convolve(image, kernel):
    output = np.zeros((image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1))

    def change():
        for value in range(1000):
            output[...] = value

    threading.Thread(target=change, daemon=True).start()
    return output
