"""What the checks know of a model that a student's builder returned."""

from __future__ import annotations

from typing import Protocol

from grader.checks.mark import CheckFailed
from grader.models.spec import ModelSpec


class Model(Protocol):
    """A model that a builder returned; `spec` is None when it was refused, and `problem` says why."""

    @property
    def function(self) -> str: ...
    @property
    def spec(self) -> ModelSpec | None: ...
    @property
    def problem(self) -> str: ...


def expect_spec(model: Model) -> ModelSpec:
    """The validated model; CheckFailed with the reason when there is none."""
    if model.spec is None:
        raise CheckFailed(f"{model.function}: {model.problem}")
    return model.spec
