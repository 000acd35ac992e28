"""Judges a student's model by its validated configuration: layers and penalty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from grader.checks.mark import CheckFailed
from grader.checks.student_model import Model, expect_spec
from grader.evidence import Evidence, LayerPair, LayerTable
from grader.models.compare import align_layers
from grader.models.graph import describe
from grader.models.spec import ModelSpec

ONE_LAYER_WRONG = 0.5
"""Share of the points for a network that differs in a single layer."""

_LAYERS_NAMED = 3


class Evidences(Protocol):
    def add(self, item: Evidence) -> None: ...


def expect_layers(model: Model, expected: ModelSpec, evidence: Evidences, *, title: str) -> None:
    """Same layers in the same order, penalties aside (they are another check's). Adds a LayerTable."""
    spec = expect_spec(model)
    evidence.add(
        LayerTable(
            title=title,
            caption="Your layers, as the grader reads them, beside those of the task.",
            pairs=align_layers(spec, expected),
            total=spec.parameters,
            expected_total=expected.parameters,
        )
    )
    wrong = [
        pair
        for pair in align_layers(_without_penalties(spec), _without_penalties(expected))
        if pair.status not in ("same", "follows")
    ]
    if not wrong:
        if spec.input_shape != expected.input_shape:
            raise CheckFailed(
                f"The layers are right, but the network takes images of {_size(spec.input_shape)}; the task's"
                f" are {_size(expected.input_shape)}.",
                earned=ONE_LAYER_WRONG,
            )
        return
    words = " ".join(_in_words(pair) for pair in wrong[:_LAYERS_NAMED])
    more = f" {len(wrong) - _LAYERS_NAMED} more differ: see the table." if len(wrong) > _LAYERS_NAMED else ""
    raise CheckFailed(
        f"{words}{more}{_classifier_arithmetic(spec, expected)}",
        earned=ONE_LAYER_WRONG if len(wrong) == 1 else 0.0,
    )


def expect_penalty(model: Model, l1: float) -> None:
    """An L1 penalty of weight `l1` on the kernel of the last Dense layer, and none anywhere else."""
    spec = expect_spec(model)
    dense = [item.node for item in spec.sized if item.node.class_name == "Dense"]
    if not dense:
        raise CheckFailed(f"{model.function} has no Dense layer that the L1 penalty could belong to.")
    penalty = dense[-1].settings.get("kernel_regularizer") or {}
    weight, l2 = float(penalty.get("l1", 0.0)), float(penalty.get("l2", 0.0))
    if l2:
        raise CheckFailed(
            "The last Dense layer has an L2 penalty; the task asks for L1: keras.regularizers.L1(l1). L2 sums"
            " the squares of the weights, L1 their absolute values."
        )
    if abs(weight - l1) > 1e-6 * max(l1, 1e-6):
        raise CheckFailed(_penalty_words(model.function, weight, l1))
    elsewhere = [
        item.node.class_name
        for item in spec.sized
        if item.node is not dense[-1]
        and any(item.node.settings.get(key) for key in _penalties(item.node.settings))
    ]
    if elsewhere:
        raise CheckFailed(
            f"The Dense layer's penalty is right, but there is another one on a {elsewhere[0]} layer. The"
            " task asks for one on the last Dense layer only.",
            earned=0.5,
        )


def _penalties(settings: Any) -> tuple[str, ...]:
    return tuple(key for key in settings if key.endswith("_regularizer"))


def _without_penalties(spec: ModelSpec) -> ModelSpec:
    bare = []
    for item in spec.sized:
        settings = {**item.node.settings, **dict.fromkeys(_penalties(item.node.settings))}
        bare.append(replace(item, node=replace(item.node, settings=settings)))
    return replace(spec, sized=tuple(bare))


def _penalty_words(function: str, weight: float, l1: float) -> str:
    if weight == 0.0:
        return (
            f"{function}(l1={l1:g}) has no L1 penalty on the last Dense layer. Give that layer "
            "kernel_regularizer=keras.regularizers.L1(l1)."
        )
    return (
        f"{function}(l1={l1:g}) has an L1 penalty of {weight:g}. The weight must be the argument l1, with"
        " the handout's default, not a number written into the layer."
    )


def _in_words(pair: LayerPair) -> str:
    """One sentence or two on a layer that is not as asked; built from settings, which the handout states."""
    if pair.status == "missing" and pair.expected is not None:
        settings = ", ".join(f"{key} {value}" for key, value in pair.expected.settings.items())
        return (
            f"A {pair.expected.class_name} layer is missing ({settings})."
            if settings
            else (f"A {pair.expected.class_name} layer is missing.")
        )
    if pair.yours is None:
        return ""
    yours = describe(pair.yours.class_name, pair.yours.name, pair.yours.number)
    if pair.status == "extra":
        return f"{yours} is not part of this network."
    return f"{yours} is not as asked: {'; '.join(pair.differences)}."


def _classifier_arithmetic(spec: ModelSpec, expected: ModelSpec) -> str:
    """Says what the last Dense layer sees when that is not what it should see."""
    yours, wanted = spec.sized[-1], expected.sized[-1]
    if yours.node.class_name != "Dense" or yours.input_shapes == wanted.input_shapes:
        return ""
    before = [item.effect.shape for item in spec.sized if len(item.effect.shape) == 3]
    if not before or len(yours.input_shapes[0]) != 1:
        return ""
    inputs, units = yours.input_shapes[0][-1], yours.effect.shape[-1]
    if math.prod(before[-1]) != inputs:
        return ""
    return (
        f" Your last Dense layer sees {_size(before[-1])} = {inputs:,} inputs and so has ({inputs:,} + 1) x"
        f" {units} = {yours.effect.parameters:,} parameters. Follow the output shapes through your layers, as"
        " the table shows them."
    )


def _size(shape: Sequence[int]) -> str:
    return " x ".join(str(side) for side in shape)
