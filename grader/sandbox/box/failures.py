"""What a student's code did instead of answering, as plain data for the other side."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

from .encode import type_name
from .modules import ModuleTable
from .wire import TooLarge

_MESSAGE_CAP = 2_000
_TRACE_CAP = 8_000
_FRAMES_CAP = 20


class WrongSignature(Exception):
    """The function does not take the arguments that the check passes."""

    def __init__(self, signature: str, reason: str) -> None:
        super().__init__(reason)
        self.signature = signature


def check_signature(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Raises WrongSignature when the call cannot be bound; says nothing where Python cannot tell."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise WrongSignature(_safe_text(signature), _safe_text(error)) from None


def describe_failure(error: BaseException, table: ModuleTable | None) -> dict[str, Any]:
    """The header of a fault: its kind, the exception and the student's own frames, innermost last."""
    described: dict[str, Any] = {
        "kind": _kind(error),
        "type": type_name(error),
        "message": _safe_text(error)[:_MESSAGE_CAP],
        "frames": _student_frames(error.__traceback__, table),
        "trace": _trace(error)[-_TRACE_CAP:],
    }
    if isinstance(error, NameError):
        described["name"] = _safe_text(error.name)[:100]
    if isinstance(error, WrongSignature):
        described["signature"] = error.signature[:500]
    return described


def _kind(error: BaseException) -> str:
    if isinstance(error, NotImplementedError):
        return "not_implemented"
    if isinstance(error, MemoryError) or type_name(error) == "ResourceExhaustedError":
        return "memory"
    if isinstance(error, SystemExit):
        return "exit"
    if isinstance(error, TooLarge):
        return "too_large"
    if isinstance(error, WrongSignature):
        return "signature"
    return "raised"


def _safe_text(value: object) -> str:
    """str() of something whose __str__ may be the student's."""
    try:
        return str(value)
    except BaseException:
        return f"({type_name(value)} that cannot be shown)"


def _student_frames(trace: TracebackType | None, table: ModuleTable | None) -> list[list[Any]]:
    frames: list[list[Any]] = []
    while trace is not None and table is not None:
        code = trace.tb_frame.f_code
        path = table.path_of(code.co_filename)
        if path is not None:
            frames.append([path, trace.tb_lineno, code.co_name[:100]])
        trace = trace.tb_next
    return frames[-_FRAMES_CAP:]


def _trace(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except BaseException:
        return f"({type_name(error)} whose traceback cannot be shown)"
