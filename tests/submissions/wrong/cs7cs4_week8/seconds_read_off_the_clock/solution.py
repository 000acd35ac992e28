import time

import keras
import numpy as np
from keras import layers, regularizers

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


def build_strided(l1=1e-4):
    model = keras.Sequential()
    model.add(keras.Input(shape=(32, 32, 3)))
    model.add(layers.Conv2D(16, (3, 3), padding="same", activation="relu"))
    model.add(layers.Conv2D(16, (3, 3), strides=(2, 2), padding="same", activation="relu"))
    model.add(layers.Conv2D(32, (3, 3), padding="same", activation="relu"))
    model.add(layers.Conv2D(32, (3, 3), strides=(2, 2), padding="same", activation="relu"))
    model.add(layers.Dropout(0.5))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax", kernel_regularizer=regularizers.L1(l1)))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def build_pooled(l1=1e-4):
    model = keras.Sequential()
    model.add(keras.Input(shape=(32, 32, 3)))
    model.add(layers.Conv2D(16, (3, 3), padding="same", activation="relu"))
    model.add(layers.Conv2D(16, (3, 3), padding="same", activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(32, (3, 3), padding="same", activation="relu"))
    model.add(layers.Conv2D(32, (3, 3), padding="same", activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Dropout(0.5))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax", kernel_regularizer=regularizers.L1(l1)))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def build_deep(l1=1e-4):
    model = keras.Sequential()
    model.add(keras.Input(shape=(32, 32, 3)))
    for filters in (8, 16, 32):
        model.add(layers.Conv2D(filters, (3, 3), padding="same", activation="relu"))
        model.add(layers.Conv2D(filters, (3, 3), strides=(2, 2), padding="same", activation="relu"))
    model.add(layers.Dropout(0.5))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax", kernel_regularizer=regularizers.L1(l1)))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def baseline_predictions(y_train, n):
    y_train = np.asarray(y_train)
    if y_train.ndim == 2:
        y_train = np.argmax(y_train, axis=1)
    values, counts = np.unique(y_train, return_counts=True)
    return np.full(n, values[np.argmax(counts)])


def train(model, x, y, epochs=20, batch_size=128):
    return model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)


def accuracy(model, x, y):
    predictions = np.argmax(model.predict(x, verbose=0), axis=1)
    return float(np.mean(predictions == np.argmax(y, axis=1)))


def size_sweep(x_train, y_train, x_test, y_test, sizes=(5000, 10000, 20000, 40000), epochs=20, batch_size=128):
    rows = []
    for n in sizes:
        model = build_strided()
        train(model, x_train[:n], y_train[:n], epochs, batch_size)
        rows.append(
            {
                "n": n,
                "seconds": time.monotonic(),
                "train_accuracy": accuracy(model, x_train[:n], y_train[:n]),
                "test_accuracy": accuracy(model, x_test, y_test),
            }
        )
    return rows


def l1_sweep(x_train, y_train, x_test, y_test, weights=(0, 1e-4, 1e-3, 1e-2, 0.1, 1, 10), epochs=20, batch_size=128):
    rows = []
    for weight in weights:
        model = build_strided(l1=weight)
        start = time.time()
        train(model, x_train, y_train, epochs, batch_size)
        rows.append(
            {
                "l1": weight,
                "seconds": time.time() - start,
                "train_accuracy": accuracy(model, x_train, y_train),
                "test_accuracy": accuracy(model, x_test, y_test),
            }
        )
    return rows
