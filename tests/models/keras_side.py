"""What needs Keras runs here, in a trainer process: the process of the tests has no TensorFlow."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingRun, TrainingTask


class Serialised(NamedTuple):
    """A Keras model as the sandbox hands it over, and what Keras itself says of it."""

    config: str
    compile: str | None
    parameters: int
    trainable: int
    shapes: tuple[tuple[int, ...], ...]

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec.parse(self.config, self.compile, input_shape=(32, 32, 3))


def rebuild(canonical: str) -> Serialised:
    """Builds a spec in canonical form and serialises the result."""
    from grader.models.build import build_model

    return _serialise(build_model(ModelSpec.from_canonical(canonical)))


def build_all() -> dict[str, Serialised]:
    """Every model of RECIPES."""
    return {name: _serialise(recipe()) for name, recipe in RECIPES.items()}


def _serialise(model: Any) -> Serialised:
    import keras

    config = json.dumps(keras.saving.serialize_keras_object(model))
    compiled = model.get_compile_config() if getattr(model, "compiled", False) else None
    if not model.built:
        return Serialised(config, json.dumps(compiled) if compiled else None, 0, 0, ())
    trainable = sum(int(weight.size) for weight in _numpy(model.trainable_weights))
    shapes = tuple(
        tuple(layer.output.shape[1:]) for layer in model.layers if layer.__class__.__name__ != "InputLayer"
    )
    return Serialised(
        config, json.dumps(compiled) if compiled else None, model.count_params(), trainable, shapes
    )


def _numpy(weights: Any) -> list[Any]:
    return [weight.numpy() for weight in weights]


def crash_on_odd_seeds(tasks: tuple[TrainingTask, ...]) -> tuple[TrainingRun, ...]:
    """Stands in for training: dies like a process out of memory, or succeeds at once."""
    if any(task.seed % 2 for task in tasks):
        os.abort()
    return tuple(map(_perfect_run, tasks))


def crash_once(marker: str, tasks: tuple[TrainingTask, ...]) -> tuple[TrainingRun, ...]:
    """Dies before the file `marker` is there, and leaves it; succeeds at once afterwards."""
    if not os.path.exists(marker):
        with open(marker, "w"):
            os.abort()
    return tuple(map(_perfect_run, tasks))


def _perfect_run(task: TrainingTask) -> TrainingRun:
    return TrainingRun(
        key=task.key,
        history={},
        train_accuracy=1.0,
        test_accuracy=1.0,
        test_predictions=(),
        wall_seconds=0.0,
        cpu_seconds=0.0,
        versions={},
    )


def process_id() -> int:
    return os.getpid()


def nothing() -> None:
    """Starts a process that needs no TensorFlow."""


# --- models as students write them ---------------------------------------------------------------


def _layers() -> Any:
    from keras import layers

    return layers


def _conv(filters: int, strides: int = 1, **more: Any) -> Any:
    settings = {"padding": "same", "activation": "relu", **more}
    return _layers().Conv2D(filters, 3, strides=strides, **settings)


def _compiled(model: Any, **changes: Any) -> Any:
    model.compile(
        **{"optimizer": "adam", "loss": "categorical_crossentropy", "metrics": ["accuracy"], **changes}
    )
    return model


def _head(l1: Any = None) -> list[Any]:
    from keras import regularizers

    penalty = regularizers.L1(1e-4) if l1 is None else l1
    return [
        _layers().Dropout(0.5),
        _layers().Flatten(),
        _layers().Dense(10, activation="softmax", kernel_regularizer=penalty),
    ]


def _body() -> list[Any]:
    return [_conv(16), _conv(16, 2), _conv(32), _conv(32, 2)]


def _sequential(*layers: Any, **changes: Any) -> Any:
    import keras

    return _compiled(keras.Sequential([keras.Input((32, 32, 3)), *layers]), **changes)


def _without_input_layer() -> Any:
    import keras

    return _compiled(keras.Sequential([*_body(), *_head()]))


def _built_without_input_layer() -> Any:
    model = _without_input_layer()
    model.build((None, 32, 32, 3))
    return model


def _first_layer_says_the_shape() -> Any:
    import keras

    return _compiled(keras.Sequential([_conv(16, input_shape=(32, 32, 3)), *_body()[1:], *_head()]))


def _chained(layers: list[Any], shape: tuple[int, ...] = (32, 32, 3)) -> Any:
    import keras

    tensor = image = keras.Input(shape)
    for layer in layers:
        tensor = layer(tensor)
    return keras.Model(image, tensor)


def _activation_layers() -> Any:
    import keras
    from keras import layers, regularizers

    return _sequential(
        *[
            _conv(16, activation=None),
            layers.ReLU(),
            _conv(16, 2, activation=None),
            layers.Activation("relu"),
        ],
        *[_conv(32, activation="linear"), layers.Activation(keras.activations.relu), _conv(32, 2)],
        *[layers.Dropout(0.5), layers.Flatten(), layers.Dense(10, kernel_regularizer=regularizers.L1(1e-4))],
        layers.Softmax(),
    )


def _logits() -> Any:
    import keras
    from keras import layers, regularizers

    dense = layers.Dense(10, kernel_regularizer=regularizers.L1(1e-4))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    return _sequential(*_body(), layers.Dropout(0.5), layers.Flatten(), dense, loss=loss)


def _nested() -> Any:
    import keras

    return _sequential(keras.Sequential(_body()), keras.Sequential(_head()))


def _nested_functional() -> Any:
    return _sequential(_chained(_body()), *_head())


def _residual() -> Any:
    import keras
    from keras import layers

    image = keras.Input((32, 32, 3))
    first = _conv(8)(image)
    both = layers.Concatenate()([layers.Add()([first, _conv(8)(first)]), first])
    return _compiled(keras.Model(image, layers.Dense(10, "softmax")(layers.Flatten()(both))))


def _with(**changes: Any) -> Callable[[], Any]:
    return lambda: _sequential(*_body(), *_head(), **{key: value() for key, value in changes.items()})


def _keras() -> Any:
    import keras

    return keras


EQUIVALENT: dict[str, Callable[[], Any]] = {
    "reference": lambda: _sequential(*_body(), *_head()),
    "no input layer": _without_input_layer,
    "built by hand": _built_without_input_layer,
    "input_shape on the first layer": _first_layer_says_the_shape,
    "functional": lambda: _compiled(_chained([*_body(), *_head()])),
    "other names": lambda: _sequential(_conv(16, name="my first layer!"), *_body()[1:], *_head()),
    "padding in capitals": lambda: _sequential(_conv(16, padding="SAME"), *_body()[1:], *_head()),
    "function as activation": lambda: _sequential(
        _conv(16, activation=_keras().activations.relu), *_body()[1:], *_head()
    ),
    "activation layers": _activation_layers,
    "L1L2": lambda: _sequential(*_body(), *_head(_keras().regularizers.L1L2(l1=1e-4))),
    "l1 as a string would be": lambda: _sequential(*_body(), *_head(_keras().regularizers.l1(1e-4))),
    "loss object": _with(loss=lambda: _keras().losses.CategoricalCrossentropy()),
    "sparse loss": _with(loss=lambda: "sparse_categorical_crossentropy"),
    "logits": _logits,
    "optimizer object": _with(optimizer=lambda: _keras().optimizers.Adam(learning_rate=0.001)),
    "other metrics": _with(metrics=lambda: [_keras().metrics.CategoricalAccuracy(), "mae"]),
    "own metric": _with(metrics=lambda: [lambda truth, guess: truth]),
    "no metrics": _with(metrics=lambda: None),
    "seeded dropout": lambda: _sequential(*_body(), _layers().Dropout(0.5, seed=7), *_head()[1:]),
    "identity layers": lambda: _sequential(
        _layers().Activation("linear"), *_body(), _layers().Identity(), *_head()
    ),
    "reshape to a vector": lambda: _sequential(*_body(), _head()[0], _layers().Reshape((-1,)), _head()[2]),
    "nested models": _nested,
    "nested functional model": _nested_functional,
}

DIFFERENT: dict[str, Callable[[], Any]] = {
    "more filters": lambda: _sequential(_conv(32), *_body()[1:], *_head()),
    "valid padding": lambda: _sequential(_conv(16, padding="valid"), *_body()[1:], *_head()),
    "no dropout": lambda: _sequential(*_body(), *_head()[1:]),
    "dropout elsewhere": lambda: _sequential(_head()[0], *_body(), *_head()[1:]),
    "L2": lambda: _sequential(*_body(), *_head(_keras().regularizers.L2(1e-4))),
    "stronger penalty": lambda: _sequential(*_body(), *_head(_keras().regularizers.L1(1e-3))),
    "sigmoid": lambda: _sequential(_conv(16, activation="sigmoid"), *_body()[1:], *_head()),
    "other optimizer": _with(optimizer=lambda: "sgd"),
    "other learning rate": _with(optimizer=lambda: _keras().optimizers.Adam(0.01)),
    "schedule": _with(
        optimizer=lambda: _keras().optimizers.Adam(
            _keras().optimizers.schedules.ExponentialDecay(0.001, 100, 0.9)
        )
    ),
    "other loss": _with(loss=lambda: "mse"),
    "label smoothing": _with(loss=lambda: _keras().losses.CategoricalCrossentropy(label_smoothing=0.1)),
    "normalised": lambda: _sequential(_layers().BatchNormalization(), *_body(), *_head()),
    "residual": _residual,
    "not compiled": lambda: _chained([*_body(), *_head()]),
    "own loss": _with(loss=lambda: lambda truth, guess: guess),
    "augmented": lambda: _sequential(
        _layers().RandomFlip("horizontal"), _layers().RandomTranslation(0.1, (-0.2, 0.1)), *_body(), *_head()
    ),
    "rescaled": lambda: _sequential(_layers().Rescaling(1 / 255), *_body(), *_head()),
}

RECIPES = {**EQUIVALENT, **DIFFERENT}
