"""What a student's own lab report is made of."""

from __future__ import annotations

from collections.abc import Mapping

from grader.assignment import Assignment
from grader.evidence import Frozen, LayerRow, Pictures


class ClassScore(Frozen):
    """One row of a classification report."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


class LabRun(Frozen):
    """One finished run of an experiment, the `repeat`-th of it, counted from 0.

    `history` holds one value an epoch. Counts: rows = true class; `class_names` where they are not the
    report's.
    """

    name: str
    repeat: int = 0
    class_names: tuple[str, ...] = ()
    n: int
    epochs: int
    train_accuracy: float
    test_accuracy: float
    seconds: float
    parameters: int | None = None
    history: Mapping[str, tuple[float, ...]] = {}
    confusion: tuple[tuple[int, ...], ...] = ()
    report: tuple[ClassScore, ...] = ()


class Baseline(Frozen):
    """What always predicting `label` scores on the test images."""

    label: str
    test_accuracy: float
    macro_f1: float


class LabReport(Frozen):
    """Everything the report may show; what is absent is named in it.

    `answers` maps answer ids to text, `layers` builder names to layer rows.
    """

    assignment: Assignment
    student_id: str
    dataset_note: str
    class_names: tuple[str, ...]
    runs: tuple[LabRun, ...] = ()
    answers: Mapping[str, str] = {}
    layers: Mapping[str, tuple[LayerRow, ...]] = {}
    layer_problems: Mapping[str, str] = {}
    kernels: Pictures | None = None
    baseline: Baseline | None = None
    versions: Mapping[str, str] = {}
