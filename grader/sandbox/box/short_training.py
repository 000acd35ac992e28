"""Keras' fit, evaluate and predict for the few steps of a check: the same numbers, sooner.

While a check calls a student's function, these three stand in for Keras' own. A model, an optimizer
or an argument that they do not know exactly goes to Keras.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

from .small_layers import Array, Optimizer
from .small_nets import Net, Scores, Unknown, make_optimizer

Images = tuple[Array, Array]  # with their labels as rows (n, classes)

_KNOWN = {
    "fit": ("x", "y", "batch_size", "epochs", "verbose", "validation_split", "validation_data", "shuffle"),
    "evaluate": ("x", "y", "batch_size", "verbose", "return_dict"),
    "predict": ("x", "batch_size", "verbose"),
}
_BATCH = 32  # Keras', where none is asked for


class ShortTraining:
    """Remembers of optimizers what Keras would keep in variables, which take long to make."""

    def __init__(self) -> None:
        self._trainer = next(kind for kind in keras.Model.__mro__ if "train_step" in vars(kind))
        self._keras = {name: vars(self._trainer)[name] for name in _KNOWN}
        self._signatures = {name: inspect.signature(method) for name, method in self._keras.items()}
        self._optimizers: WeakKeyDictionary[Any, Optimizer] = WeakKeyDictionary()

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Until the end of the block."""
        for name, ours in (("fit", self._fit), ("evaluate", _evaluate), ("predict", _predict)):
            setattr(self._trainer, name, self._standing_in(name, ours))
        try:
            yield
        finally:
            for name, method in self._keras.items():
                setattr(self._trainer, name, method)

    def _standing_in(self, name: str, ours: Callable[[Any, Mapping[str, Any]], Any]) -> Callable[..., Any]:
        original = self._keras[name]

        def method(model: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return ours(model, self._arguments(name, model, args, kwargs))
            except Unknown:  # which comes before anything has been done
                self._hand_over(model)
                return original(model, *args, **kwargs)

        return method

    def _arguments(
        self, name: str, model: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """All arguments of a call by name. Raises Unknown where one of the others is not as by default."""
        try:
            given = self._signatures[name].bind(model, *args, **kwargs)
        except TypeError:
            raise Unknown(name) from None
        if set(given.arguments) - {"self", *_KNOWN[name]}:
            raise Unknown(name)
        given.apply_defaults()
        return given.arguments

    def _hand_over(self, model: Any) -> None:
        """Keras goes on with an optimizer where we left it."""
        theirs: Any = getattr(model, "optimizer", None)
        if theirs is None or theirs not in self._optimizers:
            return
        ours = self._optimizers.pop(theirs)
        theirs.build(model.trainable_variables)
        slots = [slot for of_weight in ours.slots for slot in of_weight]
        # The first two are the count of steps and the rate; plain gradient descent has no more.
        for variable, value in zip(theirs.variables[2:], slots, strict=False):
            variable.assign(value)

    def _optimizer_of(self, model: Any) -> Optimizer:
        found = self._optimizers.get(model.optimizer)
        return make_optimizer(model.optimizer) if found is None else found

    def _fit(self, model: Any, given: Mapping[str, Any]) -> Any:
        net, optimizer = _net_of(model), self._optimizer_of(model)
        learnt, held_back = _split(_labelled(net, given["x"], given["y"]), given["validation_split"])
        if given["validation_data"] is not None:
            learnt, held_back = (
                _labelled(net, given["x"], given["y"]),
                _labelled(net, *_pair(given["validation_data"])),
            )
        size, epochs = _whole(given["batch_size"] or _BATCH), _whole(given["epochs"])
        told = _callbacks(
            model, given["verbose"], add_history=True, epochs=epochs, steps=math.ceil(len(learnt[0]) / size)
        )
        self._optimizers[model.optimizer] = optimizer
        rng = np.random.default_rng(np.random.randint(2**31))  # so that a student's seed settles it
        rate = float(model.optimizer.learning_rate)
        logs: dict[str, float] = {}
        with np.errstate(all="ignore"):
            told.on_train_begin()
            for epoch in range(epochs):
                told.on_epoch_begin(epoch)
                order = rng.permutation(len(learnt[0])) if given["shuffle"] else np.arange(len(learnt[0]))
                logs = _epoch(net, optimizer, learnt, order, size, rate, rng, told)
                if held_back is not None:
                    measured = _logs(net, [net.measure(*held_back)])
                    logs |= {f"val_{name}": value for name, value in measured.items()}
                told.on_epoch_end(epoch, logs)
            told.on_train_end(logs)
        net.write_back()
        model.optimizer.iterations.assign(optimizer.steps)
        return model.history


def _epoch(
    net: Net,
    optimizer: Optimizer,
    images: Images,
    order: Array,
    size: int,
    rate: float,
    rng: np.random.Generator,
    told: Any,
) -> dict[str, float]:
    """Learns from images in batches of `size`; what Keras logs of the whole."""
    x, y = images
    scores: list[Scores] = []
    for step, start in enumerate(range(0, len(x), size)):
        rows = order[start : start + size]
        told.on_train_batch_begin(step)
        scores.append(net.learn(x[rows], y[rows], rng))
        optimizer.update(net.weights, net.gradients, rate)
        told.on_train_batch_end(step, _logs(net, scores))
    return _logs(net, scores)


def _evaluate(model: Any, given: Mapping[str, Any]) -> Any:
    net = _net_of(model)
    images = _labelled(net, given["x"], given["y"])
    told = _callbacks(model, given["verbose"], epochs=1, steps=_steps(images[0], given))
    told.on_test_begin()
    with np.errstate(all="ignore"):
        logs = _logs(net, [net.measure(*images)])
    told.on_test_end(logs)
    if given["return_dict"]:
        return logs
    return [logs["loss"], logs[net.metric]] if net.metric else logs["loss"]


def _predict(model: Any, given: Mapping[str, Any]) -> Any:
    net = _net_of(model)
    x = _images(net, given["x"])
    told = _callbacks(model, given["verbose"], epochs=1, steps=_steps(x, given))
    told.on_predict_begin()
    with np.errstate(all="ignore"):
        outputs = net.predict(x)
    told.on_predict_end()
    return outputs


def _net_of(model: Any) -> Net:
    """Raises Unknown."""
    usual = type(model).__module__.partition(".")[0] == "keras" and "train_step" not in vars(model)
    if not (usual and model.built and model.compiled):
        raise Unknown(type(model))
    return Net(model)


def _images(net: Net, x: Any) -> Array:
    """Float32, (n, ...) as the model takes them. Raises Unknown."""
    if type(x) is not np.ndarray or x.dtype.kind not in "fiub" or not len(x):
        raise Unknown("no array of numbers")
    if x.shape[1:] != net.input_shape[1:]:
        raise Unknown("another shape than the model's")
    return x.astype(np.float32)


def _labelled(net: Net, x: Any, y: Any) -> Images:
    """Raises Unknown."""
    images = _images(net, x)
    if type(y) is not np.ndarray or y.dtype.kind not in "fiub" or len(y) != len(images):
        raise Unknown("no labels for each image")
    classes = net.output_shape[1]
    if net.sparse and y.shape in ((len(y),), (len(y), 1)) and y.min() >= 0 and y.max() < classes:
        return images, np.eye(classes, dtype=np.float32)[y.reshape(-1).astype(int)]
    if net.sparse or y.shape != (len(y), classes):
        raise Unknown("labels of another form than the loss takes")
    return images, y.astype(np.float32)


def _split(images: Images, share: Any) -> tuple[Images, Images | None]:
    """As Keras does it: the last ones are held back. Raises Unknown where one side would be empty."""
    if not share:
        return images, None
    x, y = images
    at = math.floor(len(x) * (1 - share))
    if not 0 < at < len(x):
        raise Unknown("a side without images")
    return (x[:at], y[:at]), (x[at:], y[at:])


def _pair(data: Any) -> tuple[Any, Any]:
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise Unknown("validation data with weights, or a data set")
    return data[0], data[1]


def _whole(number: Any) -> int:
    if not isinstance(number, (int, np.integer)) or number < 1:
        raise Unknown(number)
    return int(number)


def _steps(x: Array, given: Mapping[str, Any]) -> int:
    return math.ceil(len(x) / _whole(given["batch_size"] or _BATCH))


def _callbacks(model: Any, verbose: Any, *, add_history: bool = False, **settings: int) -> Any:
    """Keras' own: what is printed on the way is what Keras prints."""
    return keras.callbacks.CallbackList(
        None, add_history=add_history, add_progbar=verbose != 0, verbose=verbose, model=model, **settings
    )


def _logs(net: Net, scores: Sequence[Scores]) -> dict[str, float]:
    """Keras weighs the mean of a batch, penalties included, by its size."""
    rows = sum(part.rows for part in scores)
    logs = {"loss": sum(part.loss * part.rows for part in scores) / rows}
    if net.metric:
        logs[net.metric] = sum(part.hits for part in scores) / rows
    return dict(sorted(logs.items()))


STANDING_IN = ShortTraining()
