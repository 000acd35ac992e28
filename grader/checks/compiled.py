"""Judges how a student's model is compiled: optimizer with its settings, and loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from grader.checks.mark import CheckFailed
from grader.checks.student_model import Model, expect_spec
from grader.models.fields import object_tables
from grader.models.rows import setting_words


def expect_compile(
    model: Model,
    *,
    optimizer: str,
    settings: Mapping[str, float] | None = None,
    loss: str = "CategoricalCrossentropy",
    call: str = "",
) -> None:
    """The class of the optimizer, its `settings` (all others at Keras' defaults), and the class of the loss.

    `call` is how the builder was called, for the student to read. Raises CheckFailed, with half of the
    points for a setting that differs.
    """
    spec = expect_spec(model)
    name = call or model.function
    if spec.compile is None:
        raise CheckFailed(
            spec.compile_problem
            or f"{name} returns a model that is not compiled. Call model.compile({_example(optimizer, loss)})"
            " before you return it."
        )
    _expect_loss(dict(spec.compile.loss), loss, name)
    given = dict(spec.compile.optimizer)
    if given.pop("class") != optimizer:
        raise CheckFailed(
            f"{name} compiles with {spec.compile.optimizer['class']}; asked for is"
            f" keras.optimizers.{optimizer}({_arguments(settings or {})})."
        )
    _expect_settings(given, optimizer, settings or {}, name)


def _expect_loss(given: Mapping[str, Any], loss: str, name: str) -> None:
    if given["class"] != loss:
        raise CheckFailed(f"{name} compiles with the loss {given['class']}; asked for is {_spelt(loss)}.")
    if given.get("from_logits"):
        raise CheckFailed(
            f"{name} tells the loss that it gets logits (from_logits=True), but the last layer has a softmax"
            " already. Leave out one of the two."
        )


def _expect_settings(
    given: Mapping[str, Any], optimizer: str, settings: Mapping[str, float], name: str
) -> None:
    defaults = {key: field.default for key, field in object_tables("optimizers")[optimizer].items()}
    problems = []
    for key in (*settings, *(key for key in given if key not in settings)):
        wanted, actual = settings.get(key, defaults[key]), given.get(key, defaults[key])
        if not _same(actual, wanted):
            problems.append(f"{key} is {setting_words(actual)} instead of {setting_words(wanted)}")
    if problems:
        raise CheckFailed(
            f"{name} gives a model with {optimizer} in which {'; '.join(problems)}."
            + (" Hand the builder's arguments on to the optimizer." if settings else ""),
            earned=0.5,
        )


def _same(actual: object, wanted: object) -> bool:
    if isinstance(actual, float | int) and isinstance(wanted, float | int):
        # Keras passes numbers through float32.
        return math.isclose(actual, wanted, rel_tol=1e-5, abs_tol=0.0)
    return actual == wanted


def _example(optimizer: str, loss: str) -> str:
    return f'optimizer=keras.optimizers.{optimizer}(...), loss={_spelt(loss)}, metrics=["accuracy"]'


def _arguments(settings: Mapping[str, float]) -> str:
    return ", ".join(f"{key}={setting_words(value)}" for key, value in settings.items())


def _spelt(loss: str) -> str:
    """CategoricalCrossentropy as "categorical_crossentropy", in quotes."""
    parts = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in loss)
    return f'"{parts.strip("_")}"'
