"""A process with Keras, started once for all tests of this folder that need it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.models.trainer import TrainerPool
from tests.models import keras_side
from tests.models.keras_side import Serialised


@pytest.fixture(scope="session")
def in_keras() -> Iterator[Callable[..., Any]]:
    """Calls a function in a trainer process and returns its result."""
    with TrainerPool(1) as pool:

        def call(function: Callable[..., Any], *arguments: Any) -> Any:
            future = pool.submit(function, *arguments)
            future.exception()
            return pool.result(future)

        yield call


@pytest.fixture(scope="session")
def built(in_keras: Callable[..., Any]) -> dict[str, Serialised]:
    """All of keras_side.RECIPES, serialised by Keras."""
    models: dict[str, Serialised] = in_keras(keras_side.build_all)
    return models
