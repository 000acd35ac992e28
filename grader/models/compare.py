"""A submitted architecture beside the expected one: which layers differ, in what, and what that does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from math import prod
from types import NoneType
from typing import Any

from grader.evidence import LayerPair
from grader.models.graph import SizedNode
from grader.models.rows import layer_row, setting_words
from grader.models.shapes import words
from grader.models.spec import ModelSpec

FAMILIES = (
    {"Conv2D", "SeparableConv2D", "DepthwiseConv2D", "Conv2DTranspose"},
    {"MaxPooling2D", "AveragePooling2D"},
    {"GlobalMaxPooling2D", "GlobalAveragePooling2D", "Flatten"},
    {"Dropout", "SpatialDropout2D", "GaussianDropout", "AlphaDropout", "GaussianNoise"},
    {"BatchNormalization", "LayerNormalization", "GroupNormalization"},
    {"Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"},
)
"""A layer may stand in the place of another of its family; other layers are missing or extra."""

GAP = 1.0
Step = tuple[int | None, int | None]


def align_layers(actual: ModelSpec, expected: ModelSpec) -> tuple[LayerPair, ...]:
    """Pairs in the order of the models, with the fewest and smallest differences possible."""
    return tuple(_pair(actual, expected, step) for step in _alignment(actual.sized, expected.sized))


def explain_parameters(actual: ModelSpec, expected: ModelSpec) -> tuple[str, ...]:
    """Sentences to the student on why the total differs; empty when every layer's count agrees."""
    sentences = []
    for mine, theirs in _alignment(actual.sized, expected.sized):
        if mine is None and theirs is not None and expected.sized[theirs].effect.parameters:
            item = expected.sized[theirs]
            sentences.append(
                f"A {item.node.class_name} layer with {item.effect.parameters:,} parameters is missing."
            )
        elif mine is not None and theirs is None and actual.sized[mine].effect.parameters:
            item = actual.sized[mine]
            sentences.append(
                f"{_called(item)} is one too many: it adds {item.effect.parameters:,} parameters."
            )
        elif mine is not None and theirs is not None:
            sentences.extend(_explain_pair(actual, expected, mine, theirs))
    if sentences:
        sentences.insert(0, _total(actual.parameters, expected.parameters))
    return tuple(sentences)


def parameter_formula(item: SizedNode) -> str:
    """How a layer's count comes about, e.g. "3 x 3 x 16 x 32 + 32 = 4,640"; "" for other layers."""
    node, count = item.node, f"{item.effect.parameters:,}"
    if node.class_name == "Dense":
        weights, outputs = f"{item.input_shapes[0][-1]:,} x {node.settings['units']}", node.settings["units"]
    elif node.class_name == "Conv2D":
        kernel = words(tuple(node.settings["kernel_size"]))
        outputs = node.settings["filters"]
        weights = f"{kernel} x {item.input_shapes[0][2] // node.settings['groups']} x {outputs}"
    else:
        return ""
    return f"{weights} + {outputs} = {count}" if node.settings["use_bias"] else f"{weights} = {count}"


def _explain_pair(actual: ModelSpec, expected: ModelSpec, mine: int, theirs: int) -> Iterator[str]:
    yours, wanted = actual.sized[mine], expected.sized[theirs]
    if yours.effect.parameters == wanted.effect.parameters:
        return
    yield (
        f"{_called(yours)} has {_counted(yours)} parameters; {wanted.effect.parameters:,} are expected."
        + _why_inputs(actual, expected, mine, theirs)
    )


def _counted(item: SizedNode) -> str:
    return parameter_formula(item) or f"{item.effect.parameters:,}"


def _why_inputs(actual: ModelSpec, expected: ModelSpec, mine: int, theirs: int) -> str:
    """What reaches the layer, and since which layer the shapes have been different."""
    yours, wanted = actual.sized[mine], expected.sized[theirs]
    if yours.input_shapes == wanted.input_shapes:
        differences = _differences(yours, wanted)
        return f" The cause: {'; '.join(differences)}." if differences else ""
    inputs, expected_inputs = yours.input_shapes[0], wanted.input_shapes[0]
    if yours.node.class_name == "Dense":
        seen = f"Your Dense layer sees {inputs[-1]:,} inputs because {_before_flattening(actual, mine)}"
        fact = f" {seen}; {_origin(expected, theirs)} = {expected_inputs[-1]:,} is expected."
    else:
        fact = f" What reaches it is {words(inputs)}, where {words(expected_inputs)} is expected."
    cause = _first_shape_change(actual, expected, mine)
    return fact + (f" It begins at {cause}." if cause else "")


def _before_flattening(spec: ModelSpec, index: int) -> str:
    return (
        f"what is flattened is {_origin(spec, index)}"
        if _flattened(spec, index)
        else "that is what comes before it"
    )


def _origin(spec: ModelSpec, index: int) -> str:
    """ "8 x 8 x 32", the image behind a flat input, or the input itself."""
    shape = _flattened(spec, index) or spec.sized[index].input_shapes[0]
    return words(shape)


def _flattened(spec: ModelSpec, index: int) -> tuple[int, ...] | None:
    """The shape before the nearest Flatten above, if only layers that keep shapes lie between."""
    size = prod(spec.sized[index].input_shapes[0])
    for item in reversed(spec.sized[:index]):
        if item.node.class_name == "Flatten" and prod(item.effect.shape) == size:
            return item.input_shapes[0]
        if item.effect.shape != spec.sized[index].input_shapes[0]:
            return None
    return None


