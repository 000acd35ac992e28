"""Configurations in Keras' format, written by hand, to be spoilt by tests."""

from __future__ import annotations

import json
from typing import Any

Document = dict[str, Any]


def layer(class_name: str, name: str | None = None, **settings: Any) -> Document:
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name or class_name.lower(), "trainable": True, "dtype": "float32", **settings},
        "registered_name": None,
    }


def image(*shape: int) -> Document:
    document = layer("InputLayer", batch_shape=[None, *(shape or (32, 32, 3))])
    del document["config"]["trainable"]
    return document


def convolution(name: str = "conv", **settings: Any) -> Document:
    return layer("Conv2D", name, **{"filters": 16, "kernel_size": [3, 3], "padding": "same", **settings})


def sequential(*layers: Document) -> Document:
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": list(layers)},
        "registered_name": None,
    }


def small(**dense: Any) -> Document:
    """A good model: convolution, Flatten, Dense; `dense` changes or adds settings of the last layer."""
    return sequential(image(), convolution(), layer("Flatten"), layer("Dense", **{"units": 10, **dense}))


def tensor(source: str, node: int = 0, index: int = 0) -> Document:
    history = [source, node, index]
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [], "dtype": "float32", "keras_history": history},
    }


def connected(document: Document, *sources: str, **kwargs: Any) -> Document:
    """A layer in a functional model; several sources are given as one list."""
    tensors = [tensor(source) for source in sources]
    call = {"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": kwargs} if tensors else None
    return {**document, "name": document["config"]["name"], "inbound_nodes": [call] if call else []}


def functional(*layers: Document, output: str = "dense") -> Document:
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": "functional",
            "trainable": True,
            "layers": list(layers),
            "input_layers": ["inputlayer", 0, 0],
            "output_layers": [output, 0, 0],
        },
        "registered_name": "Functional",
    }


def branched() -> Document:
    """A good functional model with two branches."""
    return functional(
        connected(image()),
        connected(convolution("left"), "inputlayer"),
        connected(convolution("right"), "inputlayer"),
        connected(layer("Add"), "left", "right"),
        connected(layer("Flatten"), "add"),
        connected(layer("Dense", units=10), "flatten"),
    )


def keras_object(module: str, class_name: str, **config: Any) -> Document:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def compiled(**changes: Any) -> Document:
    return {
        "optimizer": keras_object("keras.optimizers", "Adam", name="adam", learning_rate=0.001),
        "loss": "categorical_crossentropy",
        "loss_weights": None,
        "metrics": ["accuracy"],
        "weighted_metrics": None,
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
        **changes,
    }


def text(document: Any) -> str:
    return json.dumps(document)
