"""Keras' serialisation format, piece by piece: keys, names, references and shapes that it states.

Each function takes one piece of a student's document and raises SpecError unless it is as Keras
itself writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.models.errors import SpecError
from grader.models.fields import shown
from grader.models.shapes import Shape

MODEL_MODULES = {
    "Sequential": ("keras", "keras.models", "keras.src.models.sequential"),
    "Functional": ("keras", "keras.models", "keras.src.models.functional"),
    "Model": ("keras", "keras.models", "keras.src.models.functional"),
}
LAYER_KEYS = {"module", "class_name", "config", "registered_name", "build_config", "name", "inbound_nodes"}
MODEL_KEYS = LAYER_KEYS | {"compile_config"}
COMMON_KEYS = {"name", "trainable", "dtype"}
INPUT_KEYS = {"batch_shape", "batch_input_shape", "dtype", "sparse", "ragged", "name", "optional"}


def is_model(document: Any) -> bool:
    return isinstance(document, dict) and str(document.get("class_name")) in MODEL_MODULES


# --- keys, names and data types ------------------------------------------------------------------


def refuse_unknown(config: Mapping[str, Any], allowed: set[str], where: str) -> None:
    for key in config:
        if key not in allowed:
            raise SpecError(f'{where} has the key "{key[:60]}", which is not known to the grader.')


def check_wrapper(document: Any, allowed: set[str], where: str) -> None:
    """The keys around a config: nothing may refer to code outside Keras."""
    if not isinstance(document, dict) or not {"module", "class_name", "config"} <= set(document):
        raise SpecError(f"{where} is not in Keras' format: {shown(document)}.")
    refuse_unknown(document, allowed, where)
    registered = document.get("registered_name")
    if registered is not None and not (is_model(document) and registered == document["class_name"]):
        raise SpecError(f"{where} is a class of its own ({shown(registered)}), which cannot be rebuilt.")
    built_shape(document)


def check_common(config: Mapping[str, Any], where: str) -> None:
    if config.get("trainable", True) is not True:
        raise SpecError(f"{where} is frozen (trainable=False); the grader trains whole models.")
    dtype = config.get("dtype")
    if isinstance(dtype, dict):
        inner = dtype.get("config")
        policy = {"module": "keras", "class_name": "DTypePolicy", "registered_name": None, "config": inner}
        dtype = (
            inner.get("name") if dtype == policy and isinstance(inner, dict) and len(inner) == 1 else dtype
        )
    if dtype not in (None, "float32"):
        raise SpecError(f"{where} computes in {shown(dtype)}; only float32 is supported.")


def display_name(class_name: str, config: Any) -> str:
    """The name that the author gave; characters that could mean something to a page become "_".

    "" for a name that Keras made up, as conv2d_19: its number tells how many layers the process
    had made before, which says nothing to anybody and changes from run to run.
    """
    raw = config.get("name") if isinstance(config, dict) else None
    if not isinstance(raw, str) or re.sub(r"_\d+$", "", raw).replace("_", "") == class_name.lower():
        return ""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", raw)[:64]


def claim_name(layer: Any, names: set[str], number: int) -> str:
    config = layer.get("config") if isinstance(layer, dict) else None
    raw = config.get("name") if isinstance(config, dict) else None
    if not isinstance(raw, str) or not 0 < len(raw) <= 200:
        raise SpecError(f"Layer {number} is not a Keras layer with a name: {shown(layer)}.")
    if layer.get("name", raw) != raw:
        raise SpecError(f"Layer {number} has two names, {shown(raw)} and {shown(layer['name'])}.")
    if raw in names:
        raise SpecError(f"Two layers are called {shown(raw)}.")
    names.add(raw)
    return raw


# --- references ----------------------------------------------------------------------------------


def single_reference(value: Any, what: str) -> str:
    """The layer's name in ["name", 0, 0] or [["name", 0, 0]]."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _referred(value, f"The model needs exactly one {what}; its {what} layers are")


def _referred(value: Any, what: str) -> str:
    """The layer's name in ["name", 0, 0]: its first and only call, its first and only output."""
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        raise SpecError(f"{what} {shown(value)}, which the grader cannot follow.")
    if not all(type(index) is int and index == 0 for index in value[1:]):
        raise SpecError(f"{what} {shown(value)}, which the grader cannot follow.")
    return value[0]


