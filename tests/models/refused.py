"""Configurations that must not pass, each with words of the reason that is given."""

from __future__ import annotations

import json
from typing import Any

from tests.models.documents import (
    Document,
    branched,
    compiled,
    connected,
    convolution,
    functional,
    image,
    keras_object,
    layer,
    sequential,
    small,
    tensor,
    text,
)


def changed(document: Document, *path: str | int, value: Any) -> Document:
    """`document` with one place set to `value`."""
    copy = json.loads(json.dumps(document))
    target = copy
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return dict(copy)


CODE = {"class_name": "__lambda__", "config": {"value": ["4wEAAAA=", None, None]}}
DENSE = ("config", "layers", 3)

REFUSED: dict[str, tuple[Document, str]] = {
    # Code and data in disguise.
    "lambda layer": (sequential(image(), layer("Lambda", function=CODE)), "Lambda"),
    "lambda activation": (small(activation=CODE), "activation"),
    "function from a module": (
        small(
            activation={
                "module": "os",
                "class_name": "function",
                "config": "system",
                "registered_name": "system",
            }
        ),
        "activation",
    ),
    "layer from another module": (changed(small(), *DENSE, "module", value="os.path"), "keras.layers"),
    "model from another module": (changed(small(), "module", value="builtins"), "not Keras' own"),
    "class by registered name": (
        changed(small(), *DENSE, "registered_name", value="evil>Dense"),
        "of its own",
    ),
    "own layer class": (sequential(image(), layer("Attention2D")), "cannot be rebuilt"),
    "model class of its own": (changed(small(), "class_name", value="MyModel"), "Sequential and Functional"),
    "layer that loads files": (sequential(image(), layer("TFSMLayer", filepath="/etc")), "cannot be rebuilt"),
    "lookup table": (
        sequential(image(), layer("StringLookup", vocabulary="/etc/passwd")),
        "cannot be rebuilt",
    ),
    "stored statistics": (sequential(image(), layer("Normalization", mean=[1.0] * 9)), "cannot be rebuilt"),
    "weights as a constant": (
        small(kernel_initializer=keras_object("keras.initializers", "Constant", value=[1.0, 2.0])),
        "initializers",
    ),
    "array in Rescaling": (sequential(image(), layer("Rescaling", scale=[1.0] * 3072)), "must be a number"),
    "nested object as a number": (
        small(units={"class_name": "__numpy__", "config": {"value": [1]}}),
        "units",
    ),
    "lora": (small(lora_rank=4), "lora_rank"),
    "quantisation": (small(quantization_config={"mode": "int8"}), "quantization_config"),
    "shared object": (changed(small(), *DENSE, "shared_object_id", value=1), "shared_object_id"),
    "data in build_config": (
        changed(small(), *DENSE, "build_config", value={"input_shape": "rm -rf"}),
        "than shapes",
    ),
    "wrapper layer": (
        sequential(image(), layer("TimeDistributed", layer=layer("Dense", units=1))),
        "cannot be rebuilt",
    ),
    "recurrent layer": (sequential(image(), layer("LSTM", units=8)), "cannot be rebuilt"),
    "tensor operation": (
        sequential(image(), changed(layer("TrueDivide"), "module", value="keras.src.ops.numpy")),
        "Rescaling",
    ),
    "extra key": (changed(small(), "weights", value="AAAA"), "weights"),
    "float64": (small(dtype="float64"), "float32"),
    "mixed precision": (
        small(dtype={**keras_object("keras", "DTypePolicy", name="mixed_float16")}),
        "float32",
    ),
    "frozen layer": (small(trainable=False), "frozen"),
    # Types.
    "true as a number": (small(units=True), "whole number"),
    "float as a number of units": (small(units=10.0), "whole number"),
    "number as a text": (small(units="10"), "whole number"),
    "number as a boolean": (small(use_bias=1), "true or false"),
    "negative filters": (sequential(image(), convolution(filters=-1)), "filters"),
    "zero strides": (sequential(image(), convolution(strides=[0, 0])), "strides"),
    "three strides": (sequential(image(), convolution(strides=[1, 1, 1])), "strides"),
    "channels first": (sequential(image(), convolution(data_format="channels_first")), "data_format"),
    "unknown activation": (small(activation="relu7"), "activation"),
    "dropout of everything": (sequential(image(), layer("Dropout", rate=1.0)), "rate"),
    "missing units": (sequential(image(), layer("Dense")), '"units" is missing'),
    "config is a list": (changed(small(), *DENSE, "config", value=[]), "not a Keras layer"),
    "layer is a number": (changed(small(), *DENSE, value=7), "not a Keras layer"),
    "layers are a text": (changed(small(), "config", "layers", value="Dense"), "list of layers"),
    "no layers": (sequential(image()), "no layers"),
    "input layer in the middle": (sequential(convolution(), image()), "InputLayer"),
    "fractional shape": (
        changed(small(), "config", "layers", 0, "config", "batch_shape", value=[None, 1.5]),
        "whole",
    ),
    "two input shapes": (
        changed(small(), "config", "build_input_shape", value=[None, 28, 28, 1]),
        "two input shapes",
    ),
    "nameless": (changed(small(), *DENSE, "config", "name", value=""), "with a name"),
    "name of a megabyte": (changed(small(), *DENSE, "config", "name", value="x" * 900_000), "with a name"),
    "two layers of one name": (sequential(image(), convolution(), convolution()), "Two layers"),
    # Shapes that do not fit.
    "window larger than the image": (
        sequential(image(4, 4, 3), convolution(kernel_size=[5, 5], padding="valid")),
        "does not fit",
    ),
    "convolution of features": (sequential(image(10), convolution()), "needs images"),
    "impossible reshape": (sequential(image(), layer("Reshape", target_shape=[7, -1])), "cannot become"),
    "impossible groups": (sequential(image(), convolution(groups=2)), "groups"),
    # Sizes.
    "wide layers": (
        sequential(image(8192), *(layer("Dense", f"d{index}", units=8192) for index in range(12))),
        "67,117,056 parameters",
    ),
    "many parameters in many layers": (
        sequential(image(4000), *(layer("Dense", f"d{index}", units=4000) for index in range(12))),
        "parameters up to here",
    ),
    "huge output": (
        sequential(image(), layer("UpSampling2D", size=[16, 16]), convolution(filters=64)),
        "too large",
    ),
    "much to compute": (
        sequential(
            image(128, 128, 128), *(convolution(f"c{i}", filters=128, kernel_size=[7, 7]) for i in range(9))
        ),
        "multiplications",
    ),
    "many layers": (
        sequential(image(), *(layer("ReLU", f"r{index}") for index in range(300))),
        "more than 200",
    ),
    # Graphs.
    "reference ahead": (
        functional(connected(image()), connected(layer("Dense", units=1), "dense")),
        "not a layer before",
    ),
    "unknown reference": (
        functional(connected(image()), connected(layer("Dense", units=1), "ghost")),
        "not a layer before",
    ),
    "unknown output": (changed(branched(), "config", "output_layers", value=["ghost", 0, 0]), "ghost"),
    "two outputs": (
        changed(branched(), "config", "output_layers", value=[["add", 0, 0], ["dense", 0, 0]]),
        "one output",
    ),
    "two inputs": (
        functional(connected(image()), connected(layer("InputLayer", "other", batch_shape=[None, 3]))),
        "second input",
    ),
    "shared layer": (
        changed(
            branched(),
            "config",
            "layers",
            1,
            "inbound_nodes",
            value=[{"args": [tensor("inputlayer")], "kwargs": {}}] * 2,
        ),
        "share weights",
    ),
    "tensor of another call": (
        changed(
            branched(),
            "config",
            "layers",
            4,
            "inbound_nodes",
            value=[{"args": [tensor("add", 3)], "kwargs": {}}],
        ),
        "cannot follow",
    ),
    "call with an argument": (
        functional(connected(image()), connected(layer("Dense", units=1), "inputlayer", mask=[1, 2])),
        "tensors only",
    ),
    "branches of different shapes": (
        changed(branched(), "config", "layers", 2, "config", "filters", value=8),
        "different shapes",
    ),
    "merge of one": (
        functional(connected(image()), connected(layer("Add"), "inputlayer"), output="add"),
        "at least two",
    ),
    "output is the input": (functional(connected(image()), output="inputlayer"), "no layers"),
    "class that is no text": (changed(small(), *DENSE, "class_name", value=[]), "not a Keras layer"),
    "model class that is no text": (changed(small(), "class_name", value={}), "Sequential and Functional"),
    "unconnected layer": (
        functional(connected(image()), connected(layer("Dense", units=1))),
        "not connected",
    ),
}

