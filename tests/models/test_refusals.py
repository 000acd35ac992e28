"""Configurations that must not pass: malicious, broken, too large, or simply not known."""

from __future__ import annotations

import time
from typing import Any

import pytest

from grader.models.spec import ModelSpec, SpecError
from tests.models.documents import (
    branched,
    compiled,
    connected,
    convolution,
    keras_object,
    layer,
    sequential,
    small,
    text,
)
from tests.models.refused import REFUSED, REFUSED_COMPILES, REFUSED_TEXTS


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """A configuration outside the allow-list raises SpecError and says what is wrong."""
    document, reason = REFUSED[name]
    with pytest.raises(SpecError) as caught:
        ModelSpec.parse(text(document), input_shape=(32, 32, 3))
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["\x1b[31m", "\u202e", "\ud800"])
def test_messages_can_be_shown(name: str) -> None:
    """Names from a student's process are quoted without what could steer a terminal or break a file."""
    for document in (small(**{name: 1}), {**small(), name: 1}, sequential(layer(f"Dense{name}", units=1))):
        with pytest.raises(SpecError) as caught:
            ModelSpec.parse(text(document), input_shape=(32, 32, 3))
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", REFUSED_TEXTS)
def test_refused_text(name: str) -> None:
    """What is not strict JSON of bounded size is refused before anything is made of it."""
    document, reason = REFUSED_TEXTS[name]
    with pytest.raises(SpecError, match=reason):
        ModelSpec.parse(document)


@pytest.mark.parametrize("name", REFUSED_COMPILES)
def test_refused_compile_settings(name: str) -> None:
    """Compile settings outside the allow-list leave a model that cannot be trained, and say why."""
    document, reason = REFUSED_COMPILES[name]
    spec = ModelSpec.parse(text(small()), text(document))
    assert spec.compile is None
    assert reason in spec.compile_problem
    with pytest.raises(SpecError):
        spec.require_trainable((32, 32, 3), 10)


def test_good_documents_pass() -> None:
    """The documents that the tests above spoil are accepted as they are."""
    assert ModelSpec.parse(text(small()), text(compiled())).parameters == 448 + 163_850
    assert ModelSpec.parse(text(branched())).parameters == 2 * 448 + 163_850


def test_unused_branches_do_not_count() -> None:
    """Layers that the output does not depend on are not part of the model."""
    document = branched()
    document["config"]["layers"].insert(3, connected(convolution("dead", filters=99), "left"))
    assert ModelSpec.parse(text(document)) == ModelSpec.parse(text(branched()))


def test_model_without_a_shape() -> None:
    """A model that states no input takes the caller's shape, or is refused with the remedy."""
    document = text(sequential(convolution()))
    assert ModelSpec.parse(document, input_shape=(32, 32, 3)).parameters == 448
    with pytest.raises(SpecError, match=r"keras\.Input"):
        ModelSpec.parse(document)


@pytest.mark.parametrize(
    "document",
    ["[" * 900_000, '{"a":' * 150_000, '"' + "x" * 999_000, "[" + "1," * 499_000 + "1]"],
    ids=str.__len__,
)
def test_refusal_is_quick(document: str) -> None:
    """The largest text that is read at all costs less than a second."""
    start = time.process_time()
    with pytest.raises(SpecError):
        ModelSpec.parse(document)
    assert time.process_time() - start < 1


def canonical(*layers: Any, **changes: Any) -> str:
    return text({"version": 1, "input": [4, 4, 1], "layers": list(layers), "compile": None, **changes})


@pytest.mark.parametrize(
    "document",
    [
        canonical({"class": "Lambda"}),
        canonical({"class": "Dense", "settings": {"units": "10"}}),
        canonical({"class": "Flatten", "inputs": [0]}),
        canonical({"class": "Flatten", "inputs": "all"}),
        canonical({"class": "Flatten", "name": "x"}),
        canonical("Flatten"),
        canonical(),
        canonical({"class": "Flatten"}, input=[4.5]),
        canonical({"class": "Flatten"}, version=2),
        canonical({"class": "Flatten"}, compile={"optimizer": "adam"}),
        canonical(
            {"class": "Flatten"},
            compile={"optimizer": {"class": "Evil"}, "loss": {"class": "MeanSquaredError"}},
        ),
        "[]",
    ],
)
def test_canonical_form_is_checked_too(document: str) -> None:
    """A trainer trusts a canonical form no more than a student's configuration."""
    with pytest.raises(SpecError):
        ModelSpec.from_canonical(document)


def test_trainable_only_on_fitting_data() -> None:
    """Images or classes that the model was not made for are the student's to mend, in words."""
    spec = ModelSpec.parse(text(small()), text(compiled()))
    assert spec.require_trainable((32, 32, 3), 10).loss == {"class": "CategoricalCrossentropy"}
    with pytest.raises(SpecError, match="28 x 28 x 1"):
        spec.require_trainable((28, 28, 1), 10)
    with pytest.raises(SpecError, match="100 numbers"):
        spec.require_trainable((32, 32, 3), 100)
    with pytest.raises(SpecError, match=r"model\.compile"):
        ModelSpec.parse(text(small())).require_trainable((32, 32, 3), 10)


def test_float32_noise_is_not_a_difference() -> None:
    """Keras stores 1e-4 as 9.999999747378752e-05, and reports show what the student wrote."""
    noisy = small(kernel_regularizer=keras_object("keras.regularizers", "L1", l1=9.999999747378752e-05))
    plain = small(kernel_regularizer=keras_object("keras.regularizers", "L1L2", l1=1e-4, l2=0.0))
    assert ModelSpec.parse(text(noisy)) == ModelSpec.parse(text(plain))
    none = small(kernel_regularizer=keras_object("keras.regularizers", "L1", l1=0.0))
    assert ModelSpec.parse(text(none)) == ModelSpec.parse(text(small()))
