import random
import time
from datetime import datetime

import numpy as np
import tensorflow as tf
from networks import build_strided
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score

random.seed(0)
np.random.seed(0)
tf.random.set_seed(0)
print(tf.config.list_physical_devices("GPU"), tf.__version__)


def baseline_predictions(y_train, n):
    y_train = np.asarray(y_train)
    labels = y_train.argmax(axis=1) if y_train.ndim == 2 else y_train
    dummy = DummyClassifier(strategy="most_frequent").fit(np.zeros((len(labels), 1)), labels)
    return dummy.predict(np.zeros((n, 1)))


def train(model, x, y, epochs=20, batch_size=128):
    model.summary()
    print(datetime.now(), "training", len(x), "images")
    return model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=2)


def row(model, x, y, x_test, y_test, epochs, batch_size):
    begun = time.time()
    train(model, x, y, epochs, batch_size)
    seconds = time.time() - begun
    scores = [
        accuracy_score(labels.argmax(axis=1), model.predict(images).argmax(axis=1))
        for images, labels in ((x, y), (x_test, y_test))
    ]
    model.save_weights("last.weights.h5")
    return {"seconds": seconds, "train_accuracy": scores[0], "test_accuracy": scores[1]}


def size_sweep(x_train, y_train, x_test, y_test, sizes=(5000, 10000, 20000, 40000), epochs=20, batch_size=128):
    return [
        {"n": n, **row(build_strided(), x_train[:n], y_train[:n], x_test, y_test, epochs, batch_size)}
        for n in sizes
    ]


def l1_sweep(x_train, y_train, x_test, y_test, weights=(0, 1e-4, 1e-3, 1e-2, 0.1, 1, 10), epochs=20, batch_size=128):
    return [
        {"l1": weight, **row(build_strided(weight), x_train, y_train, x_test, y_test, epochs, batch_size)}
        for weight in weights
    ]
