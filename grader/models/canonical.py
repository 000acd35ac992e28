"""Rewrites that leave what a model computes and learns untouched, so that equivalents are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.models.graph import IMAGE, Node
from grader.models.shapes import Shape, layer_effect

POOLINGS = ("MaxPooling2D", "AveragePooling2D")


def canonical_nodes(nodes: Sequence[Node], output: int, input_shape: Shape) -> tuple[Node, ...]:
    """The layers that reach the output, in an order that depends on the graph alone; the last is
    the output. Identities are dropped and activation layers become their predecessor's activation.
    """
    nodes, output = _drop_identities(nodes, output)
    nodes, output = _fuse_activations(nodes, output)
    return _plain_shapes(_reorder(nodes, output), input_shape)


def activation_of(node: Node) -> str | None:
    """The plain activation that a layer of its own amounts to, or None."""
    settings = node.settings
    if node.class_name == "Activation":
        return str(settings["activation"])
    if node.class_name == "Softmax":
        return "softmax"
    if node.class_name == "ReLU" and settings["negative_slope"] == 0 and settings["threshold"] == 0:
        return {None: "relu", 6.0: "relu6"}.get(settings["max_value"])
    return None


def _is_identity(node: Node) -> bool:
    return node.class_name == "Identity" or activation_of(node) == "linear"


def _drop_identities(nodes: Sequence[Node], output: int) -> tuple[Sequence[Node], int]:
    stands_for = {IMAGE: IMAGE}
    for index, node in enumerate(nodes):
        stands_for[index] = stands_for[node.inputs[0]] if _is_identity(node) else index
    if stands_for[output] == IMAGE:
        return nodes, output
    rewired = [replace(node, inputs=tuple(stands_for[index] for index in node.inputs)) for node in nodes]
    return rewired, stands_for[output]


def _fuse_activations(nodes: Sequence[Node], output: int) -> tuple[Sequence[Node], int]:
    consumers = [index for node in _reachable(nodes, output) for index in nodes[node].inputs]
    fused = list(nodes)
    stands_for = {index: index for index in range(IMAGE, len(nodes))}
    for index, node in enumerate(nodes):
        activation = activation_of(node)
        if activation is None or node.inputs[0] == IMAGE:
            continue
        before = stands_for[node.inputs[0]]
        if (
            consumers.count(node.inputs[0]) == 1
            and node.inputs[0] != output
            and _takes_activation(fused[before])
        ):
            settings = {**fused[before].settings, "activation": activation}
            fused[before] = replace(fused[before], settings=settings)
            stands_for[index] = before
    rewired = [replace(node, inputs=tuple(stands_for[index] for index in node.inputs)) for node in fused]
    return rewired, stands_for[output]


def _takes_activation(node: Node) -> bool:
    """Not so where the value before the activation is penalised or was already activated."""
    if node.class_name == "Activation":
        return False
    return node.settings.get("activation") == "linear" and node.settings.get("activity_regularizer") is None


def _reachable(nodes: Sequence[Node], output: int) -> list[int]:
    """Layers that the output depends on, inputs first, each once."""
    order: list[int] = []
    done = {IMAGE}
    stack = [(output, False)]
    while stack:
        index, inputs_done = stack.pop()
        if index in done:
            continue
        if inputs_done:
            done.add(index)
            order.append(index)
        else:
            stack.append((index, True))
            stack.extend((source, False) for source in reversed(nodes[index].inputs))
    return order


def _reorder(nodes: Sequence[Node], output: int) -> tuple[Node, ...]:
    order = _reachable(nodes, output)
    place = {IMAGE: IMAGE} | {index: position for position, index in enumerate(order)}
    return tuple(
        replace(nodes[index], inputs=tuple(place[source] for source in nodes[index].inputs))
        for index in order
    )


def _plain_shapes(nodes: Sequence[Node], input_shape: Shape) -> tuple[Node, ...]:
    """Spellings that differ only for other image sizes: Reshape to a vector, padding of even pools."""
    shapes: list[Shape] = []
    result = []
    for node in nodes:
        inputs = [input_shape if index == IMAGE else shapes[index] for index in node.inputs]
        shape = layer_effect(node.class_name, node.settings, inputs).shape
        if node.class_name == "Reshape" and len(shape) == 1:
            node = replace(node, class_name="Flatten", settings={"data_format": "channels_last"})
        if node.class_name in POOLINGS and _tiles(node.settings, inputs[0]):
            node = replace(node, settings={**node.settings, "padding": "valid"})
        shapes.append(shape)
        result.append(node)
    return tuple(result)


def _tiles(settings: Mapping[str, Any], shape: Shape) -> bool:
    """Do the pooling windows cover the image exactly, so that nothing is ever padded?"""
    windows, strides = settings["pool_size"], settings["strides"]
    return bool(
        windows == strides and not any(size % window for size, window in zip(shape, windows, strict=False))
    )
