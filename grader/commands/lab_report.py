"""`grader lab-report`: the student's own report, from experiments.json, answers.toml and their code."""

from __future__ import annotations

import io
import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.metrics import f1_score

from grader.assignment import Assignment
from grader.commands.check import Workplace, load_work
from grader.data import Dataset
from grader.errors import UsageError
from grader.evidence import LayerRow, Panel, Pictures
from grader.grading.datasets import Datasets
from grader.grading.runner import CodeRunner
from grader.intake import (
    AnswersError,
    ExperimentRun,
    ExperimentsError,
    answer_text,
    parse_answers,
    parse_experiments,
)
from grader.layout import write_whole
from grader.models.spec import ModelSpec, SpecError
from grader.report import Baseline, ClassScore, LabReport, LabRun, render_lab_report, write_pdf
from grader.sandbox import Limits, SubmissionFault, start_plain
from grader.submission import Submission

PICTURE_SIDE = 160
_PICTURES = (".png", ".jpg", ".jpeg")
# A whole picture through plain Python loops takes a while on an old laptop.
_LIMITS = Limits(call_seconds=120, total_seconds=600)


def write_lab_report(place: Workplace, out: Path) -> None:
    """Writes the PDF, and the same page as .html beside it. Raises UsageError for broken files."""
    page = render_lab_report(gather(place))
    write_whole(out.with_suffix(".html"), page.encode())
    write_whole(out, write_pdf(page))


def gather(place: Workplace) -> LabReport:
    """Everything that the report shows; what is missing stays absent and is named in the report."""
    submission = load_work(place)
    assignment = place.folder.assignment
    datasets = Datasets.at_hand(assignment)
    dataset = datasets.default
    with start_plain() as sandbox:
        runner = CodeRunner(submission.modules, submission.data, sandbox, _LIMITS)
        try:
            layers, problems = _layers(assignment, runner)
            kernels = _responses(assignment, _picture(submission, dataset), runner)
            baseline = _baseline(assignment, dataset, runner)
        finally:
            runner.close()
    return LabReport(
        assignment=assignment,
        student_id=submission.student_id,
        dataset_note=f"{datasets.note} {_trial_note(submission)}".strip(),
        class_names=dataset.class_names,
        runs=_runs(submission, datasets),
        answers=_answers(submission),
        layers=layers,
        layer_problems=problems,
        kernels=kernels,
        baseline=baseline,
        versions={name: version(name) for name in ("epochmark", "tensorflow", "keras", "numpy")},
    )


def _answers(submission: Submission) -> dict[str, str]:
    try:
        return {key: answer_text(value) for key, value in parse_answers(submission.answers).items()}
    except AnswersError as error:
        raise UsageError(
            f"answers.toml cannot be read: {error}", hint="Mend that line and try again."
        ) from None


def _trial_note(submission: Submission) -> str:
    """Says so when some runs were made with --quick."""
    quick = list(dict.fromkeys(run.name for run in _experiment_runs(submission) if run.quick))
    return f"Quick runs, which are trials and no results: {', '.join(quick)}." if quick else ""


def _runs(submission: Submission, datasets: Datasets) -> tuple[LabRun, ...]:
    names = {item.name: datasets.of(item).class_names for item in datasets.assignment.experiments}
    return tuple(_lab_run(run, names.get(run.name, ())) for run in _experiment_runs(submission))


def _experiment_runs(submission: Submission) -> tuple[ExperimentRun, ...]:
    try:
        file = parse_experiments(submission.experiments)
    except ExperimentsError as error:
        raise UsageError(
            f"experiments.json cannot be read: {error}", hint="Make it anew: grader experiments . --fresh"
        ) from None
    return tuple(file.runs) if file is not None else ()


