"""Layers in words, for reports."""

from __future__ import annotations

from typing import Any

from grader.evidence import LayerRow
from grader.models.fields import changed, object_tables
from grader.models.graph import SizedNode
from grader.models.shapes import words

ALWAYS_SHOWN = frozenset({"strides", "padding", "activation"})
"""Settings that students are taught to choose, so a report shows them even at Keras' default."""


def layer_row(item: SizedNode, number: int) -> LayerRow:
    """`number` counts from 1."""
    node = item.node
    table = object_tables("layers")[node.class_name]
    matter = changed(node.settings, table)
    for key in ALWAYS_SHOWN & set(node.settings):
        matter.setdefault(key, node.settings[key])
    return LayerRow(
        number=number,
        name=node.name,
        class_name=node.class_name,
        output_shape=words(item.effect.shape),
        parameters=item.effect.parameters,
        settings={key: setting_words(matter[key]) for key in node.settings if key in matter},
    )


def setting_words(value: Any) -> str:
    """A canonical value as people write it: [2, 2] is "2 x 2", a penalty is "L1 0.0001"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, dict):
        return _object_words(value)
    if isinstance(value, list):
        return " x ".join(setting_words(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _object_words(value: dict[str, Any]) -> str:
    if value["class"] == "L1L2":
        return " + ".join(f"{key.upper()} {value[key]:g}" for key in ("l1", "l2") if value.get(key))
    settings = ", ".join(f"{key} {setting_words(item)}" for key, item in value.items() if key != "class")
    return f"{value['class']} ({settings})" if settings else str(value["class"])
