"""The solution of the small week."""

import keras
import numpy as np
from keras import layers


def convolve(image, kernel):
    """The sums over every place where the kernel (k, l) fits into the image (n, m)."""
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    sums = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            patch = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
            sums[row, column] = np.sum(patch.astype(float) * kernel)
    return sums


def build_network():
    """A compiled keras.Model for pictures of shape (32, 32, 3)."""
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y, epochs, batch_size):
    """Trains with a tenth of the pictures held back; returns what fit returns."""
    return model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
