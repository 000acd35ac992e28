"""Part (i): a convolution written out by hand, and two kernels that find edges."""

from __future__ import annotations

import numpy as np

K1 = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
K2 = np.array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]])


def convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slides a k x l kernel over an n x m image: (n - k + 1) x (m - width + 1) sums of products.

    The kernel is laid on as it is, without a flip, as a convolutional layer does it. Integers are
    widened first: 8-bit pixels would wrap round at 256.
    """
    image, kernel = _widened(image), _widened(kernel)
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    output = np.zeros((rows, columns), dtype=np.result_type(image, kernel))
    for i in range(rows):
        for j in range(columns):
            output[i, j] = np.sum(image[i : i + height, j : j + width] * kernel)
    return output


def edge_responses(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The red channel of an h x w x 3 picture under K1 and K2: two arrays (h - 2) x (w - 2).

    K1 sums to 0, so flat areas go to 0 and only edges stay. K2 sums to 4: the picture remains
    visible, brightened, with its edges sharpened.
    """
    red = rgb[:, :, 0]
    return convolve(red, K1), convolve(red, K2)


def _widened(values: np.ndarray) -> np.ndarray:
    """Integers and booleans as int64; floats as they are."""
    array = np.asarray(values)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.int64)
