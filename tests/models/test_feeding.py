"""Pictures reach a model in the shape it takes, and labels in the form its loss wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.assignment import Experiment
from grader.data import load_dataset
from grader.models.shapes import Shape, feeds
from grader.models.spec import ModelSpec, SpecError
from grader.models.tasks import TrainingTask
from tests.models.documents import compiled, image, keras_object, layer, sequential, text
from tests.models.training_side import run_training

pytestmark = pytest.mark.xdist_group("keras")

SGD = keras_object("keras.optimizers", "SGD", learning_rate=0.1, momentum=0.9, nesterov=True)
ADAM = keras_object("keras.optimizers", "Adam", learning_rate=0.005)
RMSPROP = keras_object("keras.optimizers", "RMSprop", learning_rate=0.002)


def dense_net(shape: Shape, output: str = "softmax", **settings: Any) -> ModelSpec:
    layers = [layer("Flatten")] if len(shape) > 1 else []
    layers += [layer("Dense", "hidden", units=24, activation="relu")]
    layers += [layer("Dense", "output", units=10, activation=output)]
    return ModelSpec.parse(text(sequential(image(*shape), *layers)), text(compiled(**settings)))


def digits_task(spec: ModelSpec) -> TrainingTask:
    setting = Experiment(
        name="dense", title="Dense", model="build", n=2000, epochs=4, batch_size=32, task="1"
    )
    return TrainingTask.of(spec, setting, load_dataset("digits28"), seed=4)


@pytest.mark.parametrize(
    ("images", "wanted", "fits"),
    [
        ((28, 28), (28, 28), True),
        ((28, 28), (28, 28, 1), True),
        ((28, 28), (784,), True),
        ((28, 28, 1), (28, 28), True),
        ((32, 32, 3), (32, 32, 3), True),
        ((32, 32, 3), (3072,), True),
        ((28, 28), (1, 28, 28), False),
        ((28, 28), (14, 56), False),
        ((28, 28), (32, 32), False),
        ((28, 28), (28, 28, 3), False),
        ((32, 32, 3), (3, 32, 32), False),
        ((32, 32, 3), (32, 96), False),
        ((32, 32, 3), (32, 32), False),
    ],
)
def test_reshapes_that_keep_the_picture(images: Shape, wanted: Shape, fits: bool) -> None:
    """An axis of one channel and a vector are the same picture; all else would scramble it."""
    assert feeds(images, wanted) is fits


def test_pictures_that_do_not_fit() -> None:
    """The student reads both shapes."""
    with pytest.raises(SpecError, match="The model takes 32 x 32, but the images are 28 x 28"):
        dense_net((32, 32)).require_trainable((28, 28), 10)


def test_the_spelling_of_the_input_changes_nothing(in_keras: Callable[..., Any]) -> None:
    """(28, 28), (28, 28, 1) and (784,) are the same network and give the same run."""
    runs = [
        in_keras(run_training, digits_task(dense_net(shape))) for shape in ((28, 28), (28, 28, 1), (784,))
    ]
    assert runs[0].history == runs[1].history == runs[2].history
    assert runs[0].test_predictions == runs[1].test_predictions == runs[2].test_predictions


@pytest.mark.parametrize(
    ("optimizer", "loss", "output"),
    [
        (SGD, "categorical_crossentropy", "softmax"),
        (ADAM, "sparse_categorical_crossentropy", "softmax"),
        (RMSPROP, "categorical_crossentropy", "softmax"),
        (SGD, keras_object("keras.losses", "SparseCategoricalCrossentropy", from_logits=True), "linear"),
        (SGD, "mse", "relu"),
        (ADAM, "mean_squared_error", "softmax"),
        (RMSPROP, "MSE", "linear"),
        (ADAM, "binary_crossentropy", "sigmoid"),
        (ADAM, "mae", "softmax"),
        (ADAM, "huber", "linear"),
        (ADAM, "log_cosh", "linear"),
        (ADAM, "poisson", "softmax"),
        (ADAM, "squared_hinge", "linear"),
        (ADAM, "kld", "softmax"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["class_name"],
)
def test_losses_and_optimizers_learn(
    in_keras: Callable[..., Any], optimizer: Any, loss: Any, output: str
) -> None:
    """Each gets labels that it can use, reports accuracy over classes, and learns."""
    spec = dense_net((28, 28), output, optimizer=optimizer, loss=loss)
    assert spec.compile_problem == ""
    run = in_keras(run_training, digits_task(spec))
    assert set(run.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert run.history["loss"][-1] < run.history["loss"][0]
    assert run.test_accuracy > 0.5, run.test_accuracy
    assert run.history["accuracy"][-1] == pytest.approx(run.train_accuracy, abs=0.15)