REFUSED_TEXTS = {
    "not JSON": ("import os", "not valid JSON"),
    "empty": ("", "not valid JSON"),
    "a number": ("7", "not in Keras' format"),
    "null": ("null", "not in Keras' format"),
    "duplicate key": (text(small()).replace('"units": 10', '"units": 10, "units": 9'), "occurs twice"),
    "NaN": (text(small()).replace('"units": 10', '"units": NaN'), "not a JSON number"),
    "infinity": (text(small()).replace('"units": 10', '"units": 1e999'), "too large"),
    "endless number": (text(small()).replace('"units": 10', '"units": ' + "9" * 5000), "too large"),
    "too long": (text(small()) + " " * 1_000_000, "larger than"),
    "too deep": ("[" * 41 + "]" * 41, "40 levels"),
    "far too deep": ("[" * 400_000 + "]" * 400_000, "40 levels"),
}

MANY_KEYS = ",".join(f'"{n % 89_999}": 0' for n in range(90_000))
REFUSED_TEXTS["the last of many keys stands twice"] = ("{" + MANY_KEYS + "}", 'the key "0" occurs twice')

REFUSED_COMPILES: dict[str, tuple[Any, str]] = {
    "lambda loss": (compiled(loss=CODE), "custom"),
    "unknown loss": (compiled(loss="my_loss"), "my_loss"),
    "no loss": (compiled(loss=None), "without a loss"),
    "several losses": (compiled(loss=["mse", "mse"]), "loss"),
    "loss of its own module": (
        compiled(loss=keras_object("evil", "CategoricalCrossentropy")),
        "custom",
    ),
    "optimizer of its own module": (compiled(optimizer=keras_object("evil", "Adam")), "keras.optimizers"),
    "unknown optimizer": (compiled(optimizer=keras_object("keras.optimizers", "Muon")), "optimizers known"),
    "negative learning rate": (
        compiled(optimizer=keras_object("keras.optimizers", "SGD", learning_rate=-1.0)),
        "learning_rate",
    ),
    "schedule of one's own": (
        compiled(
            optimizer=keras_object("keras.optimizers", "SGD", learning_rate=keras_object("me", "Warmup"))
        ),
        "learning_rate",
    ),
    "unknown setting": (compiled(callbacks=[1]), "callbacks"),
    "loss weights": (compiled(loss_weights=[0.5]), "loss_weights"),
    "a list": ([1], "must be an object"),
}
