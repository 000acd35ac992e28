"""A student's own loss is known by what it answers, and never by its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.models.losses import KNOWN, LossAnswers, LossProbes, identify_loss, mean_answers
from grader.models.spec import ModelSpec
from tests.models import training_side
from tests.models.documents import compiled, keras_object, small, text


@pytest.fixture
def probes(rng: np.random.Generator) -> LossProbes:
    return LossProbes.draw(rng, 10)


@pytest.fixture(params=range(3))
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    return np.random.default_rng(request.param)


def answers(probes: LossProbes, loss: Callable[[Any, Any], Any]) -> LossAnswers:
    """As the sandbox would send them for one-hot rows, in float32."""
    pairs = zip(probes.y_true, probes.y_pred, strict=True)
    with np.errstate(all="ignore"):
        return LossAnswers(mean_answers([np.asarray(loss(t, p), np.float32) for t, p in pairs]), None)


@pytest.mark.xdist_group("keras")
@pytest.mark.parametrize("known", KNOWN, ids=lambda known: "-".join(map(str, known.settings.values())))
def test_formulas_are_those_of_keras(in_keras: Callable[..., Any], probes: LossProbes, known: Any) -> None:
    """Every loss of the list is recognised from Keras' own values, and as nothing else."""
    values = in_keras(training_side.loss_values, known.settings, probes.y_true, probes.y_pred)
    assert identify_loss(probes, LossAnswers(mean_answers(values), None)) == known.settings


@pytest.mark.xdist_group("keras")
@pytest.mark.parametrize("from_logits", [{}, {"from_logits": True}])
def test_class_numbers(in_keras: Callable[..., Any], probes: LossProbes, from_logits: Any) -> None:
    """A loss that takes class numbers and raises for rows is the sparse one."""
    sparse = {"class": "SparseCategoricalCrossentropy", **from_logits}
    values = in_keras(training_side.loss_values, sparse, probes.y_true.argmax(-1), probes.y_pred)
    assert identify_loss(probes, LossAnswers(None, mean_answers(values))) == sparse


OWN = {
    "the square of the error": (lambda t, p: (t - p) ** 2, "MeanSquaredError"),
    "its mean for each image": (lambda t, p: ((t - p) ** 2).mean(-1), "MeanSquaredError"),
    "its mean over all": (lambda t, p: ((p - t) ** 2).mean(), "MeanSquaredError"),
    "absolute": (lambda t, p: np.abs(p - t), "MeanAbsoluteError"),
    "cross-entropy": (lambda t, p: -(t * np.log(p)).sum(-1), "CategoricalCrossentropy"),
    "cross-entropy with a guard": (lambda t, p: -(t * np.log(p + 1e-7)).sum(-1), "CategoricalCrossentropy"),
}
UNLIKE = {
    "half the square": lambda t, p: (t - p) ** 2 / 2,
    "the sum of squares": lambda t, p: ((t - p) ** 2).sum(-1),
    "the root": lambda t, p: np.sqrt(((t - p) ** 2).mean(-1)),
    "squares of what is clipped": lambda t, p: (t - np.clip(p, 0, 1)) ** 2,
    "cross-entropy of every class": lambda t, p: -(t * np.log(p)),
    "a constant": lambda t, p: np.zeros(7),
    "not a number": lambda t, p: np.full(7, np.nan),
    "a little off": lambda t, p: (t - p) ** 2 * 1.0001,
}


@pytest.mark.parametrize("name", OWN)
def test_own_functions(probes: LossProbes, name: str) -> None:
    """However it is reduced, as long as Keras' mean over the batch comes to the same."""
    loss, known = OWN[name]
    assert identify_loss(probes, answers(probes, loss)) == {"class": known}


@pytest.mark.parametrize("name", UNLIKE)
def test_other_functions(probes: LossProbes, name: str) -> None:
    """What differs anywhere is not taken for what it resembles."""
    assert identify_loss(probes, answers(probes, UNLIKE[name])) is None


def test_nothing_answered(probes: LossProbes) -> None:
    """A loss that raises for rows and for numbers, or answers too little, stays unknown."""
    assert identify_loss(probes, LossAnswers(None, None)) is None
    assert identify_loss(probes, LossAnswers(np.zeros(3), np.zeros(3))) is None


FUNCTION = {
    "module": "builtins",
    "class_name": "function",
    "config": "mean_squared_error",
    "registered_name": "function",
}


@pytest.mark.parametrize(
    "loss",
    [
        FUNCTION,
        {"class_name": "__lambda__", "config": {"value": ["4wIAAAA=", None, None]}},
        keras_object("evil", "MeanSquaredError"),
        {"module": None, "class_name": "Own", "config": {}, "registered_name": "Own"},
    ],
)
def test_an_identified_loss_stands_in(loss: Any) -> None:
    """Without it the compile settings are refused, whatever the function is called; with it they are
    those of the loss, and nothing that the configuration says of the function counts."""
    settings = text(compiled(loss=loss))
    refused = ModelSpec.parse(text(small()), settings)
    assert refused.compile is None
    assert refused.has_own_loss
    assert "custom" in refused.compile_problem
    spec = ModelSpec.parse(text(small()), settings, own_loss={"class": "MeanSquaredError"})
    assert spec == ModelSpec.parse(text(small()), text(compiled(loss="mse")))
    assert not spec.has_own_loss


def test_an_identified_loss_stands_in_for_nothing_else() -> None:
    """Settings with a loss of Keras', or refused for another reason, are what they were."""
    own = {"class": "MeanSquaredError"}
    for settings in (compiled(), compiled(loss="unknown"), compiled(callbacks=[1])):
        spec = ModelSpec.parse(text(small()), json.dumps(settings), own_loss=own)
        assert spec == ModelSpec.parse(text(small()), json.dumps(settings))
        assert not spec.has_own_loss
