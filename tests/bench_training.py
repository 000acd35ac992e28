"""CPU seconds of training runs: a plain loop over `model.fit` beside the grader's trainers.

The plain loop is what a script would do: Keras' defaults, one model after the other; what `fit`
takes is counted. The trainers' seconds are those that they note in each run, which are all but
predicting. Both train the same models on the same pictures, in turn, each in a process of its own.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from grader.assignment import Experiment
from grader.data import Dataset, load_first_available
from grader.models.spec import ModelSpec
from grader.models.stacking import LARGEST_STACK, stackable
from grader.models.tasks import TrainingTask
from grader.models.trainer import TrainerPool, import_tensorflow_quietly, run_trainings

N, EPOCHS, BATCH_SIZE, PLAIN_RUNS = 20_000, 5, 32, 2
"""As in the task with ten runs, on a third of the pictures; two plain runs say enough about ten."""

MSE, CROSS_ENTROPY = {"class": "MeanSquaredError"}, {"class": "CategoricalCrossentropy"}
SGD = {"class": "SGD", "learning_rate": 0.1}


@dataclass(frozen=True)
class Row:
    """Median CPU seconds of a model and epoch, and the ratio of each repeat."""

    title: str
    plain: float
    ours: float
    ratios: tuple[float, ...]


def dense(*widths: int) -> list[dict[str, Any]]:
    hidden = [{"class": "Dense", "settings": {"units": width, "activation": "relu"}} for width in widths]
    return [{"class": "Flatten"}, *hidden]


def model(layers: list[dict[str, Any]], output: str, optimizer: Any, loss: Any, *channels: int) -> ModelSpec:
    head = {"class": "Dense", "settings": {"units": 10, "activation": output}}
    form = {
        "version": 1,
        "input": [28, 28, *channels],
        "layers": [*layers, head],
        "compile": {"optimizer": optimizer, "loss": loss},
    }
    return ModelSpec.from_canonical(json.dumps(form))


CONVOLUTION = [
    {"class": "Conv2D", "settings": {"filters": 32, "kernel_size": [3, 3], "activation": "relu"}},
    {"class": "MaxPooling2D", "settings": {"pool_size": [2, 2], "strides": [2, 2]}},
]
MODELS = {
    "784-32-10, SGD, squared error": model(dense(32), "relu", SGD, MSE),
    "784-32-10, Adam, cross-entropy": model(dense(32), "softmax", {"class": "Adam"}, CROSS_ENTROPY),
    "784-10, no hidden layer": model(dense(), "relu", SGD, MSE),
    "784-32-32-10, two hidden layers": model(dense(32, 32), "relu", SGD, MSE),
    "784-256-10, SGD": model(dense(256), "relu", SGD, MSE),
    "Conv32, pool, Dense100, Dense10": model([*CONVOLUTION, *dense(100)], "softmax", SGD, CROSS_ENTROPY, 1),
}


def ten_runs(console: Console, repeat: int) -> None:
    """The section "ten-runs": dense models are trained ten at once, others one by one."""
    dataset = load_first_available(("mnist", "digits28"))
    n = min(N, len(dataset.x_train))
    console.print(
        f"{LARGEST_STACK} runs of {EPOCHS} epochs, {n:,} pictures, batches of {BATCH_SIZE}. {dataset.note}"
    )
    table = Table(title="CPU seconds a model and epoch", title_justify="left")
    for column in ("", "model.fit", "grader", "ratio", "of each repeat"):
        table.add_column(column, justify="right" if column else "left")
    with TrainerPool(1, start=start_plainly) as plain, TrainerPool(1) as ours:
        for title, spec in MODELS.items():
            row = compare(title, spec, dataset, plain, ours, repeat)
            each = ", ".join(f"{ratio:.1f}" for ratio in row.ratios)
            ratio = f"{median(row.ratios):.1f} x"
            table.add_row(title, f"{row.plain:.3f}", f"{row.ours:.3f}", ratio, each)
    console.print(table)


def start_plainly() -> None:
    """TensorFlow as it comes, on the CPU."""
    import os

    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    import_tensorflow_quietly()


def compare(
    title: str, spec: ModelSpec, dataset: Dataset, plain: TrainerPool, ours: TrainerPool, repeat: int
) -> Row:
    """Both in turn, `repeat` times, on a model that is cheap enough for all of its ten runs or one."""
    stacked = stackable(spec)
    setting = Experiment(
        name="bench", title=title, model="build", n=N, epochs=EPOCHS if stacked else 1, batch_size=BATCH_SIZE,
        task="1",
    )  # fmt: skip
    tasks = [TrainingTask.of(spec, setting, dataset, seed=seed) for seed in range(LARGEST_STACK)]
    counts = (PLAIN_RUNS, LARGEST_STACK) if stacked else (1, 1)
    seconds = [
        tuple(
            run_in(pool, function, tasks[:count]) / count / setting.epochs
            for pool, function, count in zip((plain, ours), (fit_plainly, train), counts, strict=True)
        )
        for _ in range(repeat)
    ]
    ratios = tuple(slow / fast for slow, fast in seconds)
    return Row(title, median(slow for slow, _ in seconds), median(fast for _, fast in seconds), ratios)


def run_in(pool: TrainerPool, function: Any, tasks: list[TrainingTask]) -> float:
    future = pool.submit(function, tasks)
    future.exception()
    seconds: float = pool.result(future)
    return seconds


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
