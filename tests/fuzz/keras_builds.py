"""Keras configurations that were accepted: Keras builds them, with the shapes and parameters foretold."""

from __future__ import annotations

import keras

from grader.models.build import build_model
from grader.models.spec import ModelSpec, SpecError
from tests.fuzz.keras import BY_HAND, INPUT_SHAPE, PLAUSIBLE, chains, genuine, join, split
from tests.fuzz.spoil import spoilt
from tests.fuzz.target import ACCEPTED, Target, refusal

_PARAMETERS = 300_000  # larger models take seconds to initialise and say nothing more


def contract(case: bytes) -> str:
    config, compile_config = split(case)
    try:
        spec = ModelSpec.parse(config, compile_config, input_shape=INPUT_SHAPE)
    except SpecError as error:
        return refusal(error)
    if spec.parameters > _PARAMETERS:
        return "not built: large"
    keras.backend.clear_session()  # else Keras keeps the graph of every model
    model = build_model(spec)
    assert model.count_params() == spec.parameters
    assert tuple(model.output_shape[1:]) == spec.output_shape
    assert (
        sum(int(weight.shape.num_elements()) for weight in model.trainable_weights)
        == spec.trainable_parameters
    )
    return ACCEPTED


TARGET = Target(
    name="keras_builds",
    contract=contract,
    cases=(spoilt(BY_HAND, PLAUSIBLE, most=1) | chains()).map(join),
    genuine=genuine,
    tokens=(),
)
