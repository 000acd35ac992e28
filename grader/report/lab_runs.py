"""The runs of a lab report: the first of a setting, all of its repeats, and their means."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from grader.assignment import Experiment
from grader.errors import GraderError
from grader.report.evidence import FigureView, MissingView, Piece
from grader.report.lab_data import LabReport, LabRun
from grader.report.repeats import draw_runs
from grader.report.words import number

RUN_EXPERIMENTS = "Run `tox -e experiments`."

CURVES = {
    "accuracy": "training images",
    "loss": "training images",
    "val_accuracy": "held-back images",
    "val_loss": "held-back images",
    "test_accuracy": "test images",
    "test_loss": "test images",
}
"""Names of curves in experiments.json, and what they were measured on."""


def first_runs(lab: LabReport) -> dict[str, LabRun]:
    """By experiment, the first of its runs that is there."""
    runs: dict[str, LabRun] = {}
    for run in sorted(lab.runs, key=lambda run: run.repeat):
        runs.setdefault(run.name, run)
    return runs


def repeats(lab: LabReport, name: str) -> tuple[LabRun, ...]:
    """All runs of an experiment, in order."""
    return tuple(sorted((run for run in lab.runs if run.name == name), key=lambda run: run.repeat))


def mean_of(runs: Sequence[LabRun], metric: str) -> float:
    return fmean(float(getattr(run, metric)) for run in runs)


def say_mean(runs: Sequence[LabRun], metric: str, decimals: int) -> str:
    """The mean, with the standard deviation where there are several runs."""
    values = [float(getattr(run, metric)) for run in runs]
    spread = f" ± {number(stdev(values), decimals)}" if len(values) > 1 else ""
    return number(fmean(values), decimals) + spread


def view_runs(lab: LabReport, experiment: Experiment, names: Sequence[str], key: str) -> list[Piece]:
    """One figure with all runs of an experiment, for curves that share an axis (losses, accuracies).

    Raises GraderError for a curve that is not known.
    """
    unknown = [name for name in names if name not in CURVES]
    if unknown:
        raise GraderError(
            f'{lab.assignment.name}: a section shows the curve "{unknown[0]}", which is not known.',
            hint=f"Use one or more of {', '.join(CURVES)}, joined by +.",
        )
    done = repeats(lab, experiment.name)
    lines = {
        CURVES.get(name, name): [run.history[name] for run in done if run.history.get(name)] for name in names
    }
    if not any(lines.values()):
        return [MissingView(f"The runs of {experiment.name}. {RUN_EXPERIMENTS}")]
    y_label = "loss" if names[0].endswith("loss") else "accuracy"
    what = f"{len(done)} {'run' if len(done) == 1 else 'runs'}"
    title = f"{experiment.title}: {y_label} of {what}."
    note = "Thin lines are the runs, thick ones their means." if len(done) > 1 else ""
    pieces: list[Piece] = [FigureView(title, note, draw_runs(title, y_label, lines, key=key))]
    if len(done) < experiment.runs:
        missing = experiment.runs - len(done)
        pieces.append(
            MissingView(f"{missing} of {experiment.runs} runs of {experiment.name}. {RUN_EXPERIMENTS}")
        )
    return pieces
