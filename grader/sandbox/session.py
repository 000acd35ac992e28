"""Calls into one submission's code, in a worker of its own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeGuard

from grader.errors import GraderError
from grader.results import Tier, Verdict
from grader.sandbox.arguments import describe_call, replace_models
from grader.sandbox.box.encode import decode, encode, storable
from grader.sandbox.box.values import BuiltModel, History, Plain, Value, is_plain
from grader.sandbox.box.wire import TooLarge, WireError, pack
from grader.sandbox.child import Child
from grader.sandbox.exchange import Exchanged, Line, Stopped
from grader.sandbox.explain import missing_function, reported_fault, stopped_fault, used_up
from grader.sandbox.faults import SubmissionFault
from grader.sandbox.limits import Limits
from grader.sandbox.replies import FitReply, FitTask, LossReply, ModelReply, Reply
from grader.submission import Module
from grader.text import one_line

if TYPE_CHECKING:
    import numpy as np

_REQUEST_CAP = 4 << 30
_ID_BYTES = 16
_COUNTED = ("call", "model", "loss")  # against the total; imports and training have limits of their own
_PROBLEM_LENGTH = 700


class Session:
    """Serves until a call times out, crashes or goes over a limit; then open another."""

    def __init__(self, child: Child, modules: Sequence[Module], limits: Limits, tier: Tier) -> None:
        self.tier = tier
        self._child = child
        self._modules = {module.path: module for module in modules}
        self._limits = limits
        self._line = Line(child, limits)
        self._loaded: set[str] = set()
        self._seconds_left = limits.total_seconds
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """True once the worker is gone."""
        return self._closed

    def close(self) -> None:
        """Ends the worker at once; what the student registered for exit does not run."""
        if not self._closed:
            self._closed = True
            self._child.kill()
            self._child.pipes.close()

    def hand_over(self, data: Mapping[str, bytes]) -> None:
        """Gives the worker the modules and data files. Called once, before anything else."""
        import numpy as np

        sources = [[module.path, module.source, module.error] for module in self._modules.values()]
        header = {"modules": sources, "data": list(data)}
        files = [np.frombuffer(content, dtype=np.uint8) for content in data.values()]
        doing = "its files were unpacked"
        self._ask("open", header, files, self._limits.load_seconds, "the submission", doing)

    def call(
        self,
        function: str,
        args: Sequence[Value] = (),
        kwargs: Mapping[str, Value] | None = None,
        *,
        seconds: float | None = None,
    ) -> Reply:
        """Calls a function of the submission. Raises SubmissionFault; GraderError when closed."""
        given = {"args": list(args), "kwargs": dict(kwargs or {})}
        exchanged = self._run("call", function, given, {}, seconds or self._limits.call_seconds)
        value = self._decoded(exchanged)
        return Reply(value, exchanged.output, exchanged.wall_seconds, exchanged.cpu_seconds)

    def model(self, function: str, kwargs: Mapping[str, Value] | None = None) -> ModelReply:
        """Calls a builder and describes the model. Raises SubmissionFault; GraderError when closed."""
        given = {"args": [], "kwargs": dict(kwargs or {})}
        exchanged = self._run("model", function, given, {}, self._limits.call_seconds)
        told = exchanged.frame.header
        config, compiled, problem = told.get("config"), told.get("compile_config"), told.get("problem")
        defaults = told.get("defaults")
        if (
            isinstance(config, str)
            and isinstance(compiled, str | None)
            and isinstance(problem, str)
            and _are_plain(defaults)
        ):
            return ModelReply(
                config=storable(config),
                compile_config=None if compiled is None else storable(compiled),
                problem=one_line(problem, _PROBLEM_LENGTH),
                defaults=defaults,
                output=exchanged.output,
            )
        raise self._disturbed("a model was described wrongly")

    def loss(
        self, function: str, kwargs: Mapping[str, Value] | None, y_true: np.ndarray, y_pred: np.ndarray
    ) -> LossReply:
        """Applies the loss of a builder's model to pairs of batches, (pairs, rows, classes) each.

        Raises SubmissionFault; GraderError when closed.
        """
        data = {"y_true": y_true, "y_pred": y_pred}
        given = {"args": [], "kwargs": dict(kwargs or {}), "data": data}
        told = self._decoded(self._run("loss", function, given, {}, self._limits.call_seconds))
        if told is not None and not isinstance(told, dict):
            raise self._disturbed("a loss was described wrongly")
        found = told or {}
        return LossReply(*(_numeric(found.get(form), len(y_true)) for form in ("rows", "labels")))

    def fit(self, function: str, kwargs: Mapping[str, Value] | None, fit: FitTask) -> FitReply:
        """Trains a builder's model in the sandbox. Raises SubmissionFault; GraderError when closed."""
        data = {"x_train": fit.x_train, "y_train": fit.y_train, "x_test": fit.x_test}
        settings = {
            name: getattr(fit, name)
            for name in ("epochs", "batch_size", "validation_split", "seed", "optimizer", "loss", "metrics")
        }
        given = {"args": [], "kwargs": dict(kwargs or {}), "data": data}
        exchanged = self._run("fit", function, given, {"settings": settings}, fit.seconds)
        return self._fit_reply(exchanged)

    def _fit_reply(self, exchanged: Exchanged) -> FitReply:
        import numpy as np

        told, seconds = self._decoded(exchanged), exchanged.wall_seconds
        problem = exchanged.frame.header.get("problem")
        if told is None and isinstance(problem, str) and problem:
            shown = one_line(problem, _PROBLEM_LENGTH)
            return FitReply({}, np.empty((0, 0)), np.empty((0, 0)), seconds, shown)
        if not isinstance(told, dict) or not isinstance(told.get("history"), History):
            raise self._disturbed("a training was described wrongly")
        train, test = told.get("train"), told.get("test")
        if not isinstance(train, np.ndarray) or not isinstance(test, np.ndarray):
            problem = "The model did not predict one array for a batch of images."
            return FitReply(told["history"].history, np.empty((0, 0)), np.empty((0, 0)), seconds, problem)
        return FitReply(told["history"].history, train, test, seconds, "")

    def _run(
        self,
        op: str,
        function: str,
        given: dict[str, Any],
        extra: dict[str, Any],
        seconds: float,
    ) -> Exchanged:
        """Finds and loads the function's module, then sends the request."""
        needs_keras = op != "call"
        call = describe_call(function, given)

        def locate(model: BuiltModel) -> BuiltModel:
            nonlocal needs_keras
            needs_keras = True
            if model.config:
                return model
            return BuiltModel(f"{self._load(model.function)}:{model.function}", model.kwargs)

        given = {name: replace_models(value, locate) for name, value in given.items()}
        module = self._load(function)
        if needs_keras:
            self._load_keras()
        arrays: list[Any] = []
        header = {"module": module, "function": function, "given": encode(given, arrays), **extra}
        if op in _COUNTED:
            seconds = self._within_total(seconds)
        return self._ask(op, header, arrays, seconds, function, f"{function} was running", call)

    def _within_total(self, seconds: float) -> float:
        """What a call may take. Raises SubmissionFault when nothing is left for it."""
        if self._seconds_left <= 0:
            self.close()
            raise used_up(self._limits)
        return min(seconds, self._seconds_left)

    def _load(self, function: str) -> str:
        """The path of the last module that defines `function`, loaded once. Raises SubmissionFault."""
        defining = [path for path, module in self._modules.items() if function in module.functions]
        if not defining:
            return self._find(function)
        path = defining[-1]
        if path not in self._loaded:
            header = {"module": path, "keras": False}
            doing = f"{self._modules[path].file} was imported"
            self._ask("load", header, [], self._limits.load_seconds, self._modules[path].file, doing)
            self._loaded.add(path)
        return path

    def _load_keras(self) -> None:
        if "keras" not in self._loaded:
            header = {"module": None, "keras": True}
            self._ask("load", header, [], self._limits.load_seconds, "keras", "Keras was imported")
            self._loaded.add("keras")

    def _find(self, function: str) -> str:
        """For a name that is bound otherwise than by `def`: `convolve = convolve_fast`."""
        word = re.compile(rf"\b{re.escape(function)}\b")
        candidates = [p for p, m in self._modules.items() if not m.error and word.search(m.source)]
        if candidates:
            header = {"function": function, "modules": candidates[::-1]}
            doing = "your modules were imported"
            told = self._ask("find", header, [], self._limits.load_seconds, "Your code", doing).frame.header
            if told.get("module") in candidates:
                return str(told["module"])
        raise missing_function(function, list(self._modules.values()))

    def _ask(
        self,
        op: str,
        header: Mapping[str, Any],
        arrays: Sequence[Any],
        seconds: float,
        subject: str,
        doing: str,
        call: str = "",
    ) -> Exchanged:
        if self._closed:
            raise GraderError("The session of this submission is closed.", hint="Open another one.")
        identity = secrets.token_hex(_ID_BYTES)
        try:
            request = pack({"id": identity, "op": op, **header}, arrays, body_cap=_REQUEST_CAP)
        except TooLarge as error:
            raise GraderError(f"A check sends more than a request can hold: {error}.") from None
        try:
            exchanged = self._line.exchange(identity, request, seconds)
        except Stopped as stopped:
            self.close()
            if stopped.reason == "timeout" and op in _COUNTED and seconds >= self._seconds_left:
                raise used_up(self._limits) from None
            raise stopped_fault(stopped, doing, seconds, self._limits) from None
        except BaseException:  # Ctrl-C, or a fault of ours: the worker is in an unknown state
            self.close()
            raise
        if op in _COUNTED:
            self._seconds_left -= exchanged.wall_seconds - exchanged.waited_seconds
        if "fault" in exchanged.frame.header:
            self._raise_fault(exchanged, subject, call)
        return exchanged

    def _raise_fault(self, exchanged: Exchanged, subject: str, call: str) -> None:
        fault = reported_fault(exchanged.frame.header["fault"], subject, call, self._modules, self._limits)
        if fault.verdict in (Verdict.CRASHED, Verdict.OVER_LIMIT):
            self.close()
        raise fault

    def _decoded(self, exchanged: Exchanged) -> Any:
        try:
            return decode(exchanged.frame.header.get("value"), exchanged.frame.arrays)
        except WireError as error:
            raise self._disturbed(str(error)) from None

    def _disturbed(self, what: str) -> SubmissionFault:
        self.close()
        return SubmissionFault(Verdict.CRASHED, f"The connection to your code was disturbed: {what}.")


def _are_plain(values: object) -> TypeGuard[dict[str, Plain]]:
    return isinstance(values, dict) and all(map(is_plain, values.values()))


def _numeric(value: object, count: int) -> tuple[np.ndarray, ...] | None:
    """`count` arrays of real numbers, none empty; None for anything else."""
    import numpy as np

    if not isinstance(value, list) or len(value) != count:
        return None
    arrays = tuple(item for item in value if isinstance(item, np.ndarray))
    good = [array.dtype.kind in "fiu" and array.size > 0 for array in arrays]
    return arrays if len(arrays) == count and all(good) else None
