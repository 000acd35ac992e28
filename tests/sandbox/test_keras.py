"""Keras in the sandbox: models described, passed as arguments, trained."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from grader.grading.proxy import SubmissionProxy
from grader.grading.runner import CodeRunner
from grader.models.losses import LossAnswers, LossProbes, identify_loss, mean_answers
from grader.models.spec import ModelSpec
from grader.results import Verdict
from grader.sandbox import BuiltModel, FitTask, History, Limits, Sandbox, Session, SubmissionFault, Value
from grader.submission import Submission
from tests.sandbox.conftest import student_file

LIMITS = Limits(call_seconds=60, total_seconds=300)


@pytest.fixture(scope="module")
def session(warm_t1: Sandbox) -> Iterator[Session]:
    with warm_t1.open([student_file("networks.py")], {}, LIMITS) as opened:
        yield opened


@pytest.fixture
def pictures() -> tuple[np.ndarray, np.ndarray]:
    """x float32 (48, 8, 8, 3), y int (48,) of 3 classes."""
    rng = np.random.default_rng(0)
    return rng.random((48, 8, 8, 3), dtype=np.float32), rng.integers(0, 3, 48)


def test_model_is_described(session: Session) -> None:
    """Configuration and compile settings are JSON text, with the arguments in force."""
    reply = session.model("build", {"filters": 7})
    config = json.loads(reply.config)
    assert (config["module"], config["class_name"]) == ("keras", "Sequential")
    assert config["config"]["layers"][1]["config"]["filters"] == 7
    assert reply.compile_config is not None
    assert json.loads(reply.compile_config)["loss"] == "sparse_categorical_crossentropy"
    assert reply.problem == ""


def test_uncompiled_model(session: Session) -> None:
    """It has a configuration and no compile settings."""
    reply = session.model("build_uncompiled")
    assert reply.config
    assert reply.compile_config is None


def test_probes_run_without_graphs_and_trainings_with(
    session: Session, pictures: tuple[np.ndarray, np.ndarray]
) -> None:
    """A call of a few steps makes no graph, and prints nothing about that; a whole training does."""
    reply = session.call("train_noting", pictures)
    assert (reply.value, reply.output) == (["False"], "")
    x, y = pictures
    session.fit("build_noting", {}, FitTask(x, y, x, epochs=1, batch_size=16, validation_split=0.0, seed=1))
    assert "True" in str(session.call("graphs_seen").value)


def test_no_model(session: Session) -> None:
    """A builder that forgets to return is told so."""
    reply = session.model("build_nothing")
    assert reply.config == ""
    assert "nothing (None), not a Keras model" in reply.problem


def test_model_that_cannot_be_written_down(session: Session) -> None:
    """A custom layer without get_config: either no configuration with the reason, or one that names
    the student's class."""
    reply = session.model("build_custom")
    assert "Scaled" in reply.problem or "Scaled" in reply.config


def test_own_loss(session: Session) -> None:
    """A function of the student's stays recognisable in the compile settings."""
    reply = session.model("build_own_loss")
    assert "own_loss" in (reply.compile_config or "") + reply.problem


@pytest.mark.parametrize(
    ("loss", "known"),
    [
        ("own, one-hot", "MeanSquaredError"),
        ("own, sparse", "SparseCategoricalCrossentropy"),
        ("Keras' function", "MeanSquaredError"),
        ("own class", "MeanSquaredError"),
        ("partial", "MeanSquaredError"),
        ("in TensorFlow", "MeanSquaredError"),
        ("liar", "MeanAbsoluteError"),
        ("other", None),
        ("of words", None),
    ],
)
def test_own_losses_are_identified(session: Session, loss: str, known: str | None) -> None:
    """By their values; the optimizer and the layers come from the configuration as ever."""
    kwargs = {"shape": [8, 8, 3], "kind": "flatten", "loss": loss}
    reply = session.model("build_grey", kwargs)
    assert reply.problem == ""
    assert ModelSpec.parse(reply.config, reply.compile_config).has_own_loss
    probes = LossProbes.draw(np.random.default_rng(9), 3)
    told = session.loss("build_grey", kwargs, probes.y_true, probes.y_pred)
    means = (None if values is None else mean_answers(values) for values in (told.rows, told.labels))
    found = identify_loss(probes, LossAnswers(*means))
    assert found == (known and {"class": known})
    spec = ModelSpec.parse(reply.config, reply.compile_config, own_loss=found)
    assert (spec.compile is not None) is (known is not None)


def test_a_check_gets_the_identified_model(warm_t1: Sandbox) -> None:
    """The same spec as of a model that was compiled with the loss's name; else the reason."""
    module = student_file("networks.py")
    runner = CodeRunner([module], {}, warm_t1, LIMITS)
    submission = SubmissionProxy(Submission("a", "", (), (module,)), runner)
    grey = {"shape": [8, 8], "kind": "flatten"}
    own, named, other = (
        submission.model("build_grey", **grey, loss=loss) for loss in ("own, one-hot", "mse", "other")
    )
    assert own.spec is not None
    assert own.spec.compile is not None
    assert own.spec == named.spec
    assert other.spec is not None
    assert other.spec.compile is None
    assert "The loss is a custom one" in other.spec.compile_problem


def test_a_model_is_built_once_for_the_same_arguments(warm_t1: Sandbox) -> None:
    """Given or left to their defaults, in any order; another value, or 0.0 for 0, is another call."""
    runner = CodeRunner([student_file("networks.py")], {}, warm_t1, LIMITS)
    calls: list[dict[str, Value]] = [
        {},
        {"rate": 0.0},
        {"rate": 0.0, "filters": 4},
        {"filters": 4, "rate": 0.0},
        {"filters": 4},
        {"filters": 5},
        {"rate": 0},
    ]
    first, *same, other, whole = (runner.model("build", kwargs) for kwargs in calls)
    runner.close()
    assert first.defaults == {"filters": 4, "rate": 0.0}
    assert all(reply is first for reply in same)
    assert json.loads(other.config)["config"]["layers"][1]["config"]["filters"] == 5
    assert whole is not first


