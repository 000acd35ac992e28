"""Rebuilding a spec gives the model that was described, and our arithmetic is Keras' own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.models.fields import object_tables
from grader.models.shapes import RULES
from grader.models.spec import ModelSpec, SpecError
from tests.models import keras_side
from tests.models.documents import text
from tests.models.keras_side import Serialised

pytestmark = pytest.mark.xdist_group("keras")

Layer = dict[str, Any]
InKeras = Callable[..., Any]

PAIRS = st.sampled_from([[1, 1], [2, 2], [3, 3], [3, 2], [5, 1]])
SQUARES = st.sampled_from([[1, 1], [2, 2], [3, 3]])
ACTIVATIONS = st.sampled_from(["linear", "relu", "tanh", "softmax", "gelu", "leaky_relu"])
PENALTIES = st.sampled_from(
    [None, {"class": "L1L2", "l1": 0.01, "l2": 0.0}, {"class": "L1L2", "l1": 0.0, "l2": 0.5}]
)


def layers_of(class_name: str, **settings_: st.SearchStrategy[Any]) -> st.SearchStrategy[Layer]:
    given_settings = st.fixed_dictionaries({}, optional=settings_) if class_name in OPTIONAL else None
    chosen = given_settings if given_settings is not None else st.fixed_dictionaries(settings_)
    return chosen.map(lambda values: {"class": class_name, "settings": values})


OPTIONAL = frozenset(
    {"BatchNormalization", "LayerNormalization", "LeakyReLU", "ReLU", "ZeroPadding2D", "PReLU"}
)
WINDOW = {"strides": SQUARES, "padding": st.sampled_from(["same", "valid"]), "use_bias": st.booleans()}
LAYERS = st.one_of(
    layers_of(
        "Conv2D",
        filters=st.sampled_from([2, 4, 6]),
        kernel_size=PAIRS,
        groups=st.sampled_from([1, 1, 2]),
        activation=ACTIVATIONS,
        kernel_regularizer=PENALTIES,
        kernel_constraint=st.sampled_from(
            [None, {"class": "NonNeg"}, {"class": "MaxNorm", "max_value": 3.0}]
        ),
        kernel_initializer=st.sampled_from([{"class": "HeNormal"}, {"class": "RandomNormal", "stddev": 0.1}]),
        **WINDOW,
    ),
    layers_of(
        "SeparableConv2D",
        filters=st.integers(1, 4),
        kernel_size=PAIRS,
        depth_multiplier=st.integers(1, 2),
        **WINDOW,
    ),
    layers_of("DepthwiseConv2D", kernel_size=PAIRS, depth_multiplier=st.integers(1, 2), **WINDOW),
    layers_of("Conv2DTranspose", filters=st.integers(1, 4), kernel_size=PAIRS, **WINDOW),
    layers_of("Conv2D", filters=st.just(3), kernel_size=st.just([3, 3]), dilation_rate=st.just([2, 2])),
    *(
        layers_of(name, pool_size=PAIRS, strides=SQUARES, padding=st.sampled_from(["same", "valid"]))
        for name in ("MaxPooling2D", "AveragePooling2D")
    ),
    *(layers_of(name, keepdims=st.booleans()) for name in ("GlobalMaxPooling2D", "GlobalAveragePooling2D")),
    layers_of(
        "Dense",
        units=st.integers(1, 9),
        use_bias=st.booleans(),
        activation=ACTIVATIONS,
        kernel_regularizer=PENALTIES,
    ),
    layers_of("BatchNormalization", center=st.booleans(), scale=st.booleans(), momentum=st.just(0.9)),
    layers_of("LayerNormalization", center=st.booleans(), scale=st.booleans()),
    layers_of("GroupNormalization", groups=st.sampled_from([1, 2])),
    layers_of("ZeroPadding2D", padding=st.just([[1, 2], [0, 3]])),
    layers_of("Cropping2D", cropping=st.just([[1, 0], [0, 1]])),
    layers_of("UpSampling2D", size=SQUARES, interpolation=st.sampled_from(["nearest", "bilinear"])),
    layers_of("Flatten"),
    layers_of("Permute", dims=st.permutations([1, 2, 3]).map(list)),
    layers_of("Reshape", target_shape=st.sampled_from([[-1], [-1, 1], [-1, 2, 1], [2, -1]])),
    layers_of("Activation", activation=ACTIVATIONS),
    layers_of("ReLU", max_value=st.just(3.0), negative_slope=st.just(0.1)),
    layers_of("LeakyReLU", negative_slope=st.just(0.1)),
    layers_of("ELU", alpha=st.just(0.5)),
    layers_of("PReLU", shared_axes=st.sampled_from([[1, 2], [1]])),
    layers_of("Softmax"),
    layers_of("Rescaling", scale=st.just(0.5), offset=st.just(-1.0)),
    *(
        layers_of(name, rate=st.just(0.25))
        for name in ("Dropout", "SpatialDropout2D", "GaussianDropout", "AlphaDropout")
    ),
    layers_of("GaussianNoise", stddev=st.just(0.1)),
    layers_of("ActivityRegularization", l1=st.just(0.1)),
    layers_of("RandomFlip", mode=st.sampled_from(["horizontal", "vertical"])),
    layers_of("RandomTranslation", height_factor=st.just(0.1), width_factor=st.just([-0.1, 0.2])),
    layers_of("RandomRotation", factor=st.just([-0.1, 0.1])),
    layers_of("RandomZoom", height_factor=st.just(0.1)),
)
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")


@st.composite
def canonical_forms(draw: st.DrawFn) -> str:
    """Chains of layers, some with a branch from an earlier layer of the same shape joined in."""
    document: dict[str, Any] = {
        "version": 1,
        "input": draw(st.sampled_from([[8, 8, 2], [9, 7, 4]])),
        "layers": [],
    }
    document["compile"] = None
    for _ in range(draw(st.integers(1, 6))):
        document["layers"].append(draw(LAYERS))
        if draw(st.integers(0, 3)) == 0:
            count = len(document["layers"])
            inputs = [count - 1, draw(st.integers(-1, count - 1))]
            assume(inputs[0] != inputs[1])
            document["layers"].append({"class": draw(st.sampled_from(MERGES)), "inputs": inputs})
    return text(document)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(form=canonical_forms())
def test_shapes_and_counts_are_those_of_keras(in_keras: InKeras, form: str) -> None:
    """For random architectures: same weights, same shapes, and the rebuilt model is the same spec."""
    try:
        spec = ModelSpec.from_canonical(form)
    except SpecError:
        assume(False)
    rebuilt: Serialised = in_keras(keras_side.rebuild, spec.canonical)
    assert (spec.parameters, spec.trainable_parameters) == (rebuilt.parameters, rebuilt.trainable)
    assert tuple(item.effect.shape for item in spec.sized) == rebuilt.shapes
    # Parsing also rewrites to the canonical form, which a random chain need not have.
    again = ModelSpec.parse(rebuilt.config)
    assert again == ModelSpec.parse(in_keras(keras_side.rebuild, again.canonical).config)
    assert again.parameters == spec.parameters or len(again.sized) < len(spec.sized)


REQUIRED: Layer = {
    "filters": 2,
    "kernel_size": [3, 3],
    "units": 2,
    "pool_size": [2, 2],
    "strides": [2, 2],
    "target_shape": [-1, 2],
    "dims": [3, 1, 2],
    "activation": "tanh",
    "scale": 0.5,
    "rate": 0.5,
    "stddev": 0.1,
    "height_factor": 0.1,
    "width_factor": 0.1,
    "factor": 0.1,
}


@pytest.mark.parametrize("class_name", object_tables("layers"))
def test_defaults_are_those_of_keras(in_keras: InKeras, class_name: str) -> None:
    """A layer of which only the required settings are given comes back from Keras as it went."""
    needed = {
        key: REQUIRED[key] for key, field in object_tables("layers")[class_name].items() if field.required
    }
    if class_name == "GroupNormalization":
        needed["groups"] = 2  # Keras' default of 32 needs as many channels.
    inputs = {"inputs": [-1, 0]} if class_name in MERGES else {}
    first = {"class": "Conv2D", "settings": {"filters": 4, "kernel_size": [1, 1], "activation": "tanh"}}
    layers = [first, {"class": class_name, "settings": needed, **inputs}]
    form = text({"version": 1, "input": [8, 8, 4], "layers": layers, "compile": None})
    spec = ModelSpec.from_canonical(form)
    again = ModelSpec.parse(in_keras(keras_side.rebuild, spec.canonical).config)
    assert again == spec or class_name == "Identity"


OPTIMIZERS = {
    name: {"class": name, "learning_rate": 0.125, "clipnorm": 1.0, "use_ema": True}
    for name in object_tables("optimizers")
}
SCHEDULES: dict[str, dict[str, Any]] = {
    "ExponentialDecay": {"initial_learning_rate": 0.5, "decay_steps": 10.0, "decay_rate": 0.5},
    "InverseTimeDecay": {
        "initial_learning_rate": 0.5,
        "decay_steps": 10.0,
        "decay_rate": 0.5,
        "staircase": True,
    },
    "PolynomialDecay": {"initial_learning_rate": 0.5, "decay_steps": 10.0, "power": 2.0},
    "CosineDecay": {
        "initial_learning_rate": 0.5,
        "decay_steps": 10.0,
        "warmup_target": 0.75,
        "warmup_steps": 2.0,
    },
    "CosineDecayRestarts": {"initial_learning_rate": 0.5, "first_decay_steps": 10.0},
    "PiecewiseConstantDecay": {"boundaries": [2.0, 5.0], "values": [0.5, 0.25, 0.125]},
}
LOSSES = [name for name in object_tables("losses") if name != "SparseCategoricalCrossentropy"]


def compiled_form(optimizer: dict[str, Any], loss: str = "MeanSquaredError") -> str:
    layers = [{"class": "Flatten"}, {"class": "Dense", "settings": {"units": 3, "activation": "softmax"}}]
    compiled = {"optimizer": optimizer, "loss": {"class": loss}}
    return text({"version": 1, "input": [4, 4, 1], "layers": layers, "compile": compiled})


@pytest.mark.parametrize(
    "form",
    [
        *map(compiled_form, OPTIMIZERS.values()),
        *(
            compiled_form({"class": "SGD", "learning_rate": {"class": name, **given}})
            for name, given in SCHEDULES.items()
        ),
        *(compiled_form({"class": "Adam"}, loss) for loss in LOSSES),
    ],
    ids=[*OPTIMIZERS, *SCHEDULES, *LOSSES],
)
def test_compile_settings_survive(in_keras: InKeras, form: str) -> None:
    """Every optimizer, schedule and loss of the tables is rebuilt as it was described."""
    spec = ModelSpec.from_canonical(form)
    rebuilt: Serialised = in_keras(keras_side.rebuild, spec.canonical)
    assert ModelSpec.parse(rebuilt.config, rebuilt.compile) == spec


def test_tables_and_rules_agree() -> None:
    """Every layer that is accepted has its arithmetic, and the other way round."""
    assert set(object_tables("layers")) == set(RULES)
    assert set(SCHEDULES) == set(object_tables("schedules"))


def test_specs_need_no_tensorflow() -> None:
    """What the process of the checks imports brings in neither TensorFlow nor Keras."""
    modules = "spec, compare, store, trainer, tasks, calibration, statistics, export"
    code = (
        f"from grader.models import {modules}; import grader.calibrate, sys; "
        "print(sorted({'tensorflow', 'keras', 'torch', 'jax'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
