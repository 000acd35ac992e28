"""ModelSpec: a submitted Keras model as validated data, equal to its equivalents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from grader.evidence import LayerRow
from grader.models.canonical import canonical_nodes
from grader.models.compiled import CompileSpec, compile_from_canonical, parse_compile
from grader.models.errors import OwnLoss, SpecError
from grader.models.fields import changed, limit, object_tables, shown
from grader.models.graph import Node, SizedNode, make_node, size_nodes
from grader.models.parse import parse_model
from grader.models.rows import layer_row
from grader.models.shapes import Shape, feeds, words
from grader.models.strict_json import load_strict

__all__ = ["CompileSpec", "ModelSpec", "SpecError"]


@dataclass(frozen=True)
class ModelSpec:
    """A model whose every layer and setting is known, in canonical form.

    `compile` is None when the model was not compiled or its compile settings were refused;
    `compile_problem` then says why, for the student; with `has_own_loss` it is for a loss that
    `parse` takes once it is identified. Two specs are equal when they compute and
    learn the same, whatever the layers are called.
    """

    input_shape: Shape
    sized: tuple[SizedNode, ...]
    compile: CompileSpec | None
    compile_problem: str = ""
    has_own_loss: bool = False

    @classmethod
    def parse(
        cls,
        config: str,
        compile_config: str | None = None,
        *,
        input_shape: Shape | None = None,
        own_loss: Mapping[str, Any] | None = None,
    ) -> ModelSpec:
        """From the JSON that Keras' serialisation gives; `input_shape` is for models that state none,
        `own_loss` what a loss that is not Keras' own was identified as.

        Raises SpecError, with a message for the model's author, for whatever is not on the
        allow-list. Refused compile settings do not raise: see `compile_problem`.
        """
        document = _load(config, "The model's configuration")
        parsed = parse_model(document)
        shape = parsed.input_shape or input_shape
        if shape is None:
            raise SpecError("The model does not say what it is fed; begin it with keras.Input(shape=...).")
        size_nodes(parsed.nodes, shape)
        nodes = canonical_nodes(parsed.nodes, parsed.output, shape)
        try:
            compiled, refusal = _parse_compile(document, compile_config, own_loss), None
        except SpecError as error:
            compiled, refusal = None, error
        nodes, compiled = _softmax_for_logits(nodes, compiled)
        problem = "" if refusal is None else str(refusal)
        return cls(shape, size_nodes(nodes, shape), compiled, problem, isinstance(refusal, OwnLoss))

    @classmethod
    def from_canonical(cls, text: str) -> ModelSpec:
        """The inverse of `canonical`, checked as strictly. Raises SpecError."""
        document = _load(text, "The canonical form")
        if not isinstance(document, dict) or set(document) != {"version", "input", "layers", "compile"}:
            raise SpecError(f"This is not a model in canonical form: {shown(document)}.")
        shape, layers = document["input"], document["layers"]
        if document["version"] != 1 or not isinstance(layers, list) or not layers or not _is_shape(shape):
            raise SpecError(f"This is not a model in canonical form: {shown(document)}.")
        nodes = [_read_layer(index, layer) for index, layer in enumerate(layers)]
        compiled = None if document["compile"] is None else compile_from_canonical(document["compile"])
        return cls(tuple(shape), size_nodes(nodes, tuple(shape)), compiled)

    @cached_property
    def canonical(self) -> str:
        """JSON text that is the same for all models that compute and learn the same."""
        layers = [_canonical_layer(index, item.node) for index, item in enumerate(self.sized)]
        compiled = self.compile.canonical() if self.compile else None
        return _dump({"version": 1, "input": self.input_shape, "layers": layers, "compile": compiled})

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of `canonical`."""
        return sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def architecture_digest(self) -> str:
        """SHA-256 (hex) of the layers alone, whatever the compile settings."""
        return replace(self, compile=None).digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ModelSpec) and self.canonical == other.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)

    @property
    def output_shape(self) -> Shape:
        return self.sized[-1].effect.shape

    @property
    def parameters(self) -> int:
        """All weights, as `model.count_params()` counts them."""
        return sum(item.effect.parameters for item in self.sized)

    @property
    def trainable_parameters(self) -> int:
        return self.parameters - sum(item.effect.frozen for item in self.sized)

    @property
    def multiplications(self) -> int:
        """Forward, for one image: what training time grows with."""
        return sum(item.effect.multiplications for item in self.sized)

    def layers(self) -> tuple[LayerRow, ...]:
        """One row per layer, with only the settings that matter, in words."""
        return tuple(layer_row(item, number) for number, item in enumerate(self.sized, start=1))

    def with_compile(self, compiled: CompileSpec) -> ModelSpec:
        """The same layers under other compile settings."""
        return replace(self, compile=compiled, compile_problem="")

    def require_trainable(self, images: Shape, n_classes: int) -> CompileSpec:
        """The compile settings of a model that fits the data: pictures of shape `images`, which reach
        the model in its own input shape. Raises SpecError for the student.
        """
        if self.compile is None:
            raise SpecError(
                self.compile_problem or "The model is not compiled; call model.compile(...) in its builder."
            )
        if not feeds(images, self.input_shape):
            raise SpecError(f"The model takes {words(self.input_shape)}, but the images are {words(images)}.")
        if self.output_shape != (n_classes,):
            raise SpecError(
                f"The model gives {words(self.output_shape)} for an image; {n_classes} classes need "
                f"{n_classes} numbers from its last layer."
            )
        return self.compile


