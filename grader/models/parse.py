"""A Keras configuration, as a student's code produced it, to a graph of known layers.

Nothing here trusts the text: every key, class and reference is checked against tables.toml, and
none of it is ever given to Keras' own deserialisers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.models.errors import SpecError
from grader.models.fields import limit, shown
from grader.models.graph import IMAGE, Node, describe, make_node
from grader.models.keras_format import (
    COMMON_KEYS,
    LAYER_KEYS,
    MODEL_KEYS,
    MODEL_MODULES,
    built_shape,
    check_common,
    check_wrapper,
    claim_name,
    display_name,
    inbound_names,
    input_layer_shape,
    is_model,
    refuse_unknown,
    single_reference,
    stated_shape,
)
from grader.models.shapes import Shape


@dataclass
class Assembly:
    """The graph while it is put together."""

    nodes: list[Node] = field(default_factory=list)
    input_shape: Shape | None = None


@dataclass(frozen=True)
class ParsedModel:
    """`output` is the layer whose value the model gives. `input_shape` is None if not stated."""

    name: str
    nodes: tuple[Node, ...]
    output: int
    input_shape: Shape | None


def parse_model(document: Any) -> ParsedModel:
    """Raises SpecError with a message for the model's author."""
    assembly = Assembly()
    output = _add_model(document, IMAGE, assembly, depth=0)
    if output == IMAGE:
        raise SpecError("The model has no layers: it gives back what it is fed.")
    name = display_name(document["class_name"], document["config"])
    return ParsedModel(name, tuple(assembly.nodes), output, assembly.input_shape)


def _add_model(document: Any, source: int, assembly: Assembly, depth: int) -> int:
    """Appends a model's layers, fed by `source`; nested models are taken apart. Returns its output."""
    check_wrapper(document, MODEL_KEYS, "The model")
    if not is_model(document):
        raise SpecError(
            f"The model's class is {shown(document.get('class_name'))}; only Sequential and Functional "
            "models can be rebuilt outside the sandbox."
        )
    kind, config = document["class_name"], document["config"]
    if document["module"] not in MODEL_MODULES[kind]:
        raise SpecError(f"The model's class comes from {shown(document['module'])}, which is not Keras' own.")
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        raise SpecError("The model's configuration has no list of layers.")
    if depth > 4:
        raise SpecError("Models are nested inside models more than four deep.")
    if len(config["layers"]) > limit("layers") or len(assembly.nodes) > limit("layers"):
        raise SpecError(f"The model has more than {limit('layers')} layers.")
    _note_shape(built_shape(document), assembly, depth)
    add = _add_sequential if kind == "Sequential" else _add_functional
    return add(config, source, assembly, depth)


def _add_sequential(config: dict[str, Any], source: int, assembly: Assembly, depth: int) -> int:
    refuse_unknown(
        config, {"name", "trainable", "dtype", "layers", "build_input_shape"}, "The Sequential model"
    )
    check_common(config, "The Sequential model")
    _note_shape(stated_shape(config.get("build_input_shape"), "build_input_shape"), assembly, depth)
    names: set[str] = set()
    for number, layer in enumerate(config["layers"], start=1):
        claim_name(layer, names, number)
        if layer.get("class_name") == "InputLayer":
            if number > 1:
                raise SpecError(f"Layer {number} is an InputLayer; only the first one can be.")
            _note_shape(input_layer_shape(layer), assembly, depth)
        else:
            source = _add_layer(layer, (source,), assembly, number, depth)
    return source


def _add_functional(config: dict[str, Any], source: int, assembly: Assembly, depth: int) -> int:
    allowed = {"name", "trainable", "dtype", "layers", "input_layers", "output_layers"}
    refuse_unknown(config, allowed, "The Functional model")
    check_common(config, "The Functional model")
    input_name = single_reference(config.get("input_layers"), "input")
    output_name = single_reference(config.get("output_layers"), "output")
    places: dict[str, int] = {}
    names: set[str] = set()
    for number, layer in enumerate(config["layers"], start=1):
        raw_name = claim_name(layer, names, number)
        if layer.get("class_name") == "InputLayer":
            if raw_name != input_name or layer.get("inbound_nodes") not in (None, []):
                raise SpecError(f"Layer {number} is a second input; the grader feeds one.")
            _note_shape(input_layer_shape(layer), assembly, depth)
            places[raw_name] = source
        else:
            inputs = tuple(_place(name, places, number) for name in inbound_names(layer, number))
            places[raw_name] = _add_layer(layer, inputs, assembly, number, depth)
    if input_name not in places:
        raise SpecError(f"The model's input layer {shown(input_name)} is not among its layers.")
    return _place(output_name, places, len(config["layers"]))


def _add_layer(
    layer: dict[str, Any], inputs: tuple[int, ...], assembly: Assembly, number: int, depth: int
) -> int:
    if is_model(layer):
        if len(inputs) != 1:
            raise SpecError(f"Layer {number} is a model with {len(inputs)} inputs; one is supported.")
        return _add_model(layer, inputs[0], assembly, depth + 1)
    class_name, config = layer.get("class_name"), layer.get("config")
    if not isinstance(class_name, str) or not isinstance(config, dict):
        raise SpecError(f"Layer {number} is not a Keras layer: {shown(layer)}.")
    name = display_name(class_name, config)
    where = describe(class_name, name, number)
    check_wrapper(layer, LAYER_KEYS, where)
    if layer["module"] != "keras.layers":
        raise SpecError(
            f"{where} comes from {shown(layer['module'])}. Only layers of keras.layers can be rebuilt "
            "outside the sandbox; write operations on tensors as layers, such as Rescaling for a division."
        )
    check_common(config, where)
    settings = {key: value for key, value in config.items() if key not in COMMON_KEYS}
    for key in ("batch_shape", "batch_input_shape"):
        _note_shape(stated_shape(settings.pop(key, None), key), assembly, depth)
    if inputs == (IMAGE,):
        _note_shape(built_shape(layer), assembly, depth)
    assembly.nodes.append(make_node(class_name, name, settings, inputs, where))
    return len(assembly.nodes) - 1


def _note_shape(shape: Shape | None, assembly: Assembly, depth: int) -> None:
    """The outermost model decides; a nested one is fed whatever comes before it."""
    if shape is None or depth > 0:
        return
    if assembly.input_shape not in (None, shape):
        raise SpecError(f"The model states two input shapes, {assembly.input_shape} and {shape}.")
    assembly.input_shape = shape


def _place(name: str, places: Mapping[str, int], number: int) -> int:
    """Layers come in the order of computation, so a reference ahead is a cycle or an error."""
    if name not in places:
        raise SpecError(f"Layer {number} refers to {shown(name)}, which is not a layer before it.")
    return places[name]
