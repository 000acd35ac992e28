"""Keras models inside the worker: describing, rebuilding and training them."""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .encode import type_name
from .values import BuiltModel

_UNREADABLE = (
    "Its layers cannot be read. Build it with keras.Sequential or keras.Model(inputs, outputs) from Keras' "
    "own layers."
)


@contextmanager
def short_trainings() -> Iterator[None]:
    """For a call in which a student's function may train for a few steps, where Keras is loaded.

    What stands in for Keras' training gives the same numbers up to rounding. Whatever it leaves to Keras runs
    without graphs: making one takes longer than the steps themselves.
    """
    if "keras" not in sys.modules:
        yield
        return
    import tensorflow

    from .short_training import STANDING_IN

    warnings.filterwarnings("ignore", message="Even though the `tf.config")  # it is not the student's doing
    tensorflow.config.run_functions_eagerly(True)
    try:
        with STANDING_IN.in_force():
            yield
    finally:
        tensorflow.config.run_functions_eagerly(False)


def build_from_config(wanted: BuiltModel) -> Any:
    """A model from a configuration that the grader made itself."""
    import keras

    model = keras.models.model_from_json(wanted.config)
    if wanted.compile is not None:
        model.compile_from_config(dict(wanted.compile))
    return model


def describe_model(model: Any) -> dict[str, Any]:
    """{"config", "compile_config", "problem"} of what a builder returned.

    `config` and `compile_config` are JSON texts; the latter is None for a model that is not
    compiled. `problem` says why there is no configuration, for the student.
    """
    if problem := why_not_a_model(model):
        return _without_config(problem)
    try:
        config = _configuration(model)
    except Exception as error:  # any layer's own get_config may fail in any way
        problem = f"{_UNREADABLE} Keras says: {_words(error)}. {_custom(model)}"
        return _without_config(problem)
    try:
        compile_config = json.dumps(_compile_settings(model)) if model.compiled else None
    except Exception as error:
        problem = f"Its compile settings cannot be written down ({_words(error)}). {_custom(model)}"
        return {"config": config, "compile_config": None, "problem": problem}
    return {"config": config, "compile_config": compile_config, "problem": ""}


def _configuration(model: Any) -> str:
    """As Keras writes it; compile settings that prevent that are left out, since they go apart."""
    try:
        return str(model.to_json())
    except Exception:  # whatever a student's get_config may raise
        import keras

        kind = {"module": type(model).__module__, "class_name": type_name(model), "registered_name": None}
        return json.dumps({**kind, "config": keras.saving.serialize_keras_object(model.get_config())})


def _compile_settings(model: Any) -> dict[str, Any]:
    """As Keras writes them; where a part of the student's own prevents that, without the metrics."""
    try:
        settings: dict[str, Any] = model.get_compile_config()
    except Exception:  # whatever a student's get_config may raise
        return {"optimizer": _serialised(model.optimizer), "loss": _serialised(model.loss)}
    return settings


def _serialised(part: Any) -> Any:
    import keras

    if _is_custom(part):
        return {"module": None, "class_name": type_name(part), "config": {}}
    return part if isinstance(part, str) else keras.saving.serialize_keras_object(part)


def apply_loss(model: Any, y_true: Any, y_pred: Any) -> dict[str, Any]:
    """{"rows", "labels"}: what a model's loss gives for each pair of a batch, a list of arrays.

    `y_true` is one-hot (pairs, rows, classes), as `y_pred`; "labels" are for class numbers in its
    place. None where the loss cannot be called, or raises.
    """
    forms = {"rows": y_true, "labels": y_true.argmax(-1)}
    return {form: _values(model.loss, labels, y_pred) for form, labels in forms.items()}


def _values(loss: Any, y_true: Any, y_pred: Any) -> list[Any] | None:
    import numpy as np
    from keras import ops

    if not callable(loss):
        return None
    pairs = zip(y_true, y_pred, strict=True)
    try:
        return [np.asarray(loss(ops.convert_to_tensor(t), ops.convert_to_tensor(p))) for t, p in pairs]
    except Exception:  # whatever student code may raise
        return None