def _first_shape_change(actual: ModelSpec, expected: ModelSpec, before: int) -> str:
    """The earliest layer that changes shapes otherwise than expected, with the difference."""
    for mine, theirs in _alignment(actual.sized, expected.sized):
        if mine is not None and mine >= before:
            return ""
        if mine is None and theirs is not None and _resizes(expected.sized[theirs]):
            return f"a missing {expected.sized[theirs].node.class_name} layer"
        if mine is not None and theirs is None and _resizes(actual.sized[mine]):
            return f"{_named(actual.sized[mine])}, which is one too many"
        if mine is not None and theirs is not None:
            yours, wanted = actual.sized[mine], expected.sized[theirs]
            if yours.effect.shape != wanted.effect.shape and (differences := _differences(yours, wanted)):
                return f"{_named(yours)} ({'; '.join(differences)})"
    return ""


def _resizes(item: SizedNode) -> bool:
    return item.effect.shape != item.input_shapes[0]


def _total(actual: int, expected: int) -> str:
    if actual == expected:
        return f"The total of {actual:,} parameters is right, but it is spread otherwise."
    more = f"{abs(actual - expected):,} too {'many' if actual > expected else 'few'}"
    return f"Your model has {actual:,} parameters, {more}."


def _called(item: SizedNode) -> str:
    """At the beginning of a sentence."""
    return f"Your {_named(item).removeprefix('your ')}"


def _named(item: SizedNode) -> str:
    name = f' "{item.node.name}"' if item.node.name else ""
    return f"your {item.node.class_name} layer{name}"


def _pair(actual: ModelSpec, expected: ModelSpec, step: Step) -> LayerPair:
    mine, theirs = step
    yours = None if mine is None else layer_row(actual.sized[mine], mine + 1)
    wanted = None if theirs is None else layer_row(expected.sized[theirs], theirs + 1)
    if mine is None or theirs is None:
        return LayerPair(status="missing" if mine is None else "extra", yours=yours, expected=wanted)
    first, second = actual.sized[mine], expected.sized[theirs]
    if differences := _differences(first, second):
        return LayerPair(status="changed", yours=yours, expected=wanted, differences=differences)
    if first.effect.parameters == second.effect.parameters:
        return LayerPair(status="same", yours=yours, expected=wanted)
    sees = f"inputs are {words(first.input_shapes[0])} instead of {words(second.input_shapes[0])}"
    return LayerPair(status="follows", yours=yours, expected=wanted, differences=(sees,))


def _differences(yours: SizedNode, wanted: SizedNode) -> tuple[str, ...]:
    """Settings that differ, in words such as "filters is 32 instead of 16"."""
    mine, theirs = yours.node, wanted.node
    found = []
    if mine.class_name != theirs.class_name:
        found.append(f"it is {mine.class_name} instead of {theirs.class_name}")
    for key, value in theirs.settings.items():
        if key in mine.settings and not _equal(mine.settings[key], value):
            found.append(f"{key} is {setting_words(mine.settings[key])} instead of {setting_words(value)}")
    return tuple(found)


def _equal(mine: Any, theirs: Any) -> bool:
    """As they are written down: 1 and 1.0 differ, also within lists."""
    if type(mine) is type(theirs) and isinstance(mine, (str, bool, int, NoneType)):
        return bool(mine == theirs)
    return json.dumps(mine) == json.dumps(theirs)


# --- alignment -----------------------------------------------------------------------------------


def _distance(mine: SizedNode, theirs: SizedNode) -> float | None:
    """0 for equal settings, less than two gaps for what can stand in, None for what cannot."""
    if mine.node.class_name != theirs.node.class_name:
        family = any({mine.node.class_name, theirs.node.class_name} <= family for family in FAMILIES)
        return 1.5 * GAP if family else None
    changes = len(_differences(mine, theirs))
    return 0.0 if not changes else min(0.4 + 0.2 * changes, 1.4) * GAP


def _is_same(mine: SizedNode, theirs: SizedNode) -> bool:
    return _distance(mine, theirs) == 0.0


def _alignment(actual: tuple[SizedNode, ...], expected: tuple[SizedNode, ...]) -> list[Step]:
    """Needleman-Wunsch: the cheapest way through both sequences, as (actual, expected) indices."""
    if len(actual) == len(expected) and all(map(_is_same, actual, expected)):
        return [(place, place) for place in range(len(actual))]
    costs = [[0.0] * (len(expected) + 1) for _ in range(len(actual) + 1)]
    for row in range(len(actual) + 1):
        for column in range(len(expected) + 1):
            if row or column:
                costs[row][column] = min(cost for cost, _, _ in _moves(costs, actual, expected, row, column))
    path = [(len(actual), len(expected))]
    while path[-1] != (0, 0):
        _, row, column = min(_moves(costs, actual, expected, *path[-1]), key=lambda move: move[0])
        path.append((row, column))
    steps = pairwise(reversed(path))
    return [(a if a < next_a else None, b if b < next_b else None) for (a, b), (next_a, next_b) in steps]


def _moves(
    costs: list[list[float]],
    actual: tuple[SizedNode, ...],
    expected: tuple[SizedNode, ...],
    row: int,
    column: int,
) -> Iterator[tuple[float, int, int]]:
    """Ways to reach a cell: total cost and the cell before. Pairs come first and so win ties."""
    if row and column:
        distance = _distance(actual[row - 1], expected[column - 1])
        if distance is not None:
            yield costs[row - 1][column - 1] + distance, row - 1, column - 1
    if row:
        yield costs[row - 1][column] + GAP, row - 1, column
    if column:
        yield costs[row][column - 1] + GAP, row, column - 1
