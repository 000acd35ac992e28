"""The sections "ten-runs" and "convolutions": CPU seconds of training, beside a plain loop over `model.fit`.

The plain loop is what a script would do: TensorFlow and Keras as they come, one model after the other;
what `fit` takes is counted. The grader's seconds are those that its trainers note in each run, which are all
but predicting. Both train the same models on the same pictures, in turn, each in a process of its own.
Both include what TensorFlow spends on making graphs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.table import Table

from grader.assignment import Experiment
from grader.assignment_folder import clone_root, load_assignment
from grader.data import Dataset, load_first_available
from grader.models.calibration import load_calibration
from grader.models.spec import ModelSpec
from grader.models.stacking import LARGEST_STACK, stackable
from grader.models.tasks import TrainingTask
from grader.models.trainer import TrainerPool, import_tensorflow_quietly, run_trainings
from grader.processes import Places
from tests.bench.classes import WEEK8
from tests.bench.section import Figures, Options, Section

MSE, CROSS_ENTROPY = {"class": "MeanSquaredError"}, {"class": "CategoricalCrossentropy"}
SGD = {"class": "SGD", "learning_rate": 0.1}
MATRIX = 2048
"""Side of the matrices whose product tells the machine's peak: 17 GFLOP, and 16 MB each."""


@dataclass(frozen=True)
class Setting:
    """How each model of a section is trained. `plain_runs`: so many of `model.fit` stand for all."""

    n: int
    epochs: int
    batch_size: int
    plain_runs: int


TEN = Setting(n=20_000, epochs=5, batch_size=32, plain_runs=2)
"""As in the task with ten runs, on a third of the pictures; two plain runs say enough about ten."""

WEEK = Setting(n=5_000, epochs=10, batch_size=128, plain_runs=1)
"""As in cs7cs4_week8, with half the epochs."""


def dense(*widths: int) -> list[dict[str, Any]]:
    hidden = [{"class": "Dense", "settings": {"units": width, "activation": "relu"}} for width in widths]
    return [{"class": "Flatten"}, *hidden]


def model(layers: list[dict[str, Any]], output: str, optimizer: Any, loss: Any) -> ModelSpec:
    head = {"class": "Dense", "settings": {"units": 10, "activation": output}}
    form = {
        "version": 1,
        "input": [28, 28],
        "layers": [*layers, head],
        "compile": {"optimizer": optimizer, "loss": loss},
    }
    return ModelSpec.from_canonical(json.dumps(form))


DENSE = {
    "784-32-10, SGD, squared error": model(dense(32), "relu", SGD, MSE),
    "784-32-10, Adam, cross-entropy": model(dense(32), "softmax", {"class": "Adam"}, CROSS_ENTROPY),
    "784-10, no hidden layer": model(dense(), "relu", SGD, MSE),
    "784-32-32-10, two hidden layers": model(dense(32, 32), "relu", SGD, MSE),
    "784-256-10, SGD": model(dense(256), "relu", SGD, MSE),
}


def ten_runs(options: Options) -> Figures:
    """Small dense models, which are trained ten at once."""
    return _section(options, TEN, DENSE, ("mnist", "digits28"))


def convolutions(options: Options) -> Figures:
    """The networks of cs7cs4_week8, which are trained one by one."""
    reference = load_calibration(load_assignment(WEEK8, clone_root()).calibration)
    specs = {
        "strided, 37,146 parameters": reference.spec("build_strided"),
        "pooled, 37,146 parameters": reference.spec("build_pooled"),
    }
    return _section(options, WEEK, specs, ("cifar10", "digits32"))


def _section(
    options: Options, setting: Setting, specs: Mapping[str, ModelSpec], names: tuple[str, ...]
) -> Figures:
    dataset = load_first_available(names)
    n, epochs = min(setting.n, len(dataset.x_train)), setting.epochs
    if options.trial:
        n, epochs, specs = 500, 1, dict(list(specs.items())[:1])
    setting = Setting(n, epochs, setting.batch_size, setting.plain_runs)
    with Places(1, start_plainly, name="plain process", patient=False) as plain, TrainerPool(1) as ours:
        rows = [
            _compare(title, spec, setting, dataset, plain, ours, options.repeat)
            for title, spec in specs.items()
        ]
    figures = {
        "dataset": dataset.name, "n": n, "epochs": epochs, "batch_size": setting.batch_size,
        "stacked": LARGEST_STACK, "rows": rows,
    }  # fmt: skip
    _show(options, figures)
    return figures


def start_plainly() -> None:
    """TensorFlow as it comes, on the CPU."""
    import os

    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    import_tensorflow_quietly()


