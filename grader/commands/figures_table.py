"""Reported figures beside ours, as a Markdown page: `grader calibrate NAME --table FILE`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field
from sklearn.metrics import f1_score

from grader.assignment import AssignmentFolder
from grader.data import load_dataset
from grader.grading.proxy import load_solution_module
from grader.models.calibration import Calibration, Distribution, Setting, load_calibration
from grader.results import Frozen

Interval = tuple[float, float]
BASELINE = "baseline"
BASELINE_IMAGES = 5_000
SPREAD_OF_ONE_RUN = 0.01
"""Stands for the standard deviation where we have one run: about that of the settings with 20."""


class Reported(Frozen):
    """What students reported for one experiment: lowest and highest accuracy, 0 to 1."""

    experiment: str
    label: str
    train_accuracy: Interval | None = None
    test_accuracy: Interval | None = None
    macro_f1: Interval | None = None
    note: str = ""


class ReportedFile(Frozen):
    """reference/NAME/reported.toml."""

    source: str
    dataset: str
    reported: tuple[Reported, ...] = Field(min_length=1)


class Comparison(NamedTuple):
    """`inside` is None when there is no run of ours."""

    ours: str
    inside: bool | None


def render_figures_page(folder: AssignmentFolder) -> str:
    """Raises GraderError when there is no calibration, OSError when reported.toml is missing."""
    text = (folder.require_hidden() / "reported.toml").read_text(encoding="utf-8")
    reported = ReportedFile.model_validate(tomllib.loads(text))
    calibration = load_calibration(folder.calibration)
    return "\n".join(_page(folder, reported, calibration)) + "\n"


def write_figures_page(folder: AssignmentFolder, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_figures_page(folder), encoding="utf-8")


def compare(distribution: Distribution | None, reported: Interval | None) -> Comparison:
    """Our mean against the reported interval.

    A student reports one run, rounded to the digits shown; so ours is inside when a single run
    lies in the interval within two of our standard deviations (of 0.01 where we have one run) and
    half a unit of the second digit.
    """
    if distribution is None:
        return Comparison("not run", None)
    spread = SPREAD_OF_ONE_RUN if distribution.sd is None else distribution.sd
    shown = f"{distribution.mean:.3f}" + ("" if distribution.sd is None else f" ± {distribution.sd:.3f}")
    if reported is None:
        return Comparison(shown, None)
    slack = 2 * spread + 0.005
    return Comparison(shown, reported[0] - slack <= distribution.mean <= reported[1] + slack)


def _page(folder: AssignmentFolder, reported: ReportedFile, calibration: Calibration) -> Iterator[str]:
    assignment = folder.assignment
    yield f"# {assignment.title}: reported figures and ours"
    yield ""
    yield (
        f"Reported: {reported.source}, on {reported.dataset}. Ours: the reference solution, mean ± standard "
        "deviation over the number of runs with different seeds that the last column gives. A reported "
        "figure is one run, so ours counts as inside the band when it lies within two of our standard "
        "deviations of it (0.01 where we have a single run) plus rounding."
    )
    yield ""
    yield f"Written by `grader calibrate {assignment.name} --table docs/{assignment.name}-figures.md`."
    yield ""
    yield (
        "Reports do not say how the training accuracy was measured. *Train, ours* is measured after "
        "training, without dropout; *last epoch* is what `fit` prints for its last epoch, while dropout is "
        "on and the weights still change, and is lower."
    )
    yield ""
    columns = "model", "train, reported", "train, ours", "last epoch, ours", "test, reported", "test, ours"
    yield f"| {' | '.join(columns)} | inside | runs |"
    yield "|---" * (len(columns) + 2) + "|"
    notes = []
    for row in reported.reported:
        if row.experiment == BASELINE:
            yield _baseline_row(row, folder, reported.dataset)
        else:
            yield _row(row, calibration.find(row.experiment, reported.dataset))
        if row.note:
            notes.append(f"- **{row.label}**: {row.note}")
    if notes:
        yield from ["", "## Where the two differ", "", *notes]


def _baseline(folder: AssignmentFolder, dataset_name: str, n: int) -> tuple[float, float, float]:
    """The solution's baseline on real data: accuracy on the first n training images and on the test
    images, and macro F1 on the test images."""
    dataset = load_dataset(dataset_name)
    predict = getattr(
        load_solution_module(folder.require_hidden() / "solution", folder.assignment.lab.baseline),
        folder.assignment.lab.baseline,
    )
    y_train, y_test = dataset.y_train[:n], dataset.y_test
    y_pred = predict(y_train, len(y_test))
    macro_f1 = float(f1_score(y_test, y_pred, average="macro", zero_division=0))
    return float((predict(y_train, n) == y_train).mean()), float((y_pred == y_test).mean()), macro_f1


def _baseline_row(row: Reported, folder: AssignmentFolder, dataset_name: str) -> str:
    train, test, macro_f1 = _baseline(folder, dataset_name, BASELINE_IMAGES)
    scores = [
        compare(Distribution(mean=value, sd=None, n=1), reported)
        for value, reported in ((train, row.train_accuracy), (test, row.test_accuracy))
    ]
    f1 = f", macro F1 {row.macro_f1[0]:g}" if row.macro_f1 else ""
    cells = [row.label, _band(row.train_accuracy), f"{train:.3f}", "", f"{_band(row.test_accuracy)}{f1}"]
    return f"| {' | '.join(cells)} | {test:.3f}, macro F1 {macro_f1:.3f} | {_verdict(scores)} | – |"


def _row(row: Reported, setting: Setting | None) -> str:
    runs = len(setting.runs) if setting else 0
    last = [curve[-1] for curve in setting.values("accuracy")] if setting else []
    train = compare(setting.train_accuracy if setting else None, row.train_accuracy)
    during = compare(Distribution.of(last) if last else None, row.train_accuracy)
    test = compare(setting.test_accuracy if setting else None, row.test_accuracy)
    cells = [
        row.label,
        _band(row.train_accuracy),
        train.ours,
        during.ours,
        _band(row.test_accuracy),
        test.ours,
    ]
    verdict = _verdict([train, test])
    if train.inside is False and during.inside:
        verdict = _verdict([during, test]).replace("yes", "yes, last epoch")
    return f"| {' | '.join(cells)} | {verdict} | {runs or ''} |"


def _band(interval: Interval | None) -> str:
    if interval is None:
        return ""
    low, high = interval
    return f"{low:g}" if low == high else f"{low:g} – {high:g}"


def _verdict(comparisons: Sequence[Comparison]) -> str:
    names = [name for name, item in zip(("train", "test"), comparisons, strict=True) if item.inside is False]
    if all(item.inside is None for item in comparisons):
        return ""
    return f"no: {' and '.join(names)}" if names else "yes"
