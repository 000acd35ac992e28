"""Keras configurations: a student's document becomes a specification, or the student reads why not."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from grader.assignment_folder import clone_root
from grader.models.spec import ModelSpec, SpecError
from tests.fuzz.spoil import ODD_VALUES, as_json, edited, spoilt
from tests.fuzz.target import ACCEPTED, Target, refusal, require_harmless, require_message
from tests.models.documents import (
    branched,
    compiled,
    convolution,
    functional,
    keras_object,
    layer,
    sequential,
    small,
)

INPUT_SHAPE = (32, 32, 3)
BETWEEN = b"\x00"


def contract(case: bytes) -> str:
    config, compile_config = split(case)
    try:
        spec = ModelSpec.parse(config, compile_config, input_shape=INPUT_SHAPE)
    except SpecError as error:
        require_message(str(error))
        return refusal(error)
    if spec.compile_problem:
        require_message(spec.compile_problem)
    check_spec(spec)
    return ACCEPTED


def split(case: bytes) -> tuple[str, str | None]:
    """The configuration, and after a NUL the compile settings, as a worker's reply holds them."""
    config, _, compile_config = case.decode("utf-8", "replace").partition("\0")
    return config, compile_config or None


def check_spec(spec: ModelSpec) -> None:
    """The canonical form says it all, and the rows of a report can be made and shown."""
    again = ModelSpec.from_canonical(spec.canonical)
    assert again == spec
    assert again.digest == spec.digest
    assert (again.parameters, again.output_shape) == (spec.parameters, spec.output_shape)
    assert 0 <= spec.trainable_parameters <= spec.parameters
    assert all(type(size) is int and size > 0 for size in spec.output_shape)
    for row in spec.layers():
        require_harmless(" ".join([row.name, row.class_name, row.output_shape, *row.settings.values()]))


# --- cases ---------------------------------------------------------------------------------------


def _references() -> list[Any]:
    """What Keras itself wrote for the networks of the reference, with their compile settings."""
    found = []
    for path in sorted((clone_root() / "reference").glob("*/calibration.json")):
        for model in json.loads(path.read_text(encoding="utf-8"))["models"].values():
            pair = [json.loads(model["config"]), json.loads(model["compile"]) if model["compile"] else None]
            found.append(pair)
    return found


def _by_hand() -> list[Any]:
    """Small ones, with what the reference does not use."""
    layers = [
        layer("DepthwiseConv2D", kernel_size=[3, 3]), layer("BatchNormalization"),
        layer("ReLU", max_value=6.0),
        layer("MaxPooling2D", pool_size=[2, 2]), layer("SeparableConv2D", filters=8, kernel_size=[3, 3]),
        layer("ZeroPadding2D", padding=[[1, 1], [0, 2]]), layer("Cropping2D", cropping=[[1, 1], [0, 1]]),
        layer("GroupNormalization", groups=4), layer("UpSampling2D", size=[2, 2]),
        layer("PReLU", shared_axes=[1, 2]),
        layer("Conv2DTranspose", filters=4, kernel_size=[2, 2]), layer("RandomFlip", mode="horizontal"),
        layer("Permute", dims=[2, 1, 3]), layer("Reshape", target_shape=[-1, 4]), layer("LayerNormalization"),
        layer("Flatten"), layer("Dropout", rate=0.5), layer("Dense", units=10, activation="softmax"),
    ]  # fmt: skip
    schedule = keras_object("keras.optimizers.schedules", "ExponentialDecay", initial_learning_rate=0.1,
                            decay_steps=100, decay_rate=0.9, staircase=False)  # fmt: skip
    sgd = keras_object("keras.optimizers", "SGD", learning_rate=schedule, momentum=0.9)
    penalty = keras_object("keras.regularizers", "L1L2", l1=0.1, l2=0.2)
    nested = sequential(small()["config"]["layers"][0], {**sequential(convolution()), "name": "sequential"})
    return [
        [sequential(*layers), compiled(optimizer=sgd)],
        [branched(), compiled()],
        [small(kernel_regularizer=penalty), compiled(loss=keras_object("keras.losses", "Huber", delta=1.5))],
        [nested, None],
        [functional(*branched()["config"]["layers"]), compiled(metrics=["accuracy", "mse"])],
    ]


REFERENCES, BY_HAND = _references(), _by_hand()
PAIRS = [*REFERENCES, *BY_HAND]


def join(pair: Any) -> bytes:
    """As `split` takes them apart; a spoilt pair may be no pair any more."""
    config, settings = pair if isinstance(pair, list) and len(pair) == 2 else (pair, None)
    return as_json(config) + (BETWEEN + as_json(settings) if settings is not None else b"")


def genuine() -> list[bytes]:
    return [join(pair) for pair in PAIRS]


PLAUSIBLE: SearchStrategy[Any] = st.sampled_from([
    1, 2, 3, 5, 8, 16, 64, 0.1, 0.5, [1, 1], [2, 2], [3, 3], [5, 1], "same", "valid", "relu", "softmax",
    "tanh", "linear", None, True, False, [None, 28, 28, 1], [None, 8, 8, 4], [None, 100], -1, 100_000,
    [None, 100_000, 100_000, 3], {"l1": 0.1}, keras_object("keras.initializers", "HeNormal", seed=3),
    keras_object("keras.regularizers", "L2", l2=0.01),
    keras_object("keras.constraints", "MaxNorm", max_value=2.0), *ODD_VALUES,
])  # fmt: skip


@st.composite
def chains(draw: DrawFn) -> Any:
    """Layers in any order, which mostly fit together."""
    kinds = draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=6))
    named = [
        {**item, "config": {**item["config"], "name": f"l{number}"}} for number, item in enumerate(kinds)
    ]
    return [sequential(*named), draw(st.sampled_from([None, compiled()]))]


LAYERS = [item for item in BY_HAND[0][0]["config"]["layers"] if item["class_name"] != "InputLayer"]

TOKENS = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"1e999",
    b"NaN",
    b"-1",
    b"1.0",
    b"9" * 30,
    b'"units": 1,',
    b'{"a":',
    b"[[",
    b'"\\ud800"',
    b"\\u0000",
    b'"\\u202e\\u001b"',
    b'"name": "x",',
    b"\x00",
    b"\xff",
    b'"layers": [],',
    b'\\"',
    b'"\\',
    b'"class_name": "Lambda"',
    b'{"module": "os"},',
    b'"\\udcff": 1,',
)

TARGET = Target(
    name="keras",
    contract=contract,
    cases=edited(
        (spoilt(PAIRS, PLAUSIBLE, most=2) | spoilt(BY_HAND, PLAUSIBLE, most=2) | chains()).map(join),
        TOKENS,
        one_in=8,
    ),
    genuine=genuine,
    tokens=TOKENS,
)
