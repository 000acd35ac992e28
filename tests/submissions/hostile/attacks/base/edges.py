import numpy as np
from convolution import convolve

K1 = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
K2 = np.array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]])


def edge_responses(rgb):
    red = rgb[:, :, 0]
    return convolve(red, K1), convolve(red, K2)
