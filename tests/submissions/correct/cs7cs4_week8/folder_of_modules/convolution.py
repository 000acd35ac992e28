import numpy as np

K1 = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
K2 = np.array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]])


def convolve(image, kernel):
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


def edge_responses(rgb):
    red = rgb[:, :, 0]
    return convolve(red, K1), convolve(red, K2)
