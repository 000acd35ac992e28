import numpy as np

K1 = np.float32([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
K2 = np.float32([[0, -1, 0], [-1, 8, -1], [0, -1, 0]])


def patch_sum(patch, kernel):
    return np.multiply(patch, kernel).sum(dtype=np.float64)


def convolve(image, kernel):
    image = np.array(image, dtype=np.float64)
    k, l = np.shape(kernel)
    rows = image.shape[0] - k + 1
    columns = image.shape[1] - l + 1
    output = np.empty((rows, columns))
    for i in range(rows):
        print("row", i, "of", rows)
        for j in range(columns):
            output[i][j] = patch_sum(image[i : i + k, j : j + l], kernel)
    return output


def edge_responses(rgb):
    return [convolve(rgb[..., 0], K1).tolist(), convolve(rgb[..., 0], K2).tolist()]
