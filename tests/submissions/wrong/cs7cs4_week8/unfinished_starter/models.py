"""The three networks of parts (ii.a), (ii.c) and (ii.d).

Each function returns a compiled keras.Model for images of shape (32, 32, 3) and one-hot labels
of shape (10,).
"""

import keras


def build_strided(l1: float = 1e-4) -> keras.Model:
    """Task ii.a. `l1` is the weight of the L1 penalty on the kernel of the Dense layer."""
    raise NotImplementedError("task ii.a: build_strided")


def build_pooled(l1: float = 1e-4) -> keras.Model:
    """Task ii.c: max pooling in place of strides."""
    raise NotImplementedError("task ii.c: build_pooled")


def build_deep(l1: float = 1e-4) -> keras.Model:
    """Task ii.d: thinner and deeper."""
    raise NotImplementedError("task ii.d: build_deep")