def _load(text: str, what: str) -> Any:
    return load_strict(text, what=what, max_bytes=limit("json_bytes"), max_depth=limit("json_depth"))


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _canonical_layer(index: int, node: Node) -> dict[str, Any]:
    """Only what differs from the defaults, so that new settings of later versions change nothing."""
    settings = changed(node.settings, object_tables("layers")[node.class_name])
    chained = node.inputs == (index - 1,)
    return {
        "class": node.class_name,
        **({"settings": settings} if settings else {}),
        **({} if chained else {"inputs": list(node.inputs)}),
    }


def _read_layer(index: int, layer: Any) -> Node:
    """The inverse of _canonical_layer. Raises SpecError."""
    where = f"Layer {index + 1}"
    if not isinstance(layer, dict) or not {"class"} <= set(layer) <= {"class", "settings", "inputs"}:
        raise SpecError(f"{where} is not a layer in canonical form: {shown(layer)}.")
    inputs = layer.get("inputs", [index - 1])
    if not isinstance(inputs, list) or not all(
        type(source) is int and -1 <= source < index for source in inputs
    ):
        raise SpecError(f"{where} has the inputs {shown(inputs)}.")
    return make_node(str(layer["class"]), "", layer.get("settings", {}), inputs, where)


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(size) is int and size > 0 for size in value)


def _parse_compile(
    document: Mapping[str, Any], compile_config: str | None, own_loss: Mapping[str, Any] | None
) -> CompileSpec | None:
    """Compile settings given apart, or those inside the model's own configuration. Raises SpecError."""
    apart = _load(compile_config, "The compile settings") if compile_config is not None else None
    given = apart if apart is not None else document.get("compile_config")
    return parse_compile(given, own_loss) if given else None


def _softmax_for_logits(
    nodes: tuple[Node, ...], compiled: CompileSpec | None
) -> tuple[tuple[Node, ...], CompileSpec | None]:
    """A softmax inside the loss is the same as one on the last layer."""
    last = nodes[-1]
    if compiled is None or not compiled.from_logits or compiled.loss["class"] != "CategoricalCrossentropy":
        return nodes, compiled
    if (
        last.class_name != "Dense"
        or last.settings["activation"] != "linear"
        or last.settings["activity_regularizer"]
    ):
        return nodes, compiled
    softmax = replace(last, settings={**last.settings, "activation": "softmax"})
    loss = {key: value for key, value in compiled.loss.items() if key != "from_logits"}
    return (*nodes[:-1], softmax), replace(compiled, loss=loss)
