"""Which training runs can be one: models of the same layers side by side. Needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from grader.models.graph import SizedNode
from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingTask

ELEMENTWISE = frozenset({"Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Rescaling"})
"""Layers without weights and without chance, which do to many models' values what they do to one's."""

ACROSS_WEIGHTS = ("clipnorm", "global_clipnorm", "use_ema")
"""Settings of optimizers that look at a whole variable, or exchange it, rather than change each number."""

LARGEST_STACK = 10
"""Models in one job: beyond that a model costs hardly less, and an interruption costs more."""


def stackable(spec: ModelSpec) -> bool:
    """True for a compiled chain of dense layers on vectors, whose runs differ in numbers alone."""
    settings = spec.compile
    if settings is None or any(settings.optimizer.get(key) for key in ACROSS_WEIGHTS):
        return False
    chained = all(item.node.inputs == (index - 1,) for index, item in enumerate(spec.sized))
    return chained and all(_stacks(item) for item in spec.sized)


def _stacks(item: SizedNode) -> bool:
    node = item.node
    if node.class_name in ("Flatten", "Rescaling"):
        return True
    if len(item.input_shapes[0]) != 1:
        return False
    if node.class_name == "Dense":
        special = ("activity_regularizer", "kernel_constraint", "bias_constraint")
        return all(node.settings[key] is None for key in special)
    return node.class_name in ELEMENTWISE


def stacks_of(tasks: Iterable[TrainingTask], processes: int) -> list[tuple[TrainingTask, ...]]:
    """The tasks in groups that can be trained as one, the costliest first; other tasks are alone.

    A group is cut so that each of the `processes` has a part of it.
    """
    groups: dict[str, list[TrainingTask]] = {}
    for task in tasks:
        together = stackable(ModelSpec.from_canonical(task.model))
        alike = task.model_copy(update={"title": "", "seed": 0 if together else task.seed})
        groups.setdefault(alike.model_dump_json(), []).append(task)
    stacks = []
    for group in groups.values():
        size = min(LARGEST_STACK, ceil(len(group) / processes))
        stacks += [tuple(group[start : start + size]) for start in range(0, len(group), size)]
    return sorted(stacks, key=lambda stack: -sum(task.cost for task in stack))
