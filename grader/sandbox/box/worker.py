"""The process that holds student code: answers one request after another until its pipe closes.

It knows inputs and code, never an expected value. Replies carry the random id of their request, so
that one written ahead of time is refused.
"""

from __future__ import annotations

import builtins
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .encode import decode, encode
from .failures import check_signature, describe_failure
from .keras_ops import (
    apply_loss,
    build_from_config,
    describe_model,
    fit_model,
    short_trainings,
    why_not_a_model,
)
from .modules import ModuleTable, Source, find_callable, plain_defaults
from .values import BuiltModel
from .wire import Frame, WireError, pack, read_frame, write_all

_REQUEST_CAP = 4 << 30

Handler = Callable[[Frame, list[Any]], dict[str, Any]]


class Worker:
    """`reply_cap` is in bytes of arrays."""

    def __init__(self, folder: str, reply_cap: int) -> None:
        self._folder = folder
        self._reply_cap = reply_cap
        self._table: ModuleTable | None = None
        self._handlers: dict[str, Handler] = {
            "open": self._open,
            "load": self._load,
            "find": self._find,
            "call": self._call,
            "model": self._model,
            "loss": self._loss,
            "fit": self._fit,
        }

    def answer(self, request: Frame) -> list[memoryview]:
        """The buffers of the reply: what the handler gives, or a description of what went wrong."""
        identity = request.header["id"]
        arrays: list[Any] = []
        try:
            content = self._handlers[request.header["op"]](request, arrays)
            _flush()
            return pack({"id": identity, **content}, arrays, body_cap=self._reply_cap)
        except BaseException as error:  # student code may raise anything, SystemExit included
            _flush()
            fault = describe_failure(error, self._table)
            return pack({"id": identity, "fault": fault}, [], body_cap=self._reply_cap)

    def _open(self, request: Frame, arrays: list[Any]) -> dict[str, Any]:
        header = request.header
        self._table = ModuleTable([Source(*source) for source in header["modules"]], self._folder)
        sys.meta_path.insert(0, self._table)
        for name, content in zip(header["data"], request.arrays, strict=True):
            _write_data(self._folder, name, content.tobytes())
        return {}

    def _load(self, request: Frame, arrays: list[Any]) -> dict[str, Any]:
        if request.header["keras"]:
            importlib.import_module("keras")
        if request.header["module"]:
            self._modules.load(request.header["module"])
        return {}

    def _find(self, request: Frame, arrays: list[Any]) -> dict[str, Any]:
        function = request.header["function"]
        for path in request.header["modules"]:
            if find_callable(self._modules, path, function) is not None:
                return {"module": path}
        return {"module": None}

    def _call(self, request: Frame, arrays: list[Any]) -> dict[str, Any]:
        with short_trainings():
            result = self._run(request, self._given(request))
        return {"value": encode(result, arrays)}

    def _model(self, request: Frame, arrays: list[Any]) -> dict[str, Any]:
        described = describe_model(self._run(request, self._given(request)))
        function = self._function(request.header["module"], request.header["function"])
        return {**described, "defaults": plain_defaults(function)}

    def _loss(self, request: Frame, arrays: list[Any]) -> dict[str, Any]:
        given = self._given(request)
        model, data = self._run(request, given), given["data"]
        if why_not_a_model(model):
            return {"value": None}
        return {"value": encode(apply_loss(model, data["y_true"], data["y_pred"]), arrays)}

    def _fit(self, request: Frame, arrays: list[Any]) -> dict[str, Any]:
        given = self._given(request)
        model = self._run(request, given)
        if problem := why_not_a_model(model):
            return {"problem": problem, "value": None}
        trained = fit_model(model, given["data"], request.header["settings"])
        return {"problem": "", "value": encode(trained, arrays)}

    def _given(self, request: Frame) -> dict[str, Any]:
        """{"args", "kwargs", "data"} as fresh values; models are built on the way."""
        given: dict[str, Any] = decode(request.header["given"], request.arrays, self._make_model)
        return given

    def _run(self, request: Frame, given: dict[str, Any]) -> Any:
        """Calls the function that a request names."""
        function = self._function(request.header["module"], request.header["function"])
        check_signature(function, given["args"], given["kwargs"])
        return function(*given["args"], **given["kwargs"])

    def _function(self, path: str, name: str) -> Callable[..., Any]:
        found = find_callable(self._modules, path, name)
        if found is None:
            raise NotImplementedError(f"{path} has no function {name} once it has been loaded")
        return found

    def _make_model(self, wanted: BuiltModel) -> Any:
        if wanted.config:
            return build_from_config(wanted)
        path, _, name = wanted.function.rpartition(":")
        builder = self._function(path, name)
        check_signature(builder, (), wanted.kwargs)
        return builder(**wanted.kwargs)

    @property
    def _modules(self) -> ModuleTable:
        if self._table is None:
            raise WireError("nothing was opened yet")
        return self._table


def _write_data(folder: str, name: str, content: bytes) -> None:
    """A data file of the submission. Raises ValueError for a name that leads out of `folder`."""
    target = os.path.normpath(os.path.join(folder, name))
    if os.path.commonpath([folder, target]) != folder or target == folder:
        raise ValueError(f"a data file is called {name!r}")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(content)


def _flush() -> None:
    """Hands printed text to the pipe before the reply; a replaced stdout may fail in any way."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            continue


def prepare_process() -> None:
    """Text streams on fds 1 and 2, and the names that `site` gives to interactive Python."""
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(fd, "wb", closefd=False), "utf-8", "replace", line_buffering=True)
        for fd in (1, 2)
    )
    sys.argv = ["submission"]
    if not hasattr(builtins, "exit"):
        import site

        site.setquit()  # type: ignore[attr-defined]


def serve(folder: str, reply_cap: int, request_fd: int, reply_fd: int) -> NoReturn:
    """Never returns: ends with the process, without running anything that a student registered."""
    worker = Worker(folder, reply_cap)
    while True:
        try:
            request = read_frame(request_fd, body_cap=_REQUEST_CAP)
        except EOFError:
            os._exit(0)
        write_all(reply_fd, worker.answer(request))


def announce(reply_fd: int, layers: dict[str, Any]) -> None:
    """The first frame of a worker: `layers` names the protections that it put on."""
    write_all(reply_fd, pack({"id": "ready", "layers": layers}, [], body_cap=0))


def main(arguments: Sequence[str]) -> None:
    """The plain mode, an ordinary process. Arguments: folder, cap of a reply in bytes, two fds."""
    folder, reply_cap, request_fd, reply_fd = arguments
    prepare_process()
    announce(int(reply_fd), {})
    serve(folder, int(reply_cap), int(request_fd), int(reply_fd))
