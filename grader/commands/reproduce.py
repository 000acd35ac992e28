"""`grader reproduce`: the reference's full experiments on real data, and the page that compares them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from sklearn.metrics import f1_score

from grader.assignment_folder import AssignmentFolder
from grader.calibrate import calibrate
from grader.data import EMBEDDED, load_dataset
from grader.errors import GraderError, UsageError
from grader.grading.proxy import load_solution_module
from grader.layout import write_whole
from grader.models.calibration import Calibration, Setting, load_calibration
from grader.reproduction.compare import Figure, compare_setting, compare_values
from grader.reproduction.page import put_section, render_section
from grader.reproduction.pictures import draw_figures, draw_learning
from grader.reproduction.reported import BASELINE, MEASURES, Reported, ReportedFile, load_reported

QUICK_IMAGES, QUICK_EPOCHS, QUICK_SEEDS = 300, 2, 2


@dataclass(frozen=True)
class Plan:
    """What to compare with what. `folder` says where the solution and its calibration are, `origin`
    where the figures come from."""

    folder: AssignmentFolder
    reported: ReportedFile
    origin: str
    out: Path
    quick: bool

    @property
    def pictures(self) -> Path:
        return self.out.parent / "images"


def reproduce(
    folder: AssignmentFolder, out: Path, jobs: int, console: Console, *, train: bool, quick: bool
) -> Path:
    """Trains what is missing, unless `train` is False, and writes this assignment's section of `out`.

    Raises before anything is trained: UsageError for a wrong place and where there are no reported
    figures, GraderError for mistakes in them, DatasetMissing.
    """
    if quick and not train:
        raise UsageError(
            "A trial is there to train a little: --quick and --no-train do not go together.",
            hint="Leave out one of the two.",
        )
    reported = load_reported(folder)
    plan = Plan(folder, reported, f"{reported.source}, on {reported.datasets}", out, quick)
    put_section(_existing_page(out), folder.assignment.name, "", trial=quick)  # refuses now, not in hours
    if not quick:
        return _carry_out(plan, jobs, console, train=train)
    with _trial(plan) as trial:
        console.print(
            f"A trial on {trial.reported.datasets} with few images, epochs and seeds: no reproduction.\n"
            "calibration.json and the committed page stay as they are.",
            markup=False,
        )
        return _carry_out(trial, jobs, console, train=True)


def default_page(root: Path, *, quick: bool) -> Path:
    """Beside the assignments; a trial goes into the folder that one is in."""
    return Path("reproduction-trial") / "reproduction.md" if quick else root / "docs" / "reproduction.md"


def _existing_page(path: Path) -> str | None:
    """None where there is none yet. Raises UsageError where there can be none."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Give the page to write with --out, such as page.md.")
    blocked = next((folder for folder in path.parents if folder.exists() and not folder.is_dir()), None)
    if blocked is not None:
        raise UsageError(
            f"{path} cannot be written: {blocked} is not a folder.", hint="Choose another --out."
        )
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


def _carry_out(plan: Plan, jobs: int, console: Console, *, train: bool) -> Path:
    """What takes a moment comes first, so that a mistake in it is not found after hours."""
    baselines = {
        row.label: _baseline(plan.folder, row, plan.reported.dataset_of(row))
        for row in plan.reported.reported
        if row.experiment == BASELINE
    }
    if train:
        _train(plan, jobs, console)
    return _write(plan, baselines, console)


def _train(plan: Plan, jobs: int, console: Console) -> None:
    """Every data set is looked for before the first run, which may take hours."""
    wanted: dict[str, dict[str, None]] = {}
    for row in plan.reported.reported:
        experiments = wanted.setdefault(plan.reported.dataset_of(row), {})
        if row.experiment != BASELINE:
            experiments[row.experiment] = None
    for dataset in wanted:
        load_dataset(dataset)
    for dataset, experiments in wanted.items():
        if experiments:
            calibrate(plan.folder, dataset, experiments=list(experiments), processes=jobs, console=console)


@contextmanager
def _trial(plan: Plan) -> Iterator[Plan]:
    """Small experiments on embedded data, and a copy of the solution: calibration.json stays as it is."""
    assignment = plan.folder.assignment
    experiments = tuple(
        item.model_copy(update={
            "n": min(item.n, QUICK_IMAGES), "epochs": min(item.epochs, QUICK_EPOCHS), "seeds": QUICK_SEEDS,
        })
        for item in assignment.experiments
    )  # fmt: skip
    lists = {item.name: assignment.datasets_of(item) for item in assignment.experiments}
    rows = tuple(
        row.model_copy(
            update={"dataset": _embedded(lists.get(row.experiment, assignment.datasets)), "note": ""}
        )
        for row in plan.reported.reported
    )
    reported = plan.reported.model_copy(update={"reported": rows})
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(plan.folder.require_hidden() / "solution", Path(scratch) / "solution")
        small = assignment.model_copy(update={"experiments": experiments})
        folder = AssignmentFolder(small, plan.folder.public, Path(scratch))
        yield replace(
            plan, folder=folder, reported=reported, origin=f"{plan.origin}; the trial: on {reported.datasets}"
        )


