"""What stands in for Keras' fit, evaluate and predict gives Keras' numbers, and leaves the rest to Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.xdist_group("tensorflow")

Build = Callable[[], Any]


def _image_net(*body: Any, loss: str | dict[str, Any] = "categorical_crossentropy", **compiled: Any) -> Build:
    """A builder of a network for images (12, 10, 3) and 5 classes, with the same start weights each time."""

    def build() -> Any:
        import keras

        keras.utils.set_random_seed(3)
        layers = [
            kind(**dict(settings)) for kind, settings in ((getattr(keras.layers, n), s) for n, s in body)
        ]
        model = keras.Sequential([keras.Input((12, 10, 3)), *layers])
        settings: dict[str, Any] = {
            "optimizer": "adam",
            "metrics": ["accuracy"],
            "run_eagerly": True,
            **compiled,
        }
        if isinstance(settings["optimizer"], dict):
            settings["optimizer"] = keras.optimizers.get(settings["optimizer"])
        model.compile(loss=keras.losses.get(loss) if isinstance(loss, dict) else loss, **settings)
        return model

    return build


def _conv(filters: int, **settings: Any) -> tuple[str, dict[str, Any]]:
    return "Conv2D", {"filters": filters, "kernel_size": 3, "activation": "relu", **settings}


def _loss(kind: str, **settings: Any) -> dict[str, Any]:
    return {"class_name": f"{kind}Crossentropy", "config": {"from_logits": True, **settings}}


FLAT: tuple[str, dict[str, Any]] = ("Flatten", {})
CLASSES: tuple[str, dict[str, Any]] = ("Dense", {"units": 5, "activation": "softmax"})
MOMENTUM = {"class_name": "SGD", "config": {"learning_rate": 0.05, "momentum": 0.8}}
KNOWN = {
    "strides, same": _image_net(
        _conv(4, padding="same", strides=2), _conv(6, padding="same", strides=2), FLAT, CLASSES
    ),
    "valid, uneven": _image_net(
        _conv(4, kernel_size=(2, 3)), _conv(3, strides=(2, 3), use_bias=False), FLAT, CLASSES
    ),
    "pooled, L1": _image_net(
        _conv(4, padding="same"),
        ("MaxPooling2D", {"pool_size": 2}),
        _conv(4, padding="same"),
        ("MaxPooling2D", {"pool_size": (2, 3)}),
        FLAT,
        ("Dense", {**CLASSES[1], "kernel_regularizer": "l1"}),
    ),
    "dense, L2, apart": _image_net(
        FLAT,
        ("Dense", {"units": 7, "activation": "tanh", "use_bias": False}),
        ("Dense", {"units": 6, "kernel_regularizer": "L1L2"}),
        ("Activation", {"activation": "sigmoid"}),
        ("Dense", {"units": 5, "kernel_regularizer": "l2"}),
        ("Softmax", {}),
        optimizer=MOMENTUM,
    ),
    "squared error": _image_net(
        FLAT, ("Dense", {"units": 6}), ("ReLU", {}), CLASSES, loss="mse", optimizer="sgd"
    ),
    "logits": _image_net(_conv(4, strides=3), FLAT, ("Dense", {"units": 5}), loss=_loss("Categorical")),
    "class numbers, logits": _image_net(
        FLAT, ("Dense", {"units": 5}), loss=_loss("SparseCategorical"), optimizer="sgd"
    ),
    "class numbers": _image_net(FLAT, CLASSES, loss="sparse_categorical_crossentropy"),
    "no metric": _image_net(FLAT, ("Dropout", {"rate": 0.0}), CLASSES, metrics=None),
}
UNKNOWN = {
    "normalised": _image_net(("BatchNormalization", {}), FLAT, CLASSES),
    "RMSprop": _image_net(FLAT, CLASSES, optimizer="rmsprop"),
    "clipped": _image_net(FLAT, CLASSES, optimizer={"class_name": "Adam", "config": {"clipnorm": 1.0}}),
    "constrained": _image_net(FLAT, ("Dense", {**CLASSES[1], "kernel_constraint": "non_neg"})),
    "other metric": _image_net(FLAT, CLASSES, metrics=["mae"]),
    "padded pooling": _image_net(("MaxPooling2D", {"pool_size": 2, "padding": "same"}), FLAT, CLASSES),
    "frozen": _image_net(FLAT, ("Dense", {"units": 4, "trainable": False}), CLASSES),
    "softmax twice": _image_net(FLAT, CLASSES, loss=_loss("Categorical")),
    "smoothed": _image_net(FLAT, ("Dense", {"units": 5}), loss=_loss("Categorical", label_smoothing=0.1)),
    "no chances": _image_net(FLAT, ("Dense", {"units": 5, "activation": "sigmoid"})),
}


@pytest.fixture(scope="module")
def standing_in() -> Any:
    from grader.sandbox.box.short_training import ShortTraining

    return ShortTraining()


@pytest.fixture
def images() -> tuple[np.ndarray, np.ndarray]:
    """Float32 (23, 12, 10, 3) and one-hot rows (23, 5)."""
    rng = np.random.default_rng(5)
    return rng.normal(0, 1, (23, 12, 10, 3)).astype("float32"), np.eye(5, dtype="float32")[
        rng.integers(0, 5, 23)
    ]


def _labels(name: str, y: np.ndarray) -> np.ndarray:
    return y.argmax(axis=1) if name.startswith("class numbers") else y


def _train(model: Any, x: np.ndarray, y: np.ndarray, **settings: Any) -> dict[str, Any]:
    """Two trainings of one model in a fixed order, and all that is measured of it then."""
    arguments = {
        "epochs": 2,
        "batch_size": 8,
        "shuffle": False,
        "verbose": 0,
        "validation_split": 0.2,
        **settings,
    }
    first = model.fit(x, y, **arguments)
    again = model.fit(x, y, **{**arguments, "validation_split": 0.0, "validation_data": (x[:3], y[:3])})
    return {
        "histories": [first.history, again.history],
        "evaluated": model.evaluate(x, y, verbose=0),
        "named": model.evaluate(x, y, verbose=0, return_dict=True),
        "predicted": model.predict(x, verbose=0),
        "weights": model.get_weights(),
    }


@pytest.fixture
def kept_from_keras(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fails a test in which Keras' own steps run."""
    import keras

    ran: list[str] = []
    trainer = next(kind for kind in keras.Model.__mro__ if "train_step" in vars(kind))
    for name in ("train_step", "test_step", "predict_step"):
        original = getattr(trainer, name)

        def noting(model: Any, data: Any, name: str = name, original: Any = original) -> Any:
            ran.append(name)
            return original(model, data)

        monkeypatch.setattr(trainer, name, noting)
    return ran