@pytest.mark.parametrize(
    ("builder", "defaults"),
    [
        ("build_by_keyword", {"filters": 4, "rate": 0.0}),
        ("build_by_place", {"rate": 0.0}),
        ("build_with_a_broken_signature", {"filters": 4}),
        ("build_with_odd_defaults", {}),
        ("build_wrapped", {}),
    ],
)
def test_defaults_are_those_of_the_function_itself(
    session: Session, builder: str, defaults: dict[str, Value]
) -> None:
    """As a call by name finds them: none of what was decorated; finite numbers and short texts."""
    assert session.model(builder).defaults == defaults


def test_model_as_argument(session: Session, pictures: tuple[np.ndarray, np.ndarray]) -> None:
    """The worker calls the builder and passes the model; a Keras History comes back as lists."""
    x, y = pictures
    value = session.call("train", [BuiltModel("build"), x, y]).value
    assert isinstance(value, History)
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} == set(value.history)
    assert all(len(numbers) == 2 for numbers in value.history.values())


def test_trusted_model_as_argument(session: Session, pictures: tuple[np.ndarray, np.ndarray]) -> None:
    """A model from a configuration is built and compiled; a tensor comes back as an array."""
    reply = session.model("build")
    compiled = json.loads(reply.compile_config or "null")
    model = BuiltModel(config=reply.config, compile=compiled)
    x, y = pictures
    assert isinstance(session.call("train", [model, x, y]).value, History)
    predictions = session.call("predict", [model, x]).value
    assert isinstance(predictions, np.ndarray)
    assert predictions.shape == (48, 3)


@pytest.mark.parametrize("builder", ["build", "build_uncompiled", "build_one_hot", "build_custom"])
def test_training_inside(session: Session, pictures: tuple[np.ndarray, np.ndarray], builder: str) -> None:
    """History and predictions come out; compile settings are made up where there are none."""
    x, y = pictures
    reply = session.fit(builder, {}, FitTask(x, y, x[:10], epochs=2, batch_size=16, seed=3, seconds=60))
    assert reply.problem == ""
    assert len(reply.history["loss"]) == len(reply.history["val_loss"]) == 2
    assert "accuracy" in reply.history
    assert reply.train_predictions.shape == (48, 3)
    np.testing.assert_allclose(reply.test_predictions, reply.train_predictions[:10], atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ([8, 8], "flatten"),
        ([8, 8, 1], "convolution"),
        ([64], "vector"),
        ([], "convolution"),
        ([], "flatten"),
    ],
)
def test_grey_pictures_fit_any_spelling(
    session: Session, pictures: tuple[np.ndarray, np.ndarray], shape: list[int], kind: str
) -> None:
    """Pictures (n, 8, 8) reach a model as it takes them, built or not."""
    x, y = pictures
    task = FitTask(x[..., 0], y, x[:10, ..., 0], epochs=1, batch_size=16, seconds=60)
    reply = session.fit("build_grey", {"shape": shape, "kind": kind, "loss": "mse"}, task)
    assert reply.problem == ""
    assert reply.test_predictions.shape == (10, 3)


@pytest.mark.parametrize(
    "loss",
    [
        "mean_squared_error",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "binary_crossentropy",
        "own, sparse",
        "own, one-hot",
        "Keras' function",
    ],
)
def test_labels_are_as_the_loss_wants_them(
    session: Session, pictures: tuple[np.ndarray, np.ndarray], loss: str
) -> None:
    """One-hot rows or integers; the accuracy in the history is the one over classes."""
    x, y = pictures
    kwargs = {"shape": [8, 8, 3], "kind": "flatten", "loss": loss}
    task = FitTask(x, y, x, epochs=1, batch_size=48, validation_split=0.0, seconds=60)
    reply = session.fit("build_grey", kwargs, task)
    assert reply.problem == ""
    hits = reply.history["accuracy"][0] * 48
    assert hits == pytest.approx(round(hits), abs=1e-3)
    assert 0 <= hits <= 48


def test_training_without_namespaces(warm_t2: Sandbox, pictures: tuple[np.ndarray, np.ndarray]) -> None:
    """The filters of T2 let TensorFlow build, train and predict as well."""
    x, y = pictures
    with warm_t2.open([student_file("networks.py")], {}, LIMITS) as session:
        assert session.model("build").compile_config
        assert isinstance(session.call("train", [BuiltModel("build"), x, y]).value, History)
        assert session.fit("build_custom", {}, FitTask(x, y, x, epochs=1, batch_size=16)).problem == ""


def test_training_of_no_model(session: Session, pictures: tuple[np.ndarray, np.ndarray]) -> None:
    """The reason comes back as words."""
    x, y = pictures
    reply = session.fit("build_nothing", {}, FitTask(x, y, x, epochs=1, batch_size=16))
    assert "not a Keras model" in reply.problem


def test_huge_model(warm_t1: Sandbox) -> None:
    """Three gigabytes of weights come to nothing: TensorFlow waits ten seconds for memory before it
    gives up, so that a shorter time limit may come first."""
    limits = Limits(call_seconds=2, memory_mib=1500)
    opened = warm_t1.open([student_file("networks.py")], {}, limits)
    with opened as session, pytest.raises(SubmissionFault) as caught:
        session.model("build_big")
    assert caught.value.verdict in (Verdict.OVER_LIMIT, Verdict.TIMEOUT)
