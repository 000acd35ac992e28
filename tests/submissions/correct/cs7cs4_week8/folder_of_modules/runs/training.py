import time

import numpy as np

from networks import build_strided


def train(model, x, y, epochs=20, batch_size=128):
    return model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)


def accuracy(model, x, y):
    predictions = np.argmax(model.predict(x, verbose=0), axis=1)
    return float(np.mean(predictions == np.argmax(y, axis=1)))


def size_sweep(x_train, y_train, x_test, y_test, sizes=(5000, 10000, 20000, 40000), epochs=20, batch_size=128):
    rows = []
    for n in sizes:
        model = build_strided()
        start = time.time()
        train(model, x_train[:n], y_train[:n], epochs, batch_size)
        rows.append(
            {
                "n": n,
                "seconds": time.time() - start,
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
