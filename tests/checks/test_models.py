"""Models are judged layer by layer, on their penalty, and on how they are compiled."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from grader.checks import CheckFailed, expect_compile, expect_layers, expect_penalty
from grader.models.spec import ModelSpec
from tests.models.documents import convolution, image, layer, sequential, text


def optimizer(kind="Adam", **settings):
    return {"module": "keras.optimizers", "class_name": kind, "config": settings, "registered_name": None}


COMPILED = {"optimizer": optimizer(), "loss": "categorical_crossentropy", "metrics": ["accuracy"]}


@dataclass(frozen=True)
class Built:
    spec: ModelSpec | None
    problem: str = ""
    function: str = "build_strided"


class Box:
    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)


def penalty(kind="L1", weight=1e-4):
    return {
        "module": "keras.regularizers",
        "class_name": kind,
        "config": {kind.lower(): weight},
        "registered_name": None,
    }


def convolutions():
    return [
        convolution(f"c{number}", filters=filters, strides=[strides, strides], activation="relu")
        for number, (filters, strides) in enumerate([(16, 1), (16, 2), (32, 1), (32, 2)], start=1)
    ]


def head(regularizer=None):
    dense = layer("Dense", "out", units=10, activation="softmax", kernel_regularizer=regularizer)
    return [layer("Dropout", rate=0.5), layer("Flatten"), dense]


def built(layers, compiled=None):
    import json

    settings = json.dumps(compiled) if compiled else None
    return Built(ModelSpec.parse(text(sequential(image(), *layers)), settings))


EXPECTED = built([*convolutions(), *head(penalty())], COMPILED).spec


def failure_of(judge):
    with pytest.raises(CheckFailed) as failure:
        judge()
    return failure.value


def test_right_layers_pass_whatever_the_penalty():
    """The penalty is another check's; the table is shown all the same."""
    box = Box()
    expect_layers(built([*convolutions(), *head()]), EXPECTED, box, title="T")
    assert box.items[0].total == box.items[0].expected_total == 37_146


def test_one_wrong_layer_keeps_half_the_points():
    """What only sees another input because of it is not counted as wrong as well."""
    layers = convolutions()
    layers[3]["config"]["strides"] = [1, 1]
    failure = failure_of(lambda: expect_layers(built([*layers, *head()]), EXPECTED, Box(), title="T"))
    assert failure.earned == 0.5
    assert "strides is 1 x 1 instead of 2 x 2" in failure.feedback
    assert "16 x 16 x 32 = 8,192 inputs" in failure.feedback


def test_two_wrong_layers_keep_nothing():
    """And both are named."""
    layers = convolutions()
    layers[0]["config"]["filters"] = 8
    del layers[2]
    failure = failure_of(lambda: expect_layers(built([*layers, *head()]), EXPECTED, Box(), title="T"))
    assert failure.earned == 0.0
    assert "filters is 8 instead of 16" in failure.feedback
    assert "A Conv2D layer is missing" in failure.feedback


def test_a_refused_model_says_why():
    """The validator's reason is the feedback, after the builder's name."""
    model = Built(None, "Layer 3 (Mine) cannot be rebuilt.", "build_deep")
    assert (
        failure_of(lambda: expect_penalty(model, 0.1)).feedback
        == "build_deep: Layer 3 (Mine) cannot be rebuilt."
    )


@pytest.mark.parametrize(
    ("regularizer", "words"),
    [
        (None, "has no L1 penalty"),
        (penalty("L2"), "an L2 penalty"),
        (penalty("L1", 0.5), "must be the argument l1"),
    ],
)
def test_wrong_penalties(regularizer, words):
    """None, another kind, another weight."""
    model = built([*convolutions(), *head(regularizer)])
    assert words in failure_of(lambda: expect_penalty(model, 1e-4)).feedback


def test_right_penalty_passes():
    """The weight is compared as a number."""
    expect_penalty(built([*convolutions(), *head(penalty("L1", 0.03))]), 0.03)


def test_penalty_on_other_layers_keeps_half():
    """The Dense layer's is right, so half is kept."""
    layers = convolutions()
    layers[1]["config"]["kernel_regularizer"] = penalty()
    failure = failure_of(lambda: expect_penalty(built([*layers, *head(penalty())]), 1e-4))
    assert failure.earned == 0.5


@pytest.mark.parametrize(
    ("compiled", "words"),
    [
        (None, 'model.compile(optimizer=keras.optimizers.Adam(...), loss="categorical_crossentropy"'),
        ({**COMPILED, "optimizer": optimizer("SGD")}, "compiles with SGD; asked for is"),
        ({**COMPILED, "optimizer": optimizer(learning_rate=0.1)}, "learning_rate is 0.1 instead of 0.001"),
        ({**COMPILED, "loss": "mse"}, "with the loss MeanSquaredError"),
    ],
)
def test_wrong_compile_settings(compiled, words):
    """Each says what to write instead."""
    model = built([*convolutions(), *head()], compiled)
    assert words in failure_of(lambda: expect_compile(model, optimizer="Adam")).feedback


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"learning_rate": 0.01}, "momentum is 0 instead of 0.9"),
        ({"learning_rate": 0.5, "momentum": 0.9}, "learning_rate is 0.5 instead of 0.01. Hand"),
        ({"learning_rate": 0.01, "momentum": 0.9, "nesterov": True}, "nesterov is yes instead of no"),
    ],
)
def test_settings_of_the_optimizer(settings, words):
    """Those asked for and, of the others, those that are not left at their defaults; half is kept."""
    model = built([*convolutions(), *head()], {**COMPILED, "optimizer": optimizer("SGD", **settings)})
    error = failure_of(
        lambda: expect_compile(model, optimizer="SGD", settings={"learning_rate": 0.01, "momentum": 0.9})
    )
    assert words in error.feedback
    assert error.earned == 0.5


def test_right_compile_settings_pass():
    """Stated or left at their defaults."""
    layers = [*convolutions(), *head()]
    expect_compile(built(layers, COMPILED), optimizer="Adam")
    for settings in ({}, {"learning_rate": 0.009999999776482582, "momentum": 0.0}):
        model = built(layers, {**COMPILED, "optimizer": optimizer("SGD", **settings)})
        expect_compile(model, optimizer="SGD", settings={"learning_rate": 0.01})
