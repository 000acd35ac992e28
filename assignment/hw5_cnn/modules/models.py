"""Three networks.

Each function returns a compiled keras.Model for images of shape (28, 28, 1) and one-hot labels of
shape (10,).
"""

import keras


def build_base(learning_rate: float = 0.01) -> keras.Model:
    """Task 4.1: one convolution, one pooling, two dense layers; SGD with `learning_rate`."""
    raise NotImplementedError("task 4.1: build_base")


def build_with_momentum(learning_rate: float = 0.01, momentum: float = 0.9) -> keras.Model:
    """Task 4.3: the base network, trained with SGD with `learning_rate` and `momentum`."""
    raise NotImplementedError("task 4.3: build_with_momentum")


def build_two_conv(learning_rate: float = 0.01) -> keras.Model:
    """Task 4.4: two convolutions, each followed by a pooling; SGD with `learning_rate`."""
    raise NotImplementedError("task 4.4: build_two_conv")
