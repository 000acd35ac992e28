"""The networks. Each function returns a compiled keras.Model for pixels from 0 to 1 and ten classes."""

import keras


def build_mlp(
    hidden: int = 32,
    output: str = "relu",
    optimizer: str = "sgd",
    learning_rate: float = 0.1,
    loss: str = "mean_squared_error",
) -> keras.Model:
    """Tasks 1 to 6: digits (28, 28) -> one hidden layer with ReLU -> ten outputs.

    `output` is the activation of the last layer, "relu" or "softmax"; `optimizer` "sgd" or "adam";
    `loss` "mean_squared_error" (one-hot labels) or "sparse_categorical_crossentropy" (class numbers).
    """
    raise NotImplementedError("task 1: build_mlp")


def build_layered(depth: int = 1, hidden: int = 32) -> keras.Model:
    """Task 7: `depth` hidden layers (0 for none) of `hidden` units; softmax, Adam, sparse cross-entropy."""
    raise NotImplementedError("task 7: build_layered")


def build_cifar_mlp(hidden: int = 32) -> keras.Model:
    """Task 8: pictures (32, 32, 3) -> one hidden layer; softmax, Adam, sparse cross-entropy."""
    raise NotImplementedError("task 8: build_cifar_mlp")


def build_cifar_cnn() -> keras.Model:
    """Task 9: three convolutions, two poolings, two dense layers; as in the handout."""
    raise NotImplementedError("task 9: build_cifar_cnn")


def build_best() -> keras.Model:
    """Task 10: any network of Keras' own layers for pictures (32, 32, 3), within the handout's limits."""
    raise NotImplementedError("task 10: build_best")
