"""Several dense models trained as one give the runs that Keras' own loop gives one by one.

Tolerance: both add the same products in another order, which moves a float32 sum by some 1e-7 of
its size, and each step of training carries such differences on. Some hundred steps at moderate
learning rates leave losses equal to 1e-5 of their size and change no prediction, except where two
classes tie: 1 in 100 may.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignment import Experiment
from grader.intake import ExperimentRun
from grader.models import trainer
from grader.models.shapes import Shape
from grader.models.spec import ModelSpec
from grader.models.stacking import LARGEST_STACK, stackable, stacks_of
from grader.models.store import TrainingStore
from grader.models.tasks import TrainingRun, TrainingTask
from grader.models.trainer import TrainerPool, run_trainings, train_all
from tests.models import keras_side, training_side
from tests.models.documents import compiled, image, keras_object, layer, sequential, small, text
from tests.models.test_feeding import ADAM, RMSPROP, SGD, dense_net, digits_task
from tests.models.training_side import fit_by_keras

pytestmark = pytest.mark.xdist_group("keras")

LOSS, PREDICTIONS = 1e-5, 0.01
SEEDS = (1, 2**31 - 1)


def tasks_of(spec: ModelSpec, seeds: Any = SEEDS, **changes: Any) -> list[TrainingTask]:
    """Short runs; 300 pictures are no multiple of the batch size, with or without those held back."""
    settings = {"n": 300, "epochs": 3, **changes}
    return [digits_task(spec).model_copy(update={**settings, "seed": seed}) for seed in seeds]


def net(
    *layers: Any, shape: Shape = (28, 28), loss: Any = "mse", optimizer: Any = SGD, output: str = "softmax"
) -> ModelSpec:
    head = layer("Dense", "output", units=10, activation=output)
    document = sequential(image(*shape), *layers, head)
    return ModelSpec.parse(text(document), text(compiled(loss=loss, optimizer=optimizer)))


def hidden(units: int, activation: str = "relu", **settings: Any) -> Any:
    return layer("Dense", f"hidden{units}", units=units, activation=activation, **settings)


def optimizer(name: str, **settings: Any) -> Any:
    return keras_object("keras.optimizers", name, **settings)


L1 = keras_object("keras.regularizers", "L1", l1=1e-3)
L1L2 = keras_object("keras.regularizers", "L1L2", l1=1e-4, l2=1e-2)
DECAY = keras_object(
    "keras.optimizers.schedules", "ExponentialDecay", initial_learning_rate=0.1, decay_steps=5, decay_rate=0.8
)
FLAT = layer("Flatten")
CROSS_ENTROPY = "categorical_crossentropy"
SMOOTHED = keras_object("keras.losses", "CategoricalCrossentropy", label_smoothing=0.1)

NETS = {
    "SGD, squared error, relu": dense_net((28, 28), "relu", optimizer=optimizer("SGD"), loss="mse"),
    "SGD with momentum": net(FLAT, hidden(16), optimizer=optimizer("SGD", momentum=0.9)),
    "SGD with Nesterov momentum": net(FLAT, hidden(16), optimizer=SGD, loss=CROSS_ENTROPY),
    "Adam": net(FLAT, hidden(16), optimizer=ADAM, loss=CROSS_ENTROPY),
    "AMSGrad": net(FLAT, hidden(16), optimizer=optimizer("Adam", amsgrad=True), loss=CROSS_ENTROPY),
    "AdamW": net(FLAT, hidden(16), optimizer=optimizer("AdamW"), loss=CROSS_ENTROPY),
    "Nadam": net(FLAT, hidden(16), optimizer=optimizer("Nadam"), loss=CROSS_ENTROPY),
    "RMSprop": net(FLAT, hidden(16), optimizer=RMSPROP, loss=CROSS_ENTROPY),
    "centred RMSprop": net(FLAT, hidden(16), optimizer=optimizer("RMSprop", centered=True, momentum=0.5)),
    "clipped values": net(FLAT, hidden(16), optimizer=optimizer("SGD", clipvalue=0.001)),
    "a schedule": net(FLAT, hidden(16), optimizer=optimizer("SGD", learning_rate=DECAY)),
    "accumulated gradients": net(FLAT, hidden(16), optimizer=optimizer("SGD", gradient_accumulation_steps=2)),
    "no hidden layer": net(FLAT, optimizer=SGD, loss=CROSS_ENTROPY),
    "three hidden layers": net(FLAT, hidden(32), hidden(16, "tanh"), hidden(8, "elu"), loss=CROSS_ENTROPY),
    "vectors, rescaled": net(layer("Rescaling", scale=2.0, offset=-1.0), hidden(16), shape=(784,)),
    "activation layers": net(
        FLAT,
        hidden(16, "linear"),
        layer("LeakyReLU", negative_slope=0.1),
        layer("Activation", activation="tanh"),
    ),
    "no biases": net(FLAT, hidden(16, use_bias=False), loss=CROSS_ENTROPY),
    "penalties": net(
        FLAT, hidden(16, kernel_regularizer=L1, bias_regularizer=L1L2), hidden(8, kernel_regularizer=L1L2)
    ),
    "other initial weights": net(
        FLAT, hidden(16, kernel_initializer=keras_object("keras.initializers", "HeNormal", seed=5))
    ),
    "binary cross-entropy": net(FLAT, hidden(16), loss="binary_crossentropy", output="sigmoid"),
    "absolute error": net(FLAT, hidden(16), loss="mae", optimizer=ADAM),
    "smoothed labels": net(FLAT, hidden(16), loss=SMOOTHED),
    "huber": net(FLAT, hidden(16), loss="huber", output="linear"),
    "hinge": net(FLAT, hidden(16), loss="categorical_hinge", output="linear"),
}


def assert_same(ours: TrainingRun, theirs: TrainingRun) -> None:
    assert list(ours.history) == list(theirs.history)
    for name, values in theirs.history.items():
        kept = PREDICTIONS if name.endswith("accuracy") else 0
        np.testing.assert_allclose(ours.history[name], values, rtol=LOSS, atol=kept, err_msg=name)
    assert ours.key == theirs.key
    assert np.mean(np.array(ours.test_predictions) != np.array(theirs.test_predictions)) <= PREDICTIONS
    assert ours.train_accuracy == pytest.approx(theirs.train_accuracy, abs=PREDICTIONS)
    assert ours.test_accuracy == pytest.approx(theirs.test_accuracy, abs=PREDICTIONS)


@pytest.mark.parametrize("name", NETS)
def test_runs_are_those_of_keras(in_keras: Callable[..., Any], name: str) -> None:
    """Same seeds, same initial weights, same order of pictures, same steps, same history."""
    assert stackable(NETS[name])
    tasks = tasks_of(NETS[name])
    ours = in_keras(run_trainings, tasks)
    assert len({run.history["loss"] for run in ours}) == len(SEEDS)
    # All of them for one net: a run of Keras' own takes as long as all of ours.
    for index in range(len(SEEDS)) if name == "Adam" else [1]:
        assert_same(ours[index], in_keras(fit_by_keras, tasks[index]))


@pytest.mark.parametrize(
    "changes",
    [{"validation_split": 0.0}, {"batch_size": 300}, {"batch_size": 7, "n": 50}, {"batch_size": 270}],
)
def test_batches_and_splits(in_keras: Callable[..., Any], changes: Any) -> None:
    """Nothing held back, one batch larger than the data, batches of which the last is short."""
    tasks = tasks_of(NETS["Adam"], SEEDS, **changes)
    assert_same(in_keras(run_trainings, tasks)[1], in_keras(fit_by_keras, tasks[1]))


def test_a_run_does_not_depend_on_its_company(in_keras: Callable[..., Any]) -> None:
    """Alone or with others, in whatever place."""
    tasks = tasks_of(NETS["Adam"], range(4))
    together = in_keras(run_trainings, tasks)
    assert_same(in_keras(run_trainings, tasks[2:3])[0], together[2])
    for one, other in zip(in_keras(run_trainings, tasks[::-1]), together[::-1], strict=True):
        assert_same(one, other)


def test_divergence_is_told(in_keras: Callable[..., Any], tmp_path: Path) -> None:
    """A loss that leaves all bounds is infinite or not a number, as with Keras, and can be stored."""
    spec = net(FLAT, hidden(16), output="linear", optimizer=optimizer("SGD", learning_rate=1000.0))
    tasks = tasks_of(spec)
    runs = in_keras(run_trainings, tasks)
    theirs = in_keras(fit_by_keras, tasks[0])
    assert not np.isfinite(runs[0].history["loss"][-1])
    assert np.isfinite(runs[0].history["loss"]).tolist() == np.isfinite(theirs.history["loss"]).tolist()
    assert runs[0].test_predictions == theirs.test_predictions
    store = TrainingStore(tmp_path / "store.sqlite")
    store.put(runs[0])
    again = store.get(runs[0].key)
    assert again is not None
    np.testing.assert_array_equal(again.history["loss"], runs[0].history["loss"])


def test_divergence_of_a_students_own_run(in_keras: Callable[..., Any], tmp_path: Path) -> None:
    """It is a result like any other, and experiments.json has gaps for what is not finite."""
    experiment = Experiment(
        name="wild", title="Wild", model="build", n=300, epochs=3, batch_size=32, task="1"
    )
    run = in_keras(training_side.run_wild_model, experiment, tmp_path)
    assert run.history["loss"][-1] is None
    assert all(value is not None for value in run.history["accuracy"])
    assert ExperimentRun.model_validate_json(run.model_dump_json()) == run


# --- which runs are one ---------------------------------------------------------------------------

ALONE = {
    "convolution": ModelSpec.parse(text(small()), text(compiled())),
    "dropout": net(FLAT, layer("Dropout", rate=0.5)),
    "normalised": net(FLAT, layer("BatchNormalization")),
    "pixels as vectors": net(hidden(16), FLAT),
    "softmax over pixels": net(layer("Softmax"), FLAT),
    "constraint": net(FLAT, hidden(16, kernel_constraint=keras_object("keras.constraints", "NonNeg"))),
    "penalised output": net(FLAT, hidden(16, activity_regularizer=L1)),
    "norm of a gradient": net(FLAT, optimizer=optimizer("SGD", clipnorm=1.0)),
    "moving average": net(FLAT, optimizer=optimizer("SGD", use_ema=True)),
    "not compiled": ModelSpec.parse(text(sequential(image(28, 28), FLAT, hidden(10)))),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_is_trained_by_keras(name: str) -> None:
    """Chance, weights other than those of dense layers, and whatever looks at a whole variable."""
    assert not stackable(ALONE[name])


def test_groups_differ_in_seeds_alone() -> None:
    """The title does not count; models, data and settings do; a group is at most ten."""
    one = tasks_of(NETS["Adam"], range(12))
    titled = one[3].model_copy(update={"title": "another"})
    others = [*tasks_of(NETS["RMSprop"], [1]), *tasks_of(NETS["Adam"], [1, 2], epochs=2)]
    lone = tasks_of(ALONE["dropout"], [1, 2])
    stacks = stacks_of([*one[:3], titled, *one[4:], *others, *lone], processes=1)
    assert sorted(len(stack) for stack in stacks) == [1, 1, 1, 2, 2, LARGEST_STACK]
    assert {task.key for stack in stacks for task in stack} == {task.key for task in [*one, *others, *lone]}
    for stack in stacks:
        assert len({task.model_copy(update={"seed": 0, "title": ""}) for task in stack}) == 1


def test_every_process_gets_a_part() -> None:
    """Ten runs on two processes are five each."""
    stacks = stacks_of(tasks_of(NETS["Adam"], range(10)), processes=2)
    assert [len(stack) for stack in stacks] == [5, 5]


def test_each_run_of_a_group_is_stored(tmp_path: Path) -> None:
    """Under its own key; what is there, or somebody else is at, is left out of the group."""
    store = TrainingStore(tmp_path / "store.sqlite")
    tasks = tasks_of(NETS["no hidden layer"], range(4), epochs=1)
    told: list[str] = []
    with TrainerPool(1) as pool:
        assert train_all(tasks[:1], store, pool=pool) == {}
        first = store.get(tasks[0].key)
        assert train_all(tasks, store, pool=pool, on_done=lambda task: told.append(task.key)) == {}
    runs = [store.get(task.key) for task in tasks]
    assert runs[0] == first
    assert [run and run.key for run in runs] == [task.key for task in tasks]
    assert sorted(told) == sorted(task.key for task in tasks)


def test_a_failed_group_gives_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each of its runs; nothing is tried in another way behind the instructor's back, and the
    claims are given up."""
    monkeypatch.setattr(trainer, "run_trainings", keras_side.crash_on_odd_seeds)
    store = TrainingStore(tmp_path / "store.sqlite")
    tasks = tasks_of(NETS["Adam"], range(3))
    other = tasks_of(NETS["RMSprop"], [2])
    with TrainerPool(1, start=keras_side.nothing) as pool:
        failures = train_all([*tasks, *other], store, pool=pool)
    assert set(failures) == {task.key for task in tasks}
    assert all("ended by itself" in reason for reason in failures.values())
    assert store.has(other[0].key)
    assert all(store.claim(task.key, "somebody else") for task in tasks)


def test_an_experiment_that_cannot_be_split(tmp_path: Path) -> None:
    """The author of the assignment reads which numbers do not go together."""
    tasks = tasks_of(NETS["Adam"], [1, 2], n=3, validation_split=0.9)
    failures = train_all(tasks, TrainingStore(tmp_path / "store.sqlite"))
    assert set(failures) == {task.key for task in tasks}
    assert "3 images cannot be split: validation_split is 0.9" in failures[tasks[0].key]
