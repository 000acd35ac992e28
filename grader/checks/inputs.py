"""The same network for the same pictures in another shape: (28, 28), (28, 28, 1) or 784 values."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from grader.models.graph import IMAGE, Node, size_nodes
from grader.models.shapes import Shape, feeds
from grader.models.spec import ModelSpec


def for_input(expected: ModelSpec, shape: Shape) -> ModelSpec:
    """`expected` as it is written for pictures of `shape`, without its Flatten where they are flat.

    Unchanged where the pictures of `expected` cannot be fed in that shape.
    """
    if shape == expected.input_shape or not feeds(expected.input_shape, shape):
        return expected
    nodes = [item.node for item in expected.sized]
    if shape == (prod(shape),) and nodes[0].class_name == "Flatten":
        nodes = [_moved_up(node) for node in nodes[1:]]
    return replace(expected, input_shape=shape, sized=size_nodes(nodes, shape))


def _moved_up(node: Node) -> Node:
    return replace(node, inputs=tuple(max(IMAGE, index - 1) for index in node.inputs))