def why_not_a_model(value: object) -> str:
    """For the student; "" when it is a Keras model."""
    import keras

    if isinstance(value, keras.Model):
        return ""
    wanted = "Return the Keras model itself, for example `return model`."
    return f"It returned {_article(type_name(value))}, not a Keras model. {wanted}"


def _without_config(problem: str) -> dict[str, Any]:
    return {"config": "", "compile_config": None, "problem": problem.strip()}


def _words(error: Exception) -> str:
    return f"{type_name(error)}: {str(error).partition('.')[0][:200]}"


def _article(name: str) -> str:
    return "nothing (None)" if name == "NoneType" else f"a value of type {name}"


def _custom(model: Any) -> str:
    """Names the optimizer, loss and layers that are not Keras' own."""
    layers = getattr(model, "layers", [])
    parts = {"optimizer": getattr(model, "optimizer", None), "loss": getattr(model, "loss", None)}
    own = [f"its {part} is {_name_of(value)}" for part, value in parts.items() if _is_custom(value)]
    own += [f"layer {layer.name} is a {type_name(layer)}" for layer in layers if _is_custom(layer)]
    return f"Defined outside Keras: {', '.join(own[:8])}." if own else ""


def _is_custom(value: object) -> bool:
    if value is None or isinstance(value, (str, dict, list)):
        return False
    module = getattr(value, "__module__", "") or type(value).__module__
    return str(module).partition(".")[0] != "keras"


def _name_of(value: object) -> str:
    return str(getattr(value, "__name__", type_name(value)))


def fit_model(model: Any, arrays: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Trains a student's model; {"history", "train", "test"}: metrics and predictions (n, classes).

    `arrays` holds x_train, y_train (integer labels, n), x_test. The labels of the test set are not
    here. An uncompiled model is compiled with the fallback settings.
    """
    import keras

    if not model.compiled:
        model.compile(
            optimizer=settings["optimizer"], loss=settings["loss"], metrics=list(settings["metrics"])
        )
    keras.utils.set_random_seed(settings["seed"])
    pictures = {name: _fed(model, arrays[f"x_{name}"]) for name in ("train", "test")}
    history = model.fit(
        pictures["train"],
        _labels_for(model, arrays["y_train"]),
        epochs=settings["epochs"],
        batch_size=settings["batch_size"],
        validation_split=settings["validation_split"],
        verbose=0,
    )
    predictions = {name: model.predict(x, batch_size=256, verbose=0) for name, x in pictures.items()}
    return {"history": history, **predictions}


def _fed(model: Any, pictures: Any) -> Any:
    """Pictures (n, ...) as the model takes them, where a reshape is enough.

    A model that was never built does not say what it takes: grey pictures then get an axis of one
    channel, since convolutions need it and Flatten does not mind. What fits in no way is left as
    it is, so that Keras names both shapes.
    """
    shape = getattr(model, "input_shape", None) if model.built else None
    images = pictures[..., None] if pictures.ndim == 3 else pictures
    if not isinstance(shape, tuple) or None in shape[1:]:
        return images
    image, wanted = images.shape[1:], shape[1:]
    fits = wanted in (image, (math.prod(image),)) or (*wanted, 1) == image
    return pictures.reshape(-1, *wanted) if fits else pictures


def _labels_for(model: Any, labels: Any) -> Any:
    """Integers (n,) where the loss wants them, else one-hot rows (n, classes)."""
    import keras

    # A subclassed model knows its output shape only once it has seen data.
    rows = keras.utils.to_categorical(labels, int(labels.max()) + 1)
    return rows if takes_rows(model.loss, rows) else labels


def takes_rows(loss: Any, rows: Any) -> bool:
    """Does a model's loss want one-hot rows such as `rows` (n, classes), rather than class numbers?"""
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    return "sparse" not in str(name) and (not _is_custom(loss) or _takes(loss, rows))


def _takes(loss: Any, rows: Any) -> bool:
    """Can a student's own loss be applied to one-hot rows? One that calls a sparse loss cannot."""
    try:
        loss(rows[:2], rows[:2])
    except Exception:  # whatever student code may raise
        return False
    return True