def _embedded(names: Sequence[str]) -> str:
    found = next((name for name in names if name in EMBEDDED), None)
    if found is None:
        raise UsageError(
            f"A trial runs on data that come with the grader, and {', '.join(names)} do not.",
            hint=f"Put one of {', '.join(EMBEDDED)} at the end of datasets in assignment.toml.",
        )
    return found


def _write(plan: Plan, baselines: Mapping[str, Mapping[str, float]], console: Console) -> Path:
    assignment = plan.folder.assignment
    calibration = (
        load_calibration(plan.folder.calibration)
        if plan.folder.calibration.is_file()
        else Calibration(assignment=assignment.name)
    )
    settings = _settings(plan.reported, calibration)
    figures = [
        figure
        for row in plan.reported.reported
        for figure in (
            compare_values(row, baselines[row.label])
            if row.experiment == BASELINE
            else compare_setting(row, settings.get(row.label))
        )
    ]
    pictures = _draw(plan, figures, settings)
    section = render_section(
        f"{assignment.title} ({assignment.name})",
        plan.origin,
        f"grader reproduce {assignment.name}{' --quick' if plan.quick else ''}",
        pictures,
        figures,
    )
    page = put_section(_existing_page(plan.out), assignment.name, section, trial=plan.quick)
    write_whole(plan.out, page.encode())
    if not plan.quick:
        _say_what_is_open(figures, plan, console)
    return plan.out


def _settings(reported: ReportedFile, calibration: Calibration) -> dict[str, Setting]:
    """Our runs by the label of the row that they belong to."""
    found = {
        row.label: calibration.find(row.experiment, reported.dataset_of(row)) for row in reported.reported
    }
    return {label: setting for label, setting in found.items() if setting is not None}


def _baseline(folder: AssignmentFolder, row: Reported, dataset_name: str) -> Mapping[str, float]:
    """By measure, for the solution's baseline: accuracy on the first n training images and on the test
    images, macro F1 on the test images. Nothing of it is chance."""
    dataset = load_dataset(dataset_name)
    name = folder.assignment.lab.baseline
    try:
        predict = getattr(load_solution_module(folder.require_hidden() / "solution", name), name)
    except LookupError:
        raise GraderError(
            f"The solution of {folder.assignment.name} has no function {name}.",
            hint="assignment.toml names it as baseline in its table [lab]: add it, or correct the name.",
        ) from None
    y_train, y_test = dataset.y_train[: row.n], dataset.y_test
    y_pred = predict(y_train, len(y_test))
    values = {
        "train_accuracy": float((predict(y_train, len(y_train)) == y_train).mean()),
        "test_accuracy": float((y_pred == y_test).mean()),
        "macro_f1": float(f1_score(y_test, y_pred, average="macro", zero_division=0)),
    }
    return {measure: values[measure] for measure in row.figures}


def _draw(plan: Plan, figures: Sequence[Figure], settings: Mapping[str, Setting]) -> list[tuple[str, str]]:
    """Writes the pictures in place of the older ones of this assignment; (path in the page, words)."""
    name = plan.folder.assignment.name
    drawn = {
        measure.removesuffix("_accuracy"): draw_figures(figures, measure, key=f"{name}-{measure}")
        for measure in MEASURES
        if measure.endswith("_accuracy")
        and any(figure.measure == measure and figure.ours for figure in figures)
    }
    if settings:
        drawn["learning"] = draw_learning(list(settings.items()), key=f"{name}-learning")
    for old in plan.pictures.glob(f"reproduction-{name}-*.svg"):
        old.unlink()
    for what, (svg, _) in drawn.items():
        write_whole(plan.pictures / f"reproduction-{name}-{what}.svg", svg.encode())
    return [(f"images/reproduction-{name}-{what}.svg", words) for what, (_, words) in drawn.items()]


def _say_what_is_open(figures: Sequence[Figure], plan: Plan, console: Console) -> None:
    """What an author has to do before the page can be given out."""
    missing = dict.fromkeys(figure.label for figure in figures if not figure.ours)
    differing = dict.fromkeys(figure.label for figure in figures if figure.unexplained)
    for words, labels in (
        ("Not run yet:", missing),
        ("Outside of what was reported, without a reason:", differing),
    ):
        if labels:
            console.print(f"{words}\n  " + "\n  ".join(labels), markup=False)
    if differing:
        path = plan.folder.require_hidden() / "reported.toml"
        console.print(
            f'Look into these, and write note = "..." at their rows of {path}.', markup=False, soft_wrap=True
        )
