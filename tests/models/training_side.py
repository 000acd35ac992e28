"""What trains runs here, in a trainer process: the process of the tests has no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.assignment import Experiment
from grader.data import load_dataset
from grader.intake import ExperimentRun
from grader.models.spec import ModelSpec
from grader.models.tasks import TrainingRun, TrainingTask
from grader.models.trainer import run_trainings
from grader.submission import Module, Submission


def run_training(task: TrainingTask) -> TrainingRun:
    """A single run, as the graders' trainers make it."""
    return run_trainings((task,))[0]


def fit_by_keras(task: TrainingTask) -> TrainingRun:
    """The run that `model.fit` makes, whether or not the grader would train the model with others."""
    from grader.models import fitting
    from grader.models.feeding import Feed

    spec = ModelSpec.from_canonical(task.model)
    return fitting.fit_by_keras(task, spec, Feed.of(task, spec))


def loss_values(settings: dict[str, Any], y_true: Any, y_pred: Any) -> list[Any]:
    """What a loss of Keras' gives for each pair."""
    import keras
    import numpy as np

    arguments = {key: value for key, value in settings.items() if key != "class"}
    loss = getattr(keras.losses, settings["class"])(**arguments)
    return [np.asarray(loss(t, p)) for t, p in zip(y_true, y_pred, strict=True)]


WILD = """
import keras

def build():
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile(keras.optimizers.SGD(1e6), "mse", metrics=["accuracy"])
    return model
"""


def run_wild_model(experiment: Experiment, folder: Path) -> ExperimentRun:
    """A student's own run of a model that diverges."""
    from grader.commands.own_code import OwnCode
    from grader.commands.own_run import Plan, make_run

    module = Module("wild.py", "wild.py", WILD, ("build",))
    code = OwnCode(Submission("a", "", (), (module,)), folder)
    plan = Plan(experiment, load_dataset("digits28"), repeat=0, quick=False)
    return make_run(plan, code, "", lambda: None)
