from tensorflow import keras
from tensorflow.keras import Sequential
from tensorflow.keras.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
)

CROSSENTROPY = "sparse_categorical_crossentropy"


def build_mlp(hidden=32, output="relu", optimizer="sgd", learning_rate=0.1, loss="mean_squared_error"):
    net = Sequential([Input((28, 28)), Flatten(), Dense(hidden, "relu"), Dense(10, output)])
    chosen = keras.optimizers.get(optimizer)
    chosen.learning_rate = learning_rate
    net.compile(chosen, loss, metrics=["accuracy"])
    return net


def build_layered(depth=1, hidden=32):
    net = Sequential([Input((28, 28)), Flatten()])
    while depth > 0:
        net.add(Dense(hidden, "relu"))
        depth -= 1
    return for_ten_classes(net)


def build_cifar_mlp(hidden=32):
    return for_ten_classes(Sequential([Input((32, 32, 3)), Flatten(), Dense(hidden, "relu")]))


def build_cifar_cnn():
    net = Sequential([Input((32, 32, 3))])
    net.add(Conv2D(32, (3, 3), activation="relu"))
    net.add(MaxPooling2D())
    net.add(Conv2D(64, (3, 3), activation="relu"))
    net.add(MaxPooling2D())
    net.add(Conv2D(64, (3, 3), activation="relu"))
    net.add(Flatten())
    net.add(Dense(64, "relu"))
    return for_ten_classes(net)


def build_best():
    net = Sequential([Input((32, 32, 3))])
    convolution(net, 32)
    net.add(MaxPooling2D())
    convolution(net, 64)
    convolution(net, 64)
    net.add(MaxPooling2D())
    convolution(net, 128)
    convolution(net, 128)
    net.add(MaxPooling2D())
    net.add(Flatten())
    net.add(Dropout(0.3))
    net.add(Dense(64, "relu"))
    return for_ten_classes(net)


def convolution(net, filters):
    net.add(Conv2D(filters, 3, padding="same", use_bias=False))
    net.add(BatchNormalization(momentum=0.8))
    net.add(Activation("relu"))


def for_ten_classes(net):
    net.add(Dense(10, "softmax"))
    net.compile("adam", CROSSENTROPY, metrics=["accuracy"])
    return net