@pytest.mark.parametrize("name", KNOWN)
def test_numbers_are_those_of_keras(
    standing_in: Any, name: str, images: tuple[np.ndarray, np.ndarray], kept_from_keras: list[str]
) -> None:
    """Histories, measures, predictions and weights, after two trainings; Keras takes no step of them."""
    x, y = images[0], _labels(name, images[1])
    wanted = _train(KNOWN[name](), x, y)
    kept_from_keras.clear()
    with standing_in.in_force():
        found = _train(KNOWN[name](), x, y)
    assert kept_from_keras == []
    _expect_equal(found, wanted)
    assert [list(history) for history in found["histories"]] == [list(h) for h in wanted["histories"]]


@pytest.mark.filterwarnings("ignore:.*received `from_logits=True`")  # Keras, of softmax twice
@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_goes_to_keras(
    standing_in: Any, name: str, images: tuple[np.ndarray, np.ndarray], kept_from_keras: list[str]
) -> None:
    """With the same numbers as without the stand-in, to the last digit."""
    wanted = _train(UNKNOWN[name](), *images)
    kept_from_keras.clear()
    with standing_in.in_force():
        found = _train(UNKNOWN[name](), *images)
    assert "train_step" in kept_from_keras
    _expect_equal(found, wanted)


@pytest.mark.parametrize(
    "settings",
    [
        {"sample_weight": np.ones(23)},
        {"class_weight": {0: 2.0}},
        {"initial_epoch": 1},
        {"steps_per_epoch": 1},
    ],
)
def test_other_arguments_go_to_keras(
    standing_in: Any,
    settings: dict[str, Any],
    images: tuple[np.ndarray, np.ndarray],
    kept_from_keras: list[str],
) -> None:
    """And after them the optimizer goes on where the steps before had brought it."""
    histories = []
    for stands_in in (False, True):
        model = KNOWN["dense, L2, apart"]()
        arguments = {"batch_size": 8, "shuffle": False, "verbose": 0}
        if not stands_in:
            model.fit(*images, epochs=2, **arguments)
            histories.append(model.fit(*images, epochs=2, **arguments, **settings).history)
            continue
        with standing_in.in_force():
            kept_from_keras.clear()
            model.fit(*images, epochs=2, **arguments)
            assert kept_from_keras == []
            histories.append(model.fit(*images, epochs=2, **arguments, **settings).history)
            assert "train_step" in kept_from_keras
    _expect_equal(histories[1], histories[0])