def _lab_run(run: ExperimentRun, class_names: tuple[str, ...]) -> LabRun:
    return LabRun(
        name=run.name,
        repeat=run.repeat,
        class_names=class_names,
        n=run.n,
        epochs=run.epochs,
        train_accuracy=run.train_accuracy,
        test_accuracy=run.test_accuracy,
        seconds=run.seconds,
        parameters=run.parameters,
        history={
            name: tuple(math.nan if value is None else value for value in values)
            for name, values in run.history.items()
        },
        confusion=tuple(tuple(row) for row in run.confusion or ()),
        report=tuple(
            ClassScore(
                label=row.label, precision=row.precision, recall=row.recall, f1=row.f1, support=row.support
            )
            for row in run.report or ()
        ),
    )


def _layers(
    assignment: Assignment, runner: CodeRunner
) -> tuple[dict[str, tuple[LayerRow, ...]], dict[str, str]]:
    """Layer rows by builder, and for the others the reason why there are none."""
    words = [word for section in assignment.sections for word in section.figures]
    builders = [word.partition(":")[2] for word in words if word.startswith("layers:")]
    rows: dict[str, tuple[LayerRow, ...]] = {}
    problems: dict[str, str] = {}
    for builder in builders:
        try:
            reply = runner.model(builder, {})
            if reply.problem:
                problems[builder] = reply.problem
            else:
                rows[builder] = ModelSpec.parse(reply.config, reply.compile_config).layers()
        except (SubmissionFault, SpecError) as error:
            problems[builder] = str(error)
    return rows, problems


def _picture(submission: Submission, dataset: Dataset) -> np.ndarray[Any, Any]:
    """The student's own picture, shrunk so that loops in plain Python finish, or one of the data set."""
    for name, content in sorted(submission.data.items()):
        if name.lower().endswith(_PICTURES):
            try:
                picture = Image.open(io.BytesIO(content)).convert("RGB")
            except (OSError, Image.DecompressionBombError) as error:
                raise UsageError(f"{name} is not a picture that can be read: {error}.") from None
            picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
            return np.asarray(picture)
    return np.asarray(dataset.x_test[0])


def _responses(assignment: Assignment, rgb: np.ndarray[Any, Any], runner: CodeRunner) -> Pictures | None:
    """The picture's red channel and what the student's kernels make of it; None when that fails."""
    if not assignment.lab.responses:
        return None
    try:
        value = runner.call(assignment.lab.responses, [rgb], {}).value
    except SubmissionFault:
        return None
    arrays = [np.asarray(item, float) for item in _several(value) if np.ndim(item) == 2]
    if not arrays:
        return None
    panels = [_panel("red channel", rgb[..., 0]), *(_panel(f"K{i}", a) for i, a in enumerate(arrays, 1))]
    return Pictures(
        title="Kernel responses.",
        caption="Each picture has its own grey scale: black is its lowest value, white its highest.",
        panels=tuple(panels),
    )


def _several(value: Any) -> list[Any]:
    """The items of a tuple, a list, a dict or a stack of pictures; none of anything else."""
    if isinstance(value, dict):
        return list(value.values())
    stacked = isinstance(value, np.ndarray) and value.ndim == 3
    return list(value) if stacked or isinstance(value, (list, tuple)) else []


def _panel(title: str, values: np.ndarray[Any, Any]) -> Panel:
    return Panel(title=title, values=tuple(tuple(float(v) for v in row) for row in values))


def _baseline(assignment: Assignment, dataset: Dataset, runner: CodeRunner) -> Baseline | None:
    """What the student's baseline scores on the test images; None when it does not give labels."""
    if not assignment.lab.baseline:
        return None
    y_true = np.asarray(dataset.y_test)
    try:
        value = runner.call(assignment.lab.baseline, [np.asarray(dataset.y_train), len(y_true)], {}).value
    except SubmissionFault:
        return None
    y_pred = np.asarray(value)
    if y_pred.shape != y_true.shape or y_pred.dtype.kind not in "iu":
        return None
    common = int(np.bincount(y_pred.clip(0)).argmax())
    if common >= len(dataset.class_names):
        return None
    return Baseline(
        label=dataset.class_names[common],
        test_accuracy=float(np.mean(y_pred == y_true)),
        macro_f1=float(f1_score(y_true, y_pred, average="macro", zero_division=0)),
    )
