"""A small assignment with training runs, and a class for it."""

from __future__ import annotations

from pathlib import Path

from grader.assignment_folder import AssignmentFolder, load_assignment
from grader.commands.new import make_assignment

NAME = "tiny"

_TASK = """
[[tasks]]
id = "2"
title = "A network"
points = 50
functions = ["build_network"]
"""

_EXPERIMENT = """
[[experiments]]
name = "{name}"
title = "{name}"
task = "2"
model = "build_network"
n = 100
epochs = {epochs}
batch_size = 50
"""

_CHECK = '''
from grader.evidence import Table


@check(task="2", points=50, title="It learns", feedback="Train it.")
def test_learns(submission, training, evidence):
    """Asks for the second run only when it has seen the first."""
    model = submission.model("build_network")
    runs = [run for name in ("first", "second") for run in training.runs(model, name, seeds=1)]
    rows = tuple((repr(run.test_accuracy), repr(run.history["loss"])) for run in runs)
    evidence.add(Table(title="Runs", caption="", columns=("accuracy", "loss"), rows=rows))
    assert model.spec.parameters > 0
'''

_WORK = """
import numpy as np


def scale_pixels(images: np.ndarray) -> np.ndarray:
    return images / {divisor}


def build_network():
    import keras

    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense({units})])
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
"""


def make_course(root: Path) -> AssignmentFolder:
    """Below `root`: the skeleton of `grader new`, and a task whose check needs two training runs."""
    root.mkdir()
    make_assignment(NAME, root)
    with open(root / "assignment" / NAME / "assignment.toml", "a") as toml:
        toml.write(_TASK)
        for epochs, name in ((1, "first"), (2, "second")):
            toml.write(_EXPERIMENT.format(name=name, epochs=epochs))
    with open(root / "reference" / NAME / "checks" / "test_hidden.py", "a") as checks:
        checks.write(_CHECK)
    (root / "reference" / NAME / "solution" / "work.py").write_text(_WORK.format(divisor=255, units=4))
    return load_assignment(NAME, root)


def make_class(folder: Path, students: int, models: int) -> Path:
    """`students` submissions with `models` different networks among them; every third is wrong."""
    for number in range(students):
        home = folder / f"student-{number:02}"
        home.mkdir(parents=True)
        divisor = 100 if number % 3 == 2 else 255
        (home / "work.py").write_text(_WORK.format(divisor=divisor, units=4 + number % models))
    return folder
