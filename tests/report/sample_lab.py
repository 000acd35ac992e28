"""A student's lab report, finished or only begun."""

from __future__ import annotations

import math

from grader.report import Baseline, ClassScore, LabReport, LabRun
from tests.report.sample_assignment import EXPERIMENTS, SECTIONS, make_assignment
from tests.report.sample_evidence import CLASSES, confusion_counts, history, kernel_pictures, strided_layers
from tests.report.samples import ANSWERS, ENVIRONMENT


def make_lab(*, complete: bool = True, sections: str = SECTIONS) -> LabReport:
    """A finished lab report, or one before anything was run."""
    assignment = make_assignment(sections)
    if not complete:
        return LabReport(
            assignment=assignment,
            student_id="s-104417",
            dataset_note=ENVIRONMENT.dataset_note,
            class_names=CLASSES,
        )
    return LabReport(
        assignment=assignment,
        student_id="s-104417",
        dataset_note=ENVIRONMENT.dataset_note,
        class_names=CLASSES,
        runs=tuple(_lab_run(*experiment) for experiment in EXPERIMENTS),
        answers={
            "kernels_discussion": ANSWERS[0].text,
            "strided_parameters": "37146",
            "largest_reason": "The Dense layer: 2048 inputs times 10 classes and 10 biases are 20,490.",
            "size_discussion": ANSWERS[1].text,
        },
        layers={"build_strided": strided_layers(), "build_pooled": strided_layers()},
        kernels=kernel_pictures(),
        baseline=Baseline(label="frog", test_accuracy=0.1, macro_f1=0.018),
        versions=ENVIRONMENT.versions,
    )


def _lab_run(name: str, _title: str, l1: float, n: int, _group: str) -> LabRun:
    test = 0.487 + 0.065 * math.log2(n / 5000) - (0.06 * (4 + math.log10(l1)) if l1 > 1e-4 else 0.0)
    past = history(0.22, test + 0.1, 0.13 - 0.02 * math.log2(n / 5000))
    rows = [
        ClassScore(label=c, precision=0.4 + 0.02 * k, recall=0.55 - 0.015 * k, f1=0.47, support=1000)
        for k, c in enumerate(CLASSES)
    ]
    rows += [
        ClassScore(label=label, precision=test, recall=test, f1=test - 0.004, support=10000)
        for label in ("macro avg", "weighted avg")
    ]
    return LabRun(
        name=name,
        n=n,
        epochs=20,
        train_accuracy=past["accuracy"][-1],
        test_accuracy=round(test, 4),
        seconds=round(n / 5000 * 17.3 + 2.1, 1),
        parameters=37146,
        history=past,
        confusion=confusion_counts(test),
        report=tuple(rows),
    )
