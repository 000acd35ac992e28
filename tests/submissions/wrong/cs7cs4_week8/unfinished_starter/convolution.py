"""Part (i): a convolution written out by hand, and two kernels that find edges."""

import numpy as np

K1 = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
K2 = np.array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]])


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Valid sliding product of `image` (n, m) with `kernel` (k, l).

    Both hold integers or floats of any width, 8-bit pixels included. Returns (n - k + 1, m - l + 1)
    numbers. Turning the kernel by 180 degrees first is fine, and so is not turning it.
    """
    n, m = image.shape
    k, l = kernel.shape
    output = np.zeros((n - k + 1, m - l + 1))
    for i in range(n - k + 1):
        for j in range(m - l + 1):
            total = 0.0
            for a in range(k):
                for b in range(l):
                    total += image[i + a, j + b] * kernel[a, b]
            output[i, j] = total
    return output


def edge_responses(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The red channel of a picture (h, w, 3), uint8 or float, convolved with K1 and with K2.

    Returns two arrays of shape (h - 2, w - 2), the response to K1 first.
    """
    raise NotImplementedError("task i.b: edge_responses")
