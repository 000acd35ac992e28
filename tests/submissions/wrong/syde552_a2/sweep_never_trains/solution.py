import keras
import numpy as np
from keras import layers

SPARSE = "sparse_categorical_crossentropy"


def build_mlp(hidden=32, output="relu", optimizer="sgd", learning_rate=0.1, loss="mean_squared_error"):
    model = keras.Sequential()
    model.add(keras.Input(shape=(28, 28)))
    model.add(layers.Flatten())
    model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(10, activation=output))
    if optimizer == "adam":
        rule = keras.optimizers.Adam(learning_rate=learning_rate)
    else:
        rule = keras.optimizers.SGD(learning_rate=learning_rate)
    model.compile(optimizer=rule, loss=loss, metrics=["accuracy"])
    return model


def build_layered(depth=1, hidden=32):
    model = keras.Sequential()
    model.add(keras.Input(shape=(28, 28)))
    model.add(layers.Flatten())
    for _ in range(depth):
        model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss=SPARSE, metrics=["accuracy"])
    return model


def repeat_runs(x_train, y_train, x_test, y_test, runs=10, epochs=5, batch_size=32, **settings):
    results = []
    for run in range(runs):
        model = build_mlp(**settings)
        history = model.fit(x_train, y_train, epochs=epochs, batch_size=batch_size,
                            validation_data=(x_test, y_test), verbose=0)
        results.append(history.history)
    return results


def hidden_sweep(x_train, y_train, x_test, y_test, widths=(2, 4, 8, 16, 32, 64, 128, 256),
                 runs=10, epochs=10, batch_size=32):
    table = []
    for width in widths:
        train, test = [], []
        for run in range(runs):
            model = build_mlp(width, "softmax", "adam", 0.001, SPARSE)
            train.append(model.evaluate(x_train, y_train, verbose=0)[1])
            test.append(model.evaluate(x_test, y_test, verbose=0)[1])
        table.append({"hidden": width, "parameters": model.count_params(),
                      "train_accuracy": np.mean(train), "test_accuracy": np.mean(test)})
    return table


def confusion(y_true, y_pred):
    if np.ndim(y_pred) == 2:
        y_pred = np.argmax(y_pred, axis=1)
    matrix = np.zeros((10, 10), dtype=int)
    for true, predicted in zip(y_true, y_pred):
        matrix[true, predicted] += 1
    return matrix


def build_cifar_mlp(hidden=32):
    model = keras.Sequential()
    model.add(keras.Input(shape=(32, 32, 3)))
    model.add(layers.Flatten())
    model.add(layers.Dense(hidden, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss=SPARSE, metrics=["accuracy"])
    return model


def build_cifar_cnn():
    model = keras.Sequential()
    model.add(keras.Input(shape=(32, 32, 3)))
    model.add(layers.Conv2D(32, (3, 3), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss=SPARSE, metrics=["accuracy"])
    return model


def build_best():
    model = keras.Sequential()
    model.add(keras.Input(shape=(32, 32, 3)))
    for filters, pooled in [(32, True), (64, False), (64, True), (128, False), (128, True)]:
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.Activation("relu"))
        if pooled:
            model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss=SPARSE, metrics=["accuracy"])
    return model
