"""Everything that people do beside computing: printing, warning, plotting, reading and writing files."""

import logging
import os
import sys
import tempfile
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

HERE = Path(__file__).parent
log = logging.getLogger(__name__)
logging.basicConfig(level=logging.INFO, filename="week8.log")
warnings.simplefilter("always")
np.set_printoptions(precision=3)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"


@lru_cache
def kernels():
    table = np.loadtxt(HERE / "kernels.csv", delimiter=",")
    return [row.reshape(3, 3) for row in table]


def convolve(image, kernel):
    image, kernel = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    print("convolving", image.shape, "with", kernel.shape)
    warnings.warn("this may be slow")
    print("progress 100%", end="\r", file=sys.stderr, flush=True)
    log.info("image from %s to %s", image.min(), image.max())
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    output = np.zeros((rows, columns))

    def fill(i):
        for j in range(columns):
            output[i, j] = np.sum(image[i : i + kernel.shape[0], j : j + kernel.shape[1]] * kernel)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(rows)))
    np.savetxt("last_output.csv", output, delimiter=",")
    return output


def edge_responses(rgb):
    with Image.open(HERE / "data" / "square.png") as picture:
        own = np.array(picture)
    with open("kernels.csv") as file:
        assert len(file.readlines()) == 2
    responses = tuple(convolve(rgb[:, :, 0], kernel) for kernel in kernels())
    figure, axes = plt.subplots(1, 3)
    for axis, shown in zip(axes, (own, *responses)):
        axis.imshow(shown, cmap="gray")
    plt.savefig("edges.png")
    plt.show()
    plt.close("all")
    Path("results").mkdir(exist_ok=True)
    np.save("results/responses.npy", responses[0])
    np.load("results/responses.npy")
    with tempfile.NamedTemporaryFile("w+", suffix=".txt") as note:
        note.write("done")
    thread = threading.Thread(target=print, args=("finished",))
    thread.start()
    thread.join()
    return responses