def inbound_names(layer: Mapping[str, Any], number: int) -> list[str]:
    """The names of the layers whose outputs this one takes."""
    nodes = layer.get("inbound_nodes")
    if not isinstance(nodes, list) or not nodes:
        raise SpecError(f"Layer {number} is not connected to the model.")
    if len(nodes) > 1:
        raise SpecError(
            f"Layer {number} is used {len(nodes)} times; layers that share weights are not supported."
        )
    call = nodes[0]
    if not isinstance(call, dict) or set(call) != {"args", "kwargs"} or not isinstance(call["kwargs"], dict):
        raise SpecError(f"Layer {number} is connected in a way that the grader does not know: {shown(call)}.")
    # Keras writes training=False into dropout layers' calls; fit and predict override any value.
    kwargs = {
        key: value for key, value in call["kwargs"].items() if key != "training" or type(value) is not bool
    }
    if any(value is not None for value in kwargs.values()):
        raise SpecError(
            f"Layer {number} is called with {shown(call['kwargs'])}; call layers with tensors only."
        )
    arguments = call["args"]
    if not isinstance(arguments, list) or len(arguments) != 1:
        raise SpecError(f"Layer {number} must be called with one tensor or one list of tensors.")
    tensors = arguments[0] if isinstance(arguments[0], list) else arguments
    return [_tensor_source(tensor, number) for tensor in tensors]


def _tensor_source(tensor: Any, number: int) -> str:
    if not isinstance(tensor, dict) or set(tensor) != {"class_name", "config"}:
        raise SpecError(f"Layer {number} is called with {shown(tensor)}; call layers with tensors only.")
    config = tensor["config"]
    if tensor["class_name"] != "__keras_tensor__" or not isinstance(config, dict):
        raise SpecError(f"Layer {number} is called with {shown(tensor)}; call layers with tensors only.")
    refuse_unknown(config, {"shape", "dtype", "keras_history"}, f"An input of layer {number}")
    return _referred(config.get("keras_history"), f"Layer {number} takes the tensor")


# --- shapes that the configuration states --------------------------------------------------------


def stated_shape(value: Any, what: str) -> Shape | None:
    """[null, 32, 32, 3] to (32, 32, 3); None if not stated."""
    if value is None:
        return None
    if not isinstance(value, list) or not 2 <= len(value) <= 5:
        raise SpecError(
            f"{what} is {shown(value)}; it must be [null, height, width, channels] or [null, features]."
        )
    if not all(type(size) is int and 0 < size <= 100_000 for size in value[1:]):
        raise SpecError(f"{what} is {shown(value)}; all sizes but the first must be positive whole numbers.")
    return tuple(value[1:])


def input_layer_shape(layer: dict[str, Any]) -> Shape | None:
    check_wrapper(layer, LAYER_KEYS, "The InputLayer")
    config = layer["config"]
    if layer["module"] != "keras.layers":
        raise SpecError(f"The InputLayer comes from {shown(layer['module'])}, which is not Keras' own.")
    refuse_unknown(config, INPUT_KEYS, "The InputLayer")
    check_common(config, "The InputLayer")
    for key in ("sparse", "ragged", "optional"):
        if config.get(key, False) is not False:
            raise SpecError(f"The InputLayer is {key}; only plain inputs are supported.")
    return stated_shape(
        config.get("batch_shape", config.get("batch_input_shape")), "The InputLayer's batch_shape"
    )


def built_shape(document: Mapping[str, Any]) -> Shape | None:
    """The input shape in a build_config, if it states one; anything but shapes is refused."""
    build = document.get("build_config")
    if build is None:
        return None
    if (
        not isinstance(build, dict)
        or not set(build) <= {"input_shape", "shapes_dict"}
        or not _only_shapes(build)
    ):
        raise SpecError(f"A build_config holds more than shapes: {shown(build)}.")
    stated = build.get("input_shape")
    if not isinstance(stated, list) or any(isinstance(size, list) for size in stated):
        return None
    return stated_shape(stated, "build_config")


def _only_shapes(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_only_shapes(item) for item in value.values())
    if isinstance(value, list):
        return all(_only_shapes(item) for item in value)
    return value is None or type(value) is int
