"""Alignment of architectures: the differences named are those that were made, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from grader.models.compare import align_layers, explain_parameters, parameter_formula
from grader.models.spec import ModelSpec
from tests.models.documents import Document, convolution, image, layer, sequential, text


def convolutions() -> list[Document]:
    return [
        convolution(f"c{number}", filters=filters, strides=[strides, strides], activation="relu")
        for number, (filters, strides) in enumerate([(16, 1), (16, 2), (32, 1), (32, 2)], start=1)
    ]


def head(units: int = 10) -> list[Document]:
    return [
        layer("Dropout", rate=0.5),
        layer("Flatten"),
        layer("Dense", "out", units=units, activation="softmax"),
    ]


def parsed(*layers: Document) -> ModelSpec:
    return ModelSpec.parse(text(sequential(image(), *layers)))


def pool(name: str = "pool", kind: str = "MaxPooling2D") -> Document:
    return layer(kind, name, pool_size=[2, 2], strides=[2, 2], padding="valid")


EXPECTED = parsed(*convolutions(), *head())


def statuses(spec: ModelSpec, expected: ModelSpec = EXPECTED) -> list[str]:
    return [pair.status for pair in align_layers(spec, expected)]


def test_equal_models_align() -> None:
    """The same model under other names: every layer is the same, and there is nothing to explain."""
    renamed = [
        {**item, "config": {**item["config"], "name": f"x{i}"}} for i, item in enumerate(convolutions())
    ]
    spec = parsed(*renamed, *head())
    assert statuses(spec) == ["same"] * 7
    assert explain_parameters(spec, EXPECTED) == ()


@pytest.mark.parametrize(
    ("place", "settings", "difference"),
    [
        (0, {"filters": 32}, "filters is 32 instead of 16"),
        (1, {"strides": [1, 1]}, "strides is 1 x 1 instead of 2 x 2"),
        (2, {"padding": "valid"}, "padding is valid instead of same"),
        (3, {"activation": "tanh"}, "activation is tanh instead of relu"),
        (0, {"kernel_size": [5, 5]}, "kernel_size is 5 x 5 instead of 3 x 3"),
        (0, {"use_bias": False}, "use_bias is no instead of yes"),
    ],
)
def test_changes_are_named(place: int, settings: dict[str, Any], difference: str) -> None:
    """A changed setting is told at its own layer, with both values."""
    layers = convolutions()
    layers[place]["config"].update(settings)
    pairs = align_layers(parsed(*layers, *head()), EXPECTED)
    assert len(pairs) == 7
    assert pairs[place].status == "changed"
    assert pairs[place].differences == (difference,)


@pytest.mark.parametrize("place", range(4))
def test_missing_layers_are_found(place: int) -> None:
    """A layer left out is missing, and its neighbours stay paired with their own."""
    layers = convolutions()
    del layers[place]
    found = [pair for pair in align_layers(parsed(*layers, *head()), EXPECTED) if pair.status == "missing"]
    assert len(found) == 1
    assert found[0].yours is None
    assert found[0].expected is not None
    assert found[0].expected.name == f"c{place + 1}"


@pytest.mark.parametrize("place", range(5))
def test_extra_layers_are_found(place: int) -> None:
    """A layer too many is extra wherever it stands."""
    layers = [*convolutions(), *head()]
    layers.insert(place, layer("BatchNormalization"))
    found = [pair for pair in align_layers(parsed(*layers), EXPECTED) if pair.status == "extra"]
    assert [pair.yours.class_name for pair in found if pair.yours] == ["BatchNormalization"]


def test_relatives_stand_in() -> None:
    """Average for max pooling is one changed layer, not one missing and one extra."""
    first, _, *_ = convolutions()
    pairs = align_layers(
        parsed(first, pool(kind="AveragePooling2D"), *head()), parsed(first, pool(), *head())
    )
    assert [pair.status for pair in pairs] == ["same", "changed", "same", "same", "same"]
    assert pairs[1].differences == ("it is AveragePooling2D instead of MaxPooling2D",)


def test_same_settings_other_inputs() -> None:
    """A layer with the right settings and a wrong parameter count says what reaches it."""
    layers = convolutions()
    layers[3]["config"]["strides"] = [1, 1]
    last = align_layers(parsed(*layers, *head()), EXPECTED)[-1]
    assert last.status == "follows"
    assert last.differences == ("inputs are 8192 instead of 2048",)


def test_dense_inputs_are_explained() -> None:
    """The count of the Dense layer is followed back to the layer that halved nothing."""
    layers = convolutions()
    layers[3]["config"]["strides"] = [1, 1]
    sentences = explain_parameters(parsed(*layers, *head()), EXPECTED)
    assert sentences == (
        "Your model has 98,586 parameters, 61,440 too many.",
        'Your Dense layer "out" has 8,192 x 10 + 10 = 81,930 parameters; 20,490 are expected. Your Dense '
        "layer sees 8,192 inputs because what is flattened is 16 x 16 x 32; 8 x 8 x 32 = 2,048 is expected. "
        'It begins at your Conv2D layer "c4" (strides is 1 x 1 instead of 2 x 2).',
    )


def test_missing_layer_is_explained() -> None:
    """A missing layer is named with its parameters, and as the cause of what follows from it."""
    layers = convolutions()
    del layers[3]
    sentences = explain_parameters(parsed(*layers, *head()), EXPECTED)
    assert "A Conv2D layer with 9,248 parameters is missing." in sentences
    assert sentences[-1].endswith("It begins at a missing Conv2D layer.")


def test_changed_filters_are_explained() -> None:
    """The layer itself and the next one, which sees more channels, are both accounted for."""
    layers = convolutions()
    layers[0]["config"]["filters"] = 32
    sentences = explain_parameters(parsed(*layers, *head()), EXPECTED)
    assert sentences[1] == (
        'Your Conv2D layer "c1" has 3 x 3 x 3 x 32 + 32 = 896 parameters; 448 are expected. '
        "The cause: filters is 32 instead of 16."
    )
    assert "What reaches it is 32 x 32 x 32, where 32 x 32 x 16 is expected." in sentences[2]
    assert len(sentences) == 3


def test_formulas_add_up() -> None:
    """A formula's two sides are equal, and it is the layer's count."""
    for item in EXPECTED.sized:
        formula = parameter_formula(item)
        if formula:
            left, right = formula.replace(",", "").replace(" x ", "*").split(" = ")
            assert sum(product(term) for term in left.split(" + ")) == int(right) == item.effect.parameters


def product(term: str) -> int:
    result = 1
    for factor in term.split("*"):
        result *= int(factor)
    return result
