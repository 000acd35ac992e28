"""ModelSpec to keras.Model by direct constructors. Only trainer processes import this module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from grader.models.compiled import CompileSpec
from grader.models.fields import changed, object_tables
from grader.models.graph import IMAGE, Node
from grader.models.shapes import MERGES
from grader.models.spec import ModelSpec

GROUPS = {
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}


def build_model(spec: ModelSpec) -> keras.Model:
    """A functional model with fresh weights, compiled when the spec is; layers are named l1, l2, ..."""
    image = keras.Input(shape=spec.input_shape)
    outputs: list[Any] = []
    for number, item in enumerate(spec.sized, start=1):
        inputs = [image if index == IMAGE else outputs[index] for index in item.node.inputs]
        layer = build_layer(item.node, f"l{number}")
        outputs.append(layer(inputs if item.node.class_name in MERGES else inputs[0]))
    model = keras.Model(image, outputs[-1])
    if spec.compile is not None:
        compile_model(model, spec.compile)
    return model


def compile_model(model: keras.Model, settings: CompileSpec, *, steps_per_execution: int = 1) -> None:
    """For one-hot labels; the metric is accuracy over classes, whatever the loss."""
    model.compile(
        optimizer=build_optimizer(settings),
        loss=build_loss(settings),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        steps_per_execution=steps_per_execution,
    )


def build_optimizer(settings: CompileSpec) -> keras.optimizers.Optimizer:
    optimizer: keras.optimizers.Optimizer = _build_object(settings.optimizer, keras.optimizers)
    return optimizer


def build_loss(settings: CompileSpec) -> keras.losses.Loss:
    """For one-hot labels."""
    loss: keras.losses.Loss = _build_object(settings.loss, keras.losses)
    return loss


def build_layer(node: Node, name: str | None) -> keras.Layer:
    """A fresh layer without weights as yet; Keras makes up a name where there is none."""
    settings = changed(node.settings, object_tables("layers")[node.class_name])
    arguments = {key: _build_argument(key, value) for key, value in settings.items()}
    layer: keras.Layer = getattr(keras.layers, node.class_name)(name=name, **arguments)
    return layer


def _build_argument(key: str, value: Any) -> Any:
    """Lists are tuples to Keras; initialisers, regularisers and constraints are objects."""
    if isinstance(value, dict):
        return _build_object(value, GROUPS[key.rpartition("_")[2]])
    return tuple(map(tuple, value)) if key in ("padding", "cropping") and isinstance(value, list) else value


def _build_object(value: Mapping[str, Any], module: Any) -> Any:
    arguments = {key: item for key, item in value.items() if key != "class"}
    if isinstance(arguments.get("learning_rate"), dict):
        arguments["learning_rate"] = _build_object(arguments["learning_rate"], keras.optimizers.schedules)
    return getattr(module, value["class"])(**arguments)