def _compare(
    title: str,
    spec: ModelSpec,
    setting: Setting,
    dataset: Dataset,
    plain: Places,
    ours: TrainerPool,
    repeat: int,
) -> Figures:
    """Both in turn, `repeat` times: CPU seconds of a model and epoch."""
    experiment = Experiment(
        name="bench", title=title, model="build", n=setting.n, epochs=setting.epochs,
        batch_size=setting.batch_size, task="1",
    )  # fmt: skip
    stack = LARGEST_STACK if stackable(spec) else 1
    tasks = [TrainingTask.of(spec, experiment, dataset, seed=seed) for seed in range(stack)]
    slow, fast, peaks = [], [], []
    for _ in range(repeat):
        seconds = _call(plain, fit_plainly, tasks[: setting.plain_runs])
        slow.append(seconds / setting.plain_runs / setting.epochs)
        fast.append(_call(ours, train, tasks) / stack / setting.epochs)
        peaks.append(_call(ours, peak_gflops))
    gflop = epoch_gflop(spec, tasks[0])
    return {
        "title": title,
        "plain_seconds": slow,
        "ours_seconds": fast,
        "ratios": [plain / ours for plain, ours in zip(slow, fast, strict=True)],
        "gflop": gflop,
        "peak_gflops": max(peaks),
        "share_of_peak": gflop / median(fast) / max(peaks),
    }


def _call(pool: Places, function: Any, *arguments: Any) -> float:
    future = pool.submit(function, *arguments)
    future.exception()
    seconds: float = pool.result(future)
    return seconds


def epoch_gflop(spec: ModelSpec, task: TrainingTask) -> float:
    """1e9 floating point operations of an epoch: a multiplication and an addition each.

    Learning takes a forward pass, one for the weights' gradients and one for the layers' inputs, which
    the first layer with weights does not need; pictures held back take the forward pass alone.
    """
    fitted = int(task.n * (1 - task.validation_split))
    first = next(item.effect.multiplications for item in spec.sized if item.effect.parameters)
    learned = fitted * (3 * spec.multiplications - first)
    return 2e-9 * (learned + (task.n - fitted) * spec.multiplications)


def peak_gflops() -> float:
    """1e9 floating point operations that one thread does in a CPU second, in a large float32 product."""
    import tensorflow as tf

    matrix = tf.random.uniform((MATRIX, MATRIX))
    tf.matmul(matrix, matrix).numpy()
    best = float("inf")
    for _ in range(5):
        begun = time.process_time()
        tf.matmul(matrix, matrix).numpy()
        best = min(best, time.process_time() - begun)
    return 2e-9 * MATRIX**3 / best


def train(tasks: list[TrainingTask]) -> float:
    """CPU seconds of the runs of these tasks, as the grader makes them."""
    return sum(run.cpu_seconds for run in run_trainings(tasks))


def fit_plainly(tasks: list[TrainingTask]) -> float:
    """CPU seconds of `model.fit` for each task in turn."""
    import keras

    from grader.models.build import build_model
    from grader.models.feeding import Feed

    spec = ModelSpec.from_canonical(tasks[0].model)
    feed = Feed.of(tasks[0], spec)
    labels, spent = feed.one_hot, 0.0
    for task in tasks:
        keras.utils.set_random_seed(task.seed)
        built = build_model(spec)
        begun = time.process_time()
        built.fit(
            feed.x_train,
            labels,
            batch_size=task.batch_size,
            epochs=task.epochs,
            validation_split=task.validation_split,
            verbose=0,
        )
        spent += time.process_time() - begun
    return spent


def _show(options: Options, figures: Figures) -> None:
    words = f"{figures['dataset']}, {figures['n']:,} pictures, batches of {figures['batch_size']}"
    table = Table(title=f"CPU seconds a model and epoch: {words}", title_justify="left")
    for column in ("", "model.fit", "grader", "ratio", "of each repeat", "GFLOP", "of peak"):
        table.add_column(column, justify="right" if column else "left")
    for row in figures["rows"]:
        table.add_row(
            row["title"],
            f"{median(row['plain_seconds']):.3f}",
            f"{median(row['ours_seconds']):.3f}",
            f"{median(row['ratios']):.1f} x",
            ", ".join(f"{ratio:.2f}" for ratio in row["ratios"]),
            f"{row['gflop']:.1f}",
            f"{row['share_of_peak']:.0%}",
        )
    options.console.print(table)


TEN_RUNS = Section("ten-runs", "small dense models, ten runs as one, beside model.fit", 3, ten_runs)
CONVOLUTIONS = Section("convolutions", "ConvNets on 5,000 pictures, beside model.fit", 5, convolutions)
