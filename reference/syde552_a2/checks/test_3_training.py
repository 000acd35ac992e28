"""Tasks 1, 2 and 6: runs from scratch and the sweep over widths, on data made for it."""

from __future__ import annotations

import pytest

from grader.checks import CheckFailed, check, expect_compile, expect_spec
from grader.checks.handed_on import LearningProbe, expect_settings
from grader.checks.mean_sweep import MeanProbe, expect_means, expect_parameters
from grader.checks.repeats import RunsProbe, read_curves
from grader.sandbox import SubmissionFault

ADAM = {
    "output": "softmax",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "loss": "sparse_categorical_crossentropy",
}
TRAINING_SECONDS = 240.0
"""Some twenty small trainings take ten seconds; the rest is for a machine that has other work."""


@pytest.fixture(scope="module")
def runs(submission, module_rng):
    """The probe, and what `repeat_runs` returns for it."""
    probe = RunsProbe.draw(module_rng)
    value = submission.allowing(TRAINING_SECONDS).repeat_runs(
        *probe.arguments, runs=probe.RUNS, epochs=probe.EPOCHS, batch_size=probe.BATCH
    )
    return probe, value


@pytest.fixture(scope="module")
def sweep(submission, module_rng):
    """The probe, the sweep, and the rows that it returns for the probe."""
    probe = MeanProbe.draw(module_rng)
    function = submission.allowing(TRAINING_SECONDS).hidden_sweep
    return probe, function, probe.rows(function)


@check(
    task="1",
    points=3,
    title="Four curves for each run",
    feedback="Return a list with loss, accuracy, test_loss and test_accuracy of each run.",
)
def test_runs_curves(runs):
    probe, value = runs
    read_curves(value, probe.RUNS)


@check(
    task="1",
    points=4,
    title="Every run from scratch",
    feedback="Build a new network inside the loop, and leave its start weights to chance.",
)
def test_runs_fresh(runs):
    probe, value = runs
    probe.expect_fresh(read_curves(value, probe.RUNS))


@check(
    task="2",
    points=4,
    title="The second curves are of the test images",
    feedback="model.fit(..., validation_data=(x_test, y_test)) measures after each epoch.",
)
def test_runs_on_test_images(runs):
    probe, value = runs
    probe.expect_test_images(read_curves(value, probe.RUNS))


@check(
    task="2",
    points=2,
    title="Epochs, batches and settings as asked for",
    feedback="Hand the arguments on: build_mlp(**settings) and model.fit(..., epochs=epochs, ...).",
)
def test_runs_epochs(runs, submission, rng):
    probe, value = runs
    probe.expect_epochs(read_curves(value, probe.RUNS))
    repeat_runs = submission.allowing(TRAINING_SECONDS).repeat_runs
    # What build_mlp itself makes of its arguments is judged in tasks 1 to 5, and not once more here.
    if _is_compiled(submission, {"learning_rate": 0.0}, "SGD", "MeanSquaredError"):
        expect_settings(probe, repeat_runs)
    if _is_compiled(submission, ADAM, "Adam", "CategoricalCrossentropy"):
        LearningProbe.draw(rng).expect_batches(repeat_runs, ADAM)


def _is_compiled(submission, settings, optimizer, loss):
    try:
        model = submission.model("build_mlp", **settings)
        expect_compile(
            model, optimizer=optimizer, settings={"learning_rate": settings["learning_rate"]}, loss=loss
        )
    except (CheckFailed, SubmissionFault):
        return False
    dense = [item.node for item in expect_spec(model).sized if item.node.class_name == "Dense"]
    return bool(dense) and dense[-1].settings["activation"] == settings.get("output", "relu")


@check(
    task="6",
    points=4,
    title="A row for each width, measured on the right images",
    feedback="One dict for each width, with both accuracies measured after training on all images.",
)
def test_sweep_rows(sweep, submission, rng):
    probe, function, rows = sweep
    probe.expect_images(rows)
    if _is_compiled(submission, ADAM, "Adam", "CategoricalCrossentropy"):
        LearningProbe.draw(rng).expect_trained_rows(function)


@check(
    task="6",
    points=2,
    title="The width reaches the network",
    feedback="Build each network with its own width, and state model.count_params().",
)
def test_sweep_widths(sweep):
    _, _, rows = sweep
    expect_parameters(rows, lambda hidden: (28 * 28 + 1 + 10) * hidden + 10)


@check(
    task="6",
    points=6,
    title="Means over new networks",
    feedback="For each width, build, train and measure as many networks as `runs` says, and take the mean.",
)
def test_sweep_means(sweep, rng):
    probe, function, rows = sweep
    expect_means(probe, rows, function, lambda: MeanProbe.draw(rng))
