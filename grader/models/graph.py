"""A model as a graph of layers in the order of computation, with shapes and costs filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from grader.models.errors import SpecError
from grader.models.fields import check_settings, limit, object_tables
from grader.models.shapes import Effect, Shape, layer_effect, words

IMAGE = -1
"""Stands for the model's input where layers are counted from 0."""


@dataclass(frozen=True)
class Node:
    """One layer: `settings` are canonical and complete, `inputs` are earlier layers or IMAGE."""

    class_name: str
    name: str
    settings: Mapping[str, Any]
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class SizedNode:
    """A layer whose inputs' shapes are known."""

    node: Node
    input_shapes: tuple[Shape, ...]
    effect: Effect


def make_node(class_name: str, name: str, config: Any, inputs: Iterable[int], where: str) -> Node:
    """Raises SpecError for a layer or a setting that is not in tables.toml."""
    known = object_tables("layers")
    if class_name not in known:
        raise SpecError(f"{where}: layers of class {class_name[:60]} cannot be rebuilt outside the sandbox.")
    return Node(class_name, name, check_settings(config, known[class_name], where), tuple(inputs))


def size_nodes(nodes: Sequence[Node], input_shape: Shape) -> tuple[SizedNode, ...]:
    """Shapes and costs, layer by layer. Raises SpecError as soon as a limit is passed."""
    if len(nodes) > limit("layers"):
        raise SpecError(f"The model has {len(nodes)} layers; the limit is {limit('layers')}.")
    sized: list[SizedNode] = []
    parameters = multiplications = 0
    for number, node in enumerate(nodes, start=1):
        shapes = tuple(input_shape if index == IMAGE else sized[index].effect.shape for index in node.inputs)
        where = describe(node.class_name, node.name, number)
        try:
            effect = layer_effect(node.class_name, node.settings, shapes)
        except SpecError as error:
            raise SpecError(f"{where}: {error}") from None
        parameters += effect.parameters
        multiplications += effect.multiplications
        _stay_within_limits(where, effect, parameters, multiplications)
        sized.append(SizedNode(node, shapes, effect))
    return tuple(sized)


def describe(class_name: str, name: str, number: int) -> str:
    """How messages name a layer, counted from 1 as students do."""
    called = f' "{name}"' if name else ""
    return f"Layer {number} ({class_name[:60]}{called})"


def _stay_within_limits(where: str, effect: Effect, parameters: int, multiplications: int) -> None:
    for amount, name, what in (
        (prod(effect.shape), "image_values", f"its output of {words(effect.shape)} is too large"),
        (effect.parameters, "layer_parameters", f"it has {effect.parameters:,} parameters"),
        (parameters, "model_parameters", f"the model has {parameters:,} parameters up to here"),
        (
            multiplications,
            "multiplications",
            f"the model needs {multiplications:,} multiplications per image up to here",
        ),
    ):
        if amount > limit(name):
            raise SpecError(f"{where}: {what}; the limit is {limit(name):,}.")
