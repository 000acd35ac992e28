"""Make grader/resources/digits32.npz from the four official MNIST idx files.

Usage: python tools/make_digits32.py FOLDER-WITH-IDX-FILES

Takes the first 200 training and the first 50 test digits of each class, in the order of the files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.data.sources import mnist_arrays, open_source

TARGET = Path(__file__).parents[1] / "grader" / "resources" / "digits32.npz"
TRAIN_PER_CLASS = 200
TEST_PER_CLASS = 50


def first_of_each_class(labels: NDArray[np.uint8], count: int) -> NDArray[np.intp]:
    """Ascending positions of the first `count` of each label 0 to 9."""
    return np.sort(np.concatenate([np.flatnonzero(labels == label)[:count] for label in range(10)]))


def main(folder: Path) -> None:
    """Write the file; the idx files' MD5 sums are checked on reading."""
    mnist = mnist_arrays(open_source(folder))
    train = first_of_each_class(mnist.y_train, TRAIN_PER_CLASS)
    test = first_of_each_class(mnist.y_test, TEST_PER_CLASS)
    np.savez_compressed(
        TARGET,
        x_train=mnist.x_train[train],
        y_train=mnist.y_train[train],
        x_test=mnist.x_test[test],
        y_test=mnist.y_test[test],
    )
    print(f"{TARGET}: {len(train):,} + {len(test):,} digits, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
