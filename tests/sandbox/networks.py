"""Networks as a submission would make them. This file is sent into the sandbox as student code."""

import functools

import keras
import tensorflow as tf
from keras import layers


def build(filters=4, rate=0.0):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(filters, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dropout(rate),
            layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.L1(1e-4)),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class Odd(int):
    """A number that is equal to every other."""

    __hash__ = int.__hash__

    def __eq__(self, other):
        return True


ODD = Odd(4)


def build_with_odd_defaults(
    sizes=(1, 2), rate=float("inf"), big=10**4000, words="a" * 200, filters=ODD, rest=None
):
    return build()


def build_with_a_broken_signature(filters=4):
    return build(filters)


build_with_a_broken_signature.__signature__ = "none"


def build_by_keyword(*, filters=4, rate=0.0):
    return build(filters, rate)


def build_by_place(filters=4, /, rate=0.0):
    return build(filters, rate)


def twice(builder):
    @functools.wraps(builder)
    def wrapped(*args, **kwargs):
        builder(*args, **kwargs)
        return builder(*args, **kwargs)

    return wrapped


build_wrapped = twice(build)


def build_uncompiled():
    return keras.Sequential([keras.Input((8, 8, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])


def build_one_hot():
    model = build_uncompiled()
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


class Scaled(layers.Layer):
    def __init__(self, factor, thing):
        super().__init__()
        self.factor, self.thing = factor, thing

    def call(self, x):
        return x * self.factor


def build_custom():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            Scaled(2.0, object()),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def own_loss(y_true, y_pred):
    return keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y_true, y_pred))


def build_own_loss():
    model = build_uncompiled()
    model.compile("adam", own_loss)
    return model


def build_grey(shape, kind, loss):
    body = {
        "convolution": [layers.Conv2D(2, 3), layers.Flatten()],
        "flatten": [layers.Flatten()],
        "vector": [],
    }[kind]
    start = [keras.Input(tuple(shape))] if shape else []
    model = keras.Sequential([*start, *body, layers.Dense(3, activation="softmax")])
    model.compile("adam", LOSSES.get(loss, loss), metrics=["accuracy"])
    return model


class Squared(keras.losses.Loss):
    def __init__(self, power):
        super().__init__()
        self.power = power

    def call(self, y_true, y_pred):
        return (y_true - y_pred) ** self.power


def named(loss, name):
    loss.__name__ = name
    return loss


LOSSES = {
    "own class": Squared(2),
    "partial": functools.partial(lambda power, y_true, y_pred: (y_true - y_pred) ** power, 2),
    "in TensorFlow": tf.function(lambda y_true, y_pred: tf.reduce_mean((y_true - y_pred) ** 2)),
    "liar": named(lambda y_true, y_pred: abs(y_true - y_pred), "mean_squared_error"),
    "other": lambda y_true, y_pred: (y_true - y_pred) ** 4,
    "of words": lambda y_true, y_pred: "MeanSquaredError",
    "own, sparse": own_loss,
    "own, one-hot": lambda y_true, y_pred: (y_true - y_pred) ** 2,
    "Keras' function": keras.losses.mean_squared_error,
}


def build_nothing():
    keras.Sequential([layers.Dense(3)])


def train(model, x, y, epochs=2):
    return model.fit(x, y, epochs=epochs, batch_size=16, validation_split=0.25, verbose=0)


GRAPHS = []


def noting(y_true, y_pred):
    GRAPHS.append(not tf.executing_eagerly())
    return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)


def build_noting():
    model = build_uncompiled()
    model.compile("sgd", noting)
    return model


def train_noting(x, y):
    build_noting().fit(x, y, verbose=0)
    return graphs_seen()


def graphs_seen():
    seen = set(GRAPHS)
    GRAPHS.clear()
    return [str(graph) for graph in seen]


def predict(model, x):
    return keras.ops.convert_to_tensor(model.predict(x, verbose=0))


def build_big():
    return keras.Sequential([keras.Input((4096,)), layers.Dense(200000)])
