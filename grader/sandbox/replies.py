"""What goes into a session and comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.sandbox.box.values import Plain, Value

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Reply:
    """What a function returned and printed; both clocks were read outside the sandbox."""

    value: Value
    output: str
    wall_seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class ModelReply:
    """A model as its author's code describes it; nothing in it has been validated.

    `config` is the JSON text of the Keras configuration, or "" with the reason in `problem`;
    `compile_config` is JSON text, None for a model that is not compiled. `defaults` are the builder's
    default arguments, as far as they are numbers and short texts.
    """

    config: str
    compile_config: str | None
    problem: str
    defaults: Mapping[str, Plain]
    output: str


@dataclass(frozen=True)
class LossReply:
    """What a loss gave for each pair of batches: for one-hot rows, and for class numbers in their
    place. None where it raised or gave something else than real numbers."""

    rows: tuple[np.ndarray, ...] | None
    labels: tuple[np.ndarray, ...] | None


@dataclass(frozen=True)
class FitTask:
    """Training inside the sandbox: x (n, ...), y_train integer labels (n,); no labels for x_test.

    `optimizer`, `loss` and `metrics` serve for a model that its author did not compile; `seconds`
    is the wall-clock limit of the whole task.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    epochs: int
    batch_size: int
    validation_split: float = 0.1
    seed: int = 0
    optimizer: str = "adam"
    loss: str = "sparse_categorical_crossentropy"
    metrics: tuple[str, ...] = ("accuracy",)
    seconds: float = 600.0


@dataclass(frozen=True)
class FitReply:
    """Metrics per epoch and predictions (n, classes); `problem` says why there are none."""

    history: dict[str, list[float]]
    train_predictions: np.ndarray
    test_predictions: np.ndarray
    seconds: float
    problem: str
