"""An epoch as one call gives the runs that Keras' own loop gives, chance and running averages included.

Tolerance: as for stacked models, see test_stacked.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.models.looped import loopable
from grader.models.spec import ModelSpec
from grader.models.stacking import stackable
from grader.models.trainer import run_trainings
from tests.models.documents import (
    compiled,
    connected,
    convolution,
    functional,
    image,
    keras_object,
    layer,
    sequential,
    text,
)
from tests.models.test_feeding import ADAM, SGD
from tests.models.test_stacked import CROSS_ENTROPY, DECAY, FLAT, L1, L1L2, assert_same, optimizer, tasks_of
from tests.models.training_side import fit_by_keras

pytestmark = pytest.mark.xdist_group("keras")

NON_NEGATIVE = keras_object("keras.constraints", "NonNeg")
HEAD = layer("Dense", "output", units=10, activation="softmax")


def conv(filters: int = 4, name: str = "conv", **settings: Any) -> Any:
    return convolution(name, **{"filters": filters, "strides": [4, 4], "activation": "relu", **settings})


def net(*layers: Any, loss: Any = CROSS_ENTROPY, optimizer: Any = ADAM) -> ModelSpec:
    document = sequential(image(28, 28, 1), *layers, HEAD)
    return ModelSpec.parse(text(document), text(compiled(loss=loss, optimizer=optimizer)))


def two_branches() -> ModelSpec:
    document = functional(
        connected(image(28, 28, 1)),
        connected(conv(name="left"), "inputlayer"),
        connected(conv(name="right", activation="tanh"), "inputlayer"),
        connected(layer("Add"), "left", "right"),
        connected(layer("Dropout", rate=0.3), "add"),
        connected(FLAT, "dropout"),
        connected(HEAD, "flatten"),
        output="output",
    )
    return ModelSpec.parse(text(document), text(compiled(optimizer=SGD)))


NETS = {
    "strided, dropout, L1": net(
        conv(),
        conv(8, "second", strides=[2, 2]),
        layer("Dropout", rate=0.5),
        FLAT,
        layer("Dense", "wide", units=16, kernel_regularizer=L1),
    ),
    "pooled": net(
        conv(strides=[2, 2]), layer("MaxPooling2D", pool_size=[2, 2], strides=[2, 2]), FLAT, optimizer=SGD
    ),
    "normalised": net(conv(), layer("BatchNormalization"), layer("Activation", activation="relu"), FLAT),
    "layers of chance": net(
        layer("GaussianNoise", stddev=0.1),
        conv(),
        layer("SpatialDropout2D", rate=0.2),
        FLAT,
        layer("AlphaDropout", rate=0.1),
    ),
    "pictures turned": net(
        layer("RandomFlip", mode="horizontal"),
        layer("RandomTranslation", height_factor=0.1, width_factor=0.1),
        conv(),
        FLAT,
    ),
    "two branches": two_branches(),
    "penalties and constraints": net(
        conv(kernel_regularizer=L1L2, activity_regularizer=L1, kernel_constraint=NON_NEGATIVE), FLAT
    ),
    "norm of all gradients": net(
        conv(), FLAT, optimizer=optimizer("SGD", global_clipnorm=0.5, learning_rate=DECAY)
    ),
    "accumulated gradients": net(conv(), FLAT, optimizer=optimizer("Adam", gradient_accumulation_steps=2)),
    "weight decay, squared error": net(conv(), FLAT, optimizer=optimizer("AdamW"), loss="mse"),
}


@pytest.mark.parametrize("name", NETS)
def test_runs_are_those_of_keras(in_keras: Callable[..., Any], name: str) -> None:
    """Same seed, same initial weights, same order of pictures, same chance, same history."""
    assert not stackable(NETS[name])
    assert loopable(NETS[name])
    task = tasks_of(NETS[name])[1]
    assert_same(in_keras(run_trainings, [task])[0], in_keras(fit_by_keras, task))


@pytest.mark.parametrize(
    "changes", [{"validation_split": 0.0, "batch_size": 300}, {"batch_size": 7, "n": 50}]
)
def test_batches_and_splits(in_keras: Callable[..., Any], changes: Any) -> None:
    """Nothing held back and one batch; batches of which the last is short."""
    task = tasks_of(NETS["strided, dropout, L1"], **changes)[0]
    assert_same(in_keras(run_trainings, [task])[0], in_keras(fit_by_keras, task))


def test_runs_do_not_depend_on_what_was_trained_before(in_keras: Callable[..., Any]) -> None:
    """The second run of a process is the run that it would have been alone."""
    one, other = tasks_of(NETS["strided, dropout, L1"])
    _, second = in_keras(run_trainings, [one, other])
    alone = in_keras(run_trainings, [other])[0]
    assert second.history == alone.history
    assert second.test_predictions == alone.test_predictions


def test_what_keras_does_at_the_end(in_keras: Callable[..., Any]) -> None:
    """An optimizer that exchanges the weights for their running averages is left to Keras' loop."""
    spec = net(conv(), FLAT, optimizer=optimizer("SGD", use_ema=True))
    assert not loopable(spec)
    task = tasks_of(spec, epochs=1)[0]
    assert_same(in_keras(run_trainings, [task])[0], in_keras(fit_by_keras, task))
