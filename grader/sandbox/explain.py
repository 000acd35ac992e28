"""From what a worker did to what its author reads: verdict, message, place."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from typing import Any

from grader.results import Verdict
from grader.sandbox.child import Ending
from grader.sandbox.exchange import Stopped
from grader.sandbox.faults import SubmissionFault
from grader.sandbox.limits import Limits
from grader.submission import Module, Place
from grader.text import one_line, plain

_MESSAGE_LENGTH = 400
_DETAIL_LENGTH = 8_000


def missing_function(function: str, modules: Sequence[Module]) -> SubmissionFault:
    """No module defines `function`: says where it was looked for."""
    if not modules:
        message = f"There is no function {function}: no Python was found."
        return SubmissionFault(Verdict.NOT_IMPLEMENTED, message)
    files = ", ".join(dict.fromkeys(one_line(module.file, 60) for module in modules[:12]))
    broken = "; ".join(
        f"{one_line(module.file, 60)} could not be read: {one_line(module.error, 200)}"
        for module in modules
        if module.error
    )
    lost = [why for module in modules for name, why in module.lost if name == function]
    if lost:
        message = (
            f"{function} is defined where it could not be used: {one_line(lost[-1], 300)}. Mend that first."
        )
    elif broken:
        message = f"{function} was not found: {broken}. Mend that first."
    else:
        message = f"There is no function {function} in {files}. Define it at top level, with that very name."
    return SubmissionFault(Verdict.NOT_IMPLEMENTED, message)


def used_up(limits: Limits) -> SubmissionFault:
    """No time is left for any call."""
    message = f"Your functions have used up the {limits.total_seconds:g} seconds that they have in all."
    return SubmissionFault(Verdict.TIMEOUT, message)


def stopped_fault(stopped: Stopped, doing: str, seconds: float, limits: Limits) -> SubmissionFault:
    """A worker that was ended, or ended itself, while `doing` ("convolve was running")."""
    detail = plain(stopped.text)[-_DETAIL_LENGTH:]
    if stopped.reason == "timeout":
        message = (
            f"Stopped after {seconds:.3g} seconds, while {doing}. Look for a loop that never ends; if there "
            "is none, make it faster."
        )
        return SubmissionFault(Verdict.TIMEOUT, message, None, detail)
    over = {
        "memory": f"It used more than {limits.memory_mib} MiB of memory, while {doing}. "
        "Look for arrays that are larger than they need to be.",
        "output": f"It printed more than {limits.output_stop_mib} MiB, while {doing}. Take the prints out.",
        "reply": f"What it returned is larger than {limits.reply_mib} MiB, while {doing}. "
        "Look at the shape of your result.",
    }
    if stopped.reason in over:
        return SubmissionFault(Verdict.OVER_LIMIT, over[stopped.reason], None, detail)
    if stopped.reason == "protocol":
        message = f"The connection to your code was disturbed, while {doing}: {stopped.text}."
        return SubmissionFault(Verdict.CRASHED, message, None, detail)
    return _died(stopped.ending, doing, limits, detail)


def _died(ending: Ending | None, doing: str, limits: Limits, detail: str) -> SubmissionFault:
    if ending is not None and ending.note:
        return SubmissionFault(Verdict.OVER_LIMIT, f"{ending.note}, while {doing}.", None, detail)
    if "bad_alloc" in detail or "MemoryError" in detail:
        message = f"It needed more than {limits.memory_mib} MiB of memory, while {doing}."
        return SubmissionFault(Verdict.OVER_LIMIT, message, None, detail)
    how = "Its Python process ended"
    if ending is not None and ending.signal is not None:
        how = f"Its Python process crashed ({_signal_name(ending.signal)})"
    elif ending is not None and ending.code is not None:
        how = f"It ended the Python process (exit code {ending.code})"
    advice = "Take out calls that end the process; look for recursion without an end."
    killed = ending is None or ending.signal == signal.SIGKILL or (ending.code, ending.signal) == (None, None)
    message = f"{how}, while {doing}. {advice}"
    return SubmissionFault(Verdict.CRASHED, message, None, detail, unexplained=killed)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def reported_fault(
    fault: object, function: str, call: str, modules: Mapping[str, Module], limits: Limits
) -> SubmissionFault:
    """A failure that the worker described. Everything in it may have been made up by the student."""
    told = _Told(fault if isinstance(fault, dict) else {})
    place = _place(told.frames, modules)
    detail = plain(told.text("trace"))[-_DETAIL_LENGTH:]
    kind = told.text("kind")
    if kind == "not_implemented":
        message = f"{function} is not written yet: it raises NotImplementedError."
        return SubmissionFault(Verdict.NOT_IMPLEMENTED, message, place, detail)
    if kind == "signature":
        return _signature_fault(told, function, call, detail)
    if kind == "memory":
        message = f"It needed more than {limits.memory_mib} MiB of memory, while {function} was running."
        return SubmissionFault(Verdict.OVER_LIMIT, message, place, detail)
    if kind == "too_large":
        message = f"What {function} returned is larger than {limits.reply_mib} MiB. Look at its shape."
        return SubmissionFault(Verdict.OVER_LIMIT, message, place, detail)
    if kind == "exit":
        message = f"{function} ended the program (exit or quit). Take that call out; return a value instead."
        return SubmissionFault(Verdict.CRASHED, message, place, detail)
    return SubmissionFault(Verdict.RAISED, _raised_message(told, function, modules), place, detail)


class _Told:
    """Typed access to a mapping that nobody vouches for."""

    def __init__(self, fault: Mapping[str, Any]) -> None:
        self._fault = fault

    def text(self, key: str) -> str:
        value = self._fault.get(key, "")
        return value if isinstance(value, str) else ""

    @property
    def frames(self) -> list[tuple[str, int]]:
        """(module path, line), innermost last."""
        frames = self._fault.get("frames")
        if not isinstance(frames, list):
            return []
        whole = [frame for frame in frames if isinstance(frame, list) and len(frame) == 3]
        return [(path, line) for path, line, _ in whole if isinstance(path, str) and type(line) is int]


def _place(frames: Sequence[tuple[str, int]], modules: Mapping[str, Module]) -> Place | None:
    known = [(path, line) for path, line in frames if path in modules and line > 0]
    return modules[known[-1][0]].place(known[-1][1]) if known else None


def _signature_fault(told: _Told, function: str, call: str, detail: str) -> SubmissionFault:
    signature, reason = one_line(told.text("signature"), 200), one_line(told.text("message"), 200)
    message = (
        f"{function} cannot be called as the task asks: the check calls {call}, your function is "
        f"{function}{signature} ({reason}). Give it the parameters that the task names."
    )
    return SubmissionFault(Verdict.RAISED, message, None, detail)


def _raised_message(told: _Told, function: str, modules: Mapping[str, Module]) -> str:
    kind, text = (
        one_line(told.text("type"), 80) or "an error",
        one_line(told.text("message"), _MESSAGE_LENGTH),
    )
    name = told.text("name")
    left_out = [module for module in modules.values() if name and name in module.left_out_names]
    if left_out:
        return (
            f"{kind}: {text}. The line of {one_line(left_out[0].file, 60)} that sets {name} is not run "
            f"when your code is graded, because it does work at import. Pass {name} to the function as an "
            "argument, or set it inside the function."
        )
    advice = ""
    if kind == "ModuleNotFoundError":
        advice = " That library is not there when your code is graded; use the ones that the handout names."
    elif kind == "EOFError":
        advice = " Nobody answers input() when your code is graded."
    ending = "" if text.endswith((".", "!", "?")) else "."
    return f"{function} raised {kind}{': ' if text else ''}{text}{ending}{advice}"
