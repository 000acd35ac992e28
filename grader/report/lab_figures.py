"""The words that name the figures of a lab report.

A section of assignment.toml lists figures by these words:

    kernels                       pictures of a photo and what the kernels make of it
    layers:BUILDER                layer table of a model, e.g. layers:build_strided
    classification:EXPERIMENT     precision, recall, F1 by class, and the confusion matrix
    baseline                      the commonest class as a prediction, beside the first run
    curves:GROUP                  accuracy and loss over epochs, one figure a run
    together:GROUP:METRIC         METRIC over epochs, all runs in one figure; METRIC: see EPOCH_VALUES
    runs:EXPERIMENT:CURVE+CURVE   all repeats of an experiment and their mean; curves: see lab_runs.CURVES
    sweep:GROUP:X:Y+Y             Y over X: n or an argument; Y: see SWEEP_VALUES
    table:GROUP                   settings, accuracies and time, one row a run
    times:GROUP                   training time over n, or by run where n is the same
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.assignment import Experiment
from grader.errors import GraderError
from grader.evidence import Confusion, Curves, LayerPair, LayerTable, Series
from grader.report.canvas import DataTable
from grader.report.evidence import FigureView, MissingView, Piece, view_pictures, view_table
from grader.report.figures import draw_confusion, draw_curves
from grader.report.lab_data import LabReport, LabRun
from grader.report.lab_runs import (
    RUN_EXPERIMENTS,
    first_runs,
    mean_of,
    repeats,
    say_mean,
    view_runs,
)
from grader.report.layers import view_layers
from grader.report.plots import draw_bars, draw_history, draw_sweep, draw_times
from grader.report.words import number, plain_number

SWEEP_VALUES = {"test_accuracy": "test accuracy", "train_accuracy": "training accuracy", "seconds": "seconds"}
EPOCH_VALUES = {
    "accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
    "loss": "training loss",
    "val_loss": "validation loss",
}


def view_figures(lab: LabReport, word: str, key: str) -> list[Piece]:
    """What one figure word stands for. Raises GraderError when it stands for nothing."""
    name, *arguments = word.split(":")
    if name not in _WORDS or len(arguments) != _WORDS[name][0]:
        known = ", ".join(":".join([name, *["…"] * count]) for name, (count, _) in _WORDS.items())
        raise GraderError(
            f'{lab.assignment.name}: a section asks for the figure "{word}", which is not known.',
            hint=f"Use one of these in assignment.toml: {known}.",
        )
    return _WORDS[name][1](lab, tuple(arguments), key)


def _kernels(lab: LabReport, _arguments: tuple[str, ...], _key: str) -> list[Piece]:
    if lab.kernels is None:
        return [MissingView(f"The kernel responses: {_finish(lab.assignment.lab.responses)}")]
    return [view_pictures(lab.kernels)]


def _finish(function: str) -> str:
    return f"finish `{function}`, then run `tox -e report` again."


def _layers(lab: LabReport, arguments: tuple[str, ...], _key: str) -> list[Piece]:
    builder = arguments[0]
    rows = lab.layers.get(builder)
    if rows is None:
        why = lab.layer_problems.get(builder, _finish(builder))
        return [MissingView(f"The layers of {builder}: {why}")]
    total = sum(row.parameters for row in rows)
    table = LayerTable(
        title=f"Layers of {builder}.",
        caption=f"{number(total)} parameters in all.",
        pairs=tuple(LayerPair(status="same", yours=row) for row in rows),
        total=total,
    )
    return [view_layers(table)]


def _classification(lab: LabReport, arguments: tuple[str, ...], key: str) -> list[Piece]:
    experiment = _experiment(lab, arguments[0])
    run = _runs(lab).get(experiment.name)
    if run is None or not run.report:
        return [MissingView(f"The classification report of {experiment.name}. {RUN_EXPERIMENTS}")]
    rows = tuple(
        (row.label, number(row.precision, 3), number(row.recall, 3), number(row.f1, 3), number(row.support))
        for row in run.report
    )
    table = DataTable(("Class", "Precision", "Recall", "F1", "Images"), rows)
    caption = f"On the test images, after {run.epochs} epochs on {number(run.n)} images."
    pieces: list[Piece] = [view_table(f"{experiment.title}.", caption, table, half=True)]
    if run.confusion:
        title = "Which classes are taken for which."
        confusion = Confusion(
            title=title, caption="", counts=run.confusion, class_names=run.class_names or lab.class_names
        )
        note = "Rows are the true classes, columns the predictions; darker cells hold more of their row."
        pieces.append(FigureView(title, note, draw_confusion(confusion, key=key)))
    return pieces


def _baseline(lab: LabReport, _arguments: tuple[str, ...], _key: str) -> list[Piece]:
    if lab.baseline is None:
        return [MissingView(f"The baseline: {_finish(lab.assignment.lab.baseline)}")]
    rows = [(f"Always “{lab.baseline.label}”", lab.baseline.test_accuracy, lab.baseline.macro_f1)]
    reported = [run for run in _in_order(lab) if run.report]
    if reported:
        names = reported[0].class_names or lab.class_names
        classes = [row.f1 for row in reported[0].report if row.label in names]
        title = _experiment(lab, reported[0].name).title
        rows.append((title, reported[0].test_accuracy, sum(classes) / max(len(classes), 1)))
    table = DataTable(
        ("Prediction", "Test accuracy", "Macro F1"),
        tuple((label, number(accuracy, 3), number(f1, 3)) for label, accuracy, f1 in rows),
    )
    return [view_table("Baseline.", "What a prediction is worth that never looks at the image.", table)]


def _curves(lab: LabReport, arguments: tuple[str, ...], key: str) -> list[Piece]:
    runs = _runs(lab)
    pieces: list[Piece] = []
    for index, experiment in enumerate(_group(lab, arguments[0])):
        run = runs.get(experiment.name)
        drawing = draw_history(experiment.title, run.history, key=f"{key}-{index}") if run else None
        if run is not None and drawing is not None:
            pieces.append(FigureView(f"{experiment.title}.", _say_gap(run), drawing))
    return [*pieces, *_gaps(lab, arguments[0], "curves")]


def _together(lab: LabReport, arguments: tuple[str, ...], key: str) -> list[Piece]:
    group, metric = arguments
    if metric not in EPOCH_VALUES:
        raise GraderError(
            f'{lab.assignment.name}: a section asks for "{metric}" over epochs, which is not known.',
            hint=f"Use one of: {', '.join(EPOCH_VALUES)}.",
        )
    runs = _runs(lab)
    curves = {
        experiment.title: runs[experiment.name].history.get(metric, ())
        for experiment in _group(lab, group)
        if experiment.name in runs
    }
    series = tuple(
        Series(label=title, x=tuple(float(epoch) for epoch in range(1, len(values) + 1)), y=values)
        for title, values in curves.items()
        if values
    )
    pieces: list[Piece] = _gaps(lab, group, "comparison")
    if not series:
        return pieces
    label = EPOCH_VALUES[metric]
    title, note = f"{label.capitalize()} of all runs.", "One line for each run."
    drawing = draw_curves(
        Curves(title=title, caption=note, x_label="epoch", y_label=label, series=series), key=key
    )
    return [FigureView(title, note, drawing), *pieces]


def _say_gap(run: LabRun) -> str:
    """How far training is ahead of validation at the end: the sign of overfitting."""
    training, validation = run.history.get("accuracy", ()), run.history.get("val_accuracy", ())
    if not training or not validation:
        return ""
    gap = training[-1] - validation[-1]
    where = "above" if gap >= 0 else "below"
    return f"At the end, training accuracy is {number(abs(gap), 2)} {where} validation accuracy."


def _sweep(lab: LabReport, arguments: tuple[str, ...], key: str) -> list[Piece]:
    group, x_name, values = arguments
    names = values.split("+")
    unknown = [name for name in names if name not in SWEEP_VALUES]
    if unknown:
        raise GraderError(
            f'{lab.assignment.name}: a sweep shows "{unknown[0]}", which is not known.',
            hint=f"Use one or more of {', '.join(SWEEP_VALUES)}, joined by +.",
        )
    done = [(e, run) for e in _group(lab, group) if (run := _runs(lab).get(e.name)) is not None]
    pieces: list[Piece] = _gaps(lab, group, "sweep")
    if len(done) < 2:
        return pieces
    points = sorted(
        ((_setting(lab, e, run, x_name), repeats(lab, e.name)) for e, run in done), key=lambda point: point[0]
    )
    lines = {SWEEP_VALUES[name]: [mean_of(runs, name) for _, runs in points] for name in names}
    spread = {
        SWEEP_VALUES[name]: [tuple(float(getattr(run, name)) for run in runs) for _, runs in points]
        for name in names
        if any(len(runs) > 1 for _, runs in points)
    }
    x_label = "training images" if x_name == "n" else x_name
    y_label = SWEEP_VALUES[names[0]] if len(names) == 1 else "accuracy"
    title = f"{y_label.capitalize()} over {x_label}."
    best, runs = max(points, key=lambda point: mean_of(point[1], "test_accuracy"))
    reached = number(mean_of(runs, "test_accuracy"), 3)
    note = f"The best test accuracy, {reached}, is at {x_name} = {plain_number(best)}."
    if spread:
        note += " Lines are means over the runs; the shade reaches from the lowest run to the highest."
    drawing = draw_sweep(title, x_label, y_label, [x for x, _ in points], lines, spread, key=key)
    return [FigureView(title, note, drawing), *pieces]


def _setting(lab: LabReport, experiment: Experiment, run: LabRun, name: str) -> float:
    if name == "n":
        return float(run.n)
    value = experiment.arguments.get(name)
    if not isinstance(value, int | float):
        raise GraderError(
            f'{lab.assignment.name}: a sweep runs over "{name}", but {experiment.name} has no such number.',
            hint="Sweep over n or over an argument that all experiments of the group have.",
        )
    return float(value)


def _table(lab: LabReport, arguments: tuple[str, ...], _key: str) -> list[Piece]:
    rows, most = [], 0
    for experiment in _group(lab, arguments[0]):
        run = _runs(lab).get(experiment.name)
        if run:
            parameters = "–" if run.parameters is None else number(run.parameters)
            done = repeats(lab, experiment.name)
            most = max(most, len(done))
            scores = (
                say_mean(done, "train_accuracy", 3),
                say_mean(done, "test_accuracy", 3),
                number(mean_of(done, "seconds"), 1),
            )
            rows.append((experiment.title, number(run.n), number(run.epochs), parameters, *scores))
    columns = ("Run", "Images", "Epochs", "Parameters", "Train accuracy", "Test accuracy", "Seconds")
    pieces: list[Piece] = _gaps(lab, arguments[0], "table")
    if not rows:
        return pieces
    note = "One run of each setting."
    if most > 1:
        note = f"Means of up to {most} runs of each setting ± standard deviation; seconds of one run."
    return [view_table("Runs.", note, DataTable(columns, tuple(rows))), *pieces]


def _times(lab: LabReport, arguments: tuple[str, ...], key: str) -> list[Piece]:
    done = [(e, run) for e in _group(lab, arguments[0]) if (run := _runs(lab).get(e.name)) is not None]
    pieces: list[Piece] = _gaps(lab, arguments[0], "times")
    if not done:
        return pieces
    title = "Training time."
    if len({run.n for _, run in done}) > 1:
        points = sorted((run.n, run.seconds) for _, run in done)
        x, seconds = [float(n) for n, _ in points], [value for _, value in points]
        note = "Points on the dashed line mean that time grows in proportion to the images."
        return [FigureView(title, note, draw_times(title, "training images", x, seconds, key=key)), *pieces]
    names = [experiment.title for experiment, _ in done]
    drawing = draw_bars(title, "seconds", names, [run.seconds for _, run in done], key=key)
    return [FigureView(title, "Wall-clock seconds of each run.", drawing), *pieces]


def _gaps(lab: LabReport, group: str, what: str) -> list[Piece]:
    absent = [experiment.name for experiment in _group(lab, group) if experiment.name not in _runs(lab)]
    if not absent:
        return []
    return [MissingView(f"Not run yet, so not in the {what}: {', '.join(absent)}. {RUN_EXPERIMENTS}")]


def _repeated(lab: LabReport, arguments: tuple[str, ...], key: str) -> list[Piece]:
    return view_runs(lab, _experiment(lab, arguments[0]), arguments[1].split("+"), key)


def _runs(lab: LabReport) -> dict[str, LabRun]:
    return first_runs(lab)


def _in_order(lab: LabReport) -> list[LabRun]:
    runs = _runs(lab)
    return [runs[experiment.name] for experiment in lab.assignment.experiments if experiment.name in runs]


def _group(lab: LabReport, group: str) -> Sequence[Experiment]:
    found = [e for e in lab.assignment.experiments if e.student and group in e.groups]
    if not found:
        raise GraderError(
            f'{lab.assignment.name}: a section shows the group "{group}", but no experiment belongs to it.',
            hint=f'Write group = "{group}" at the experiments that it should show.',
        )
    return found


def _experiment(lab: LabReport, name: str) -> Experiment:
    try:
        return lab.assignment.experiment(name)
    except KeyError:
        names = ", ".join(experiment.name for experiment in lab.assignment.experiments)
        raise GraderError(
            f'{lab.assignment.name}: a section shows the experiment "{name}", which is not defined.',
            hint=f"Use one of: {names}.",
        ) from None


_Maker = Callable[[LabReport, tuple[str, ...], str], list[Piece]]
_WORDS: dict[str, tuple[int, _Maker]] = {
    "kernels": (0, _kernels),
    "layers": (1, _layers),
    "classification": (1, _classification),
    "baseline": (0, _baseline),
    "curves": (1, _curves),
    "together": (2, _together),
    "runs": (2, _repeated),
    "sweep": (3, _sweep),
    "table": (1, _table),
    "times": (1, _times),
}
