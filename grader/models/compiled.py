"""Compile settings as data: optimizer, loss and the names of the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.models.errors import OwnLoss, SpecError
from grader.models.fields import KERAS_MODULES, Mismatch, check_object, shown, tables

COMPILE_KEYS = {
    "optimizer",
    "loss",
    "loss_weights",
    "metrics",
    "weighted_metrics",
    "run_eagerly",
    "steps_per_execution",
    "jit_compile",
    "auto_scale_loss",
}


@dataclass(frozen=True)
class CompileSpec:
    """`optimizer` and `loss` are {"class": name, **settings that differ from Keras' defaults}.

    Sparse and one-hot cross-entropy learn the same, so `loss` says CategoricalCrossentropy for
    both; `loss_as_written` keeps the student's choice, `metrics` the names given as strings.
    """

    optimizer: Mapping[str, Any]
    loss: Mapping[str, Any]
    loss_as_written: str = ""
    metrics: tuple[str, ...] = ()

    @property
    def sparse(self) -> bool:
        """Does the loss as written want integer labels?"""
        return self.loss_as_written == "SparseCategoricalCrossentropy"

    @property
    def from_logits(self) -> bool:
        return bool(self.loss.get("from_logits", False))

    def canonical(self) -> dict[str, Any]:
        return {"optimizer": dict(self.optimizer), "loss": dict(self.loss)}


def parse_compile(document: Any, own_loss: Mapping[str, Any] | None = None) -> CompileSpec:
    """From Keras' compile configuration. Raises SpecError with a message for the student.

    `own_loss`, as `identify_loss` gives it, stands in for a loss that is not Keras' own; without
    it such a loss raises OwnLoss.
    """
    if not isinstance(document, dict):
        raise SpecError(f"The compile settings are {shown(document)}; they must be an object.")
    for key in document:
        if key not in COMPILE_KEYS:
            raise SpecError(f'The compile setting "{key[:60]}" is not known to the grader.')
    if document.get("loss_weights") is not None:
        raise SpecError(
            "compile was given loss_weights, its third argument, which one output does not need."
            ' Write the metrics by name: metrics=["accuracy"].'
        )
    given = document.get("loss")
    loss = _loss(own_loss if own_loss and _is_own(given) else given)
    return CompileSpec(
        _optimizer(document.get("optimizer")),
        _dense_labels(loss),
        loss["class"],
        tuple(name for name in document.get("metrics") or () if isinstance(name, str) and len(name) < 64)
        if isinstance(document.get("metrics"), list)
        else (),
    )


def compile_from_canonical(document: Any) -> CompileSpec:
    """The inverse of CompileSpec.canonical. Raises SpecError."""
    if not isinstance(document, dict) or set(document) != {"optimizer", "loss"}:
        raise SpecError(
            f"The compile settings are {shown(document)}; they must have an optimizer and a loss."
        )
    loss = _loss(document["loss"])
    return CompileSpec(_optimizer(document["optimizer"]), loss, loss["class"])


def _optimizer(value: Any) -> dict[str, Any]:
    try:
        return check_object(value, "optimizers")
    except Mismatch as wanted:
        raise SpecError(f"The optimizer cannot be rebuilt outside the sandbox: {wanted}.") from None


def _loss(value: Any) -> dict[str, Any]:
    names: dict[str, str] = tables()["loss_names"]
    if value is None:
        raise SpecError("The model was compiled without a loss; give compile() one.")
    if isinstance(value, str):
        if value in names:
            return {"class": names[value]}
        if value in names.values():
            return {"class": value}
        raise SpecError(f"The loss {shown(value)} is not one of: {', '.join(names)}.")
    if _is_own(value):
        raise OwnLoss(
            "The loss is a custom one, not an object of keras.losses or a name. It can be used outside the "
            "sandbox where its values are those of mean squared or absolute error, cross-entropy, Huber or "
            "log-cosh; these are not."
        )
    try:
        return check_object(value, "losses")
    except Mismatch as wanted:
        raise SpecError(f"The loss cannot be rebuilt outside the sandbox: {wanted}.") from None


def _is_own(value: Any) -> bool:
    """Any function, Keras' included: a configuration gives its name alone, and names can be taken."""
    return isinstance(value, dict) and "class" not in value and value.get("module") != KERAS_MODULES["losses"]


def _dense_labels(loss: Mapping[str, Any]) -> dict[str, Any]:
    if loss["class"] == "SparseCategoricalCrossentropy":
        return {**loss, "class": "CategoricalCrossentropy"}
    return dict(loss)