def test_errors_are_those_of_keras(standing_in: Any, images: tuple[np.ndarray, np.ndarray]) -> None:
    """What Keras refuses is refused in its words."""
    x, y = images
    with standing_in.in_force():
        model = KNOWN["class numbers"]()
        with pytest.raises(ValueError, match="incompatible"):
            model.fit(x[:, :4], y.argmax(axis=1), verbose=0)
        with pytest.raises(ValueError, match="not sufficient to split"):
            model.fit(x[:1], y[:1].argmax(axis=1), validation_split=0.1, verbose=0)
        with pytest.raises(TypeError, match="epoch"):
            model.fit(x, y.argmax(axis=1), epoch=2)


def test_it_is_gone_afterwards(standing_in: Any) -> None:
    """Outside the block Keras' own methods are back, also after an error."""
    import keras

    before = keras.Model.fit

    def fail() -> None:
        with standing_in.in_force():
            assert keras.Model.fit is not before
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert keras.Model.fit is before


def test_dropout_and_order_follow_the_seed(standing_in: Any, images: tuple[np.ndarray, np.ndarray]) -> None:
    """The same seed gives the same training, another one another."""
    import keras

    build = _image_net(FLAT, ("Dropout", {"rate": 0.5}), CLASSES)
    losses = []
    with standing_in.in_force():
        for seed in (1, 1, 2):
            model = build()
            keras.utils.set_random_seed(seed)
            losses.append(model.fit(*images, epochs=2, batch_size=8, verbose=0).history["loss"])
    assert losses[0] == losses[1] != losses[2]


def test_progress_is_printed_as_keras_prints_it(
    standing_in: Any, images: tuple[np.ndarray, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines of epochs and measures, unless the student asks for silence."""
    with standing_in.in_force():
        model = KNOWN["strides, same"]()
        model.fit(*images, epochs=2, verbose=2)
        model.predict(images[0])
    told = capsys.readouterr().out
    assert "Epoch 2/2" in told
    assert "accuracy: 0." in told
    assert "1/1" in told


def _expect_equal(found: Any, wanted: Any) -> None:
    if isinstance(wanted, dict):
        assert set(found) == set(wanted)
        for key in wanted:
            _expect_equal(found[key], wanted[key])
    elif isinstance(wanted, list) and wanted and not isinstance(wanted[0], float):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            _expect_equal(one, other)
    else:
        np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=2e-5)
