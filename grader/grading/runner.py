"""Calls into the code of one submission, in a sandbox, and keeps what may be shown of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grader.evidence import Returned
from grader.grading.describe import describe_call, describe_value
from grader.models.losses import LossAnswers, LossProbes, mean_answers
from grader.results import Verdict
from grader.sandbox import (
    FitReply,
    FitTask,
    Limits,
    ModelReply,
    Plain,
    Reply,
    Sandbox,
    Session,
    SubmissionFault,
    Value,
    is_plain,
)
from grader.submission import Module

_ENDS_THE_CHILD = frozenset({Verdict.TIMEOUT, Verdict.CRASHED, Verdict.OVER_LIMIT})
_OUTPUT_KEPT = 2_000

T = TypeVar("T")
_Call = tuple[str, frozenset[tuple[str, type, Value]]]


@dataclass
class Noted:
    """What one check saw of the student's code."""

    returned: list[Returned]
    output: str


class CodeRunner:
    """Opens a fresh child when none is alive. `busy_seconds` is the time spent waiting for children.

    A function that timed out, crashed or went over a limit is not called again, so that one
    endless loop costs one time limit and not one for each check.
    """

    def __init__(
        self, modules: Sequence[Module], data: Mapping[str, bytes], sandbox: Sandbox, limits: Limits
    ) -> None:
        self._modules = modules
        self._data = data
        self._sandbox = sandbox
        self._limits = limits
        self._session: Session | None = None
        self._given_up: dict[str, SubmissionFault] = {}
        self._models: dict[_Call, ModelReply] = {}
        self._defaults: dict[str, Mapping[str, Plain]] = {}
        self._noted = Noted([], "")
        self._tried_again = False
        self.busy_seconds = 0.0

    def call(
        self,
        function: str,
        args: Sequence[Value],
        kwargs: Mapping[str, Value],
        *,
        seconds: float | None = None,
    ) -> Reply:
        """Raises SubmissionFault for whatever the student's code did instead of answering.

        `seconds` stands in for the assignment's limit of a call.
        """
        reply = self._run(function, lambda session: session.call(function, args, kwargs, seconds=seconds))
        self._note_output(reply.output)
        kind, shape, dtype = describe_value(reply.value)
        call = describe_call(function, args, kwargs)
        self._noted.returned.append(Returned(call=call, kind=kind, shape=shape, dtype=dtype))
        return reply

    def model(self, function: str, kwargs: Mapping[str, Value]) -> ModelReply:
        """The configuration of the model that a builder returns. Raises SubmissionFault.

        Several checks look at one model: it is built once, and what was printed meanwhile is noted each time.
        That a builder's default arguments are given in one call and not in the other makes no difference.
        """
        key = self._call_of(function, kwargs)
        reply = self._models.get(key) if key else None
        if reply is None:
            reply = self._run(function, lambda session: session.model(function, kwargs))
            self._defaults.setdefault(function, reply.defaults)
            if key := self._call_of(function, kwargs):
                self._models[key] = reply
        self._note_output(reply.output)
        return reply

    def _call_of(self, function: str, kwargs: Mapping[str, Value]) -> _Call | None:
        """The same for the same call; None where an argument is more than a plain value."""
        if not all(map(is_plain, kwargs.values())):
            return None
        given = {**self._defaults.get(function, {}), **kwargs}
        return function, frozenset((name, type(value), value) for name, value in given.items())

    def loss(self, function: str, kwargs: Mapping[str, Value], probes: LossProbes) -> LossAnswers:
        """What the loss of a builder's model answers to the probes. Raises SubmissionFault."""
        reply = self._run(
            function, lambda session: session.loss(function, kwargs, probes.y_true, probes.y_pred)
        )
        means = (None if values is None else mean_answers(values) for values in (reply.rows, reply.labels))
        return LossAnswers(*means)

    def fit(self, function: str, kwargs: Mapping[str, Value], task: FitTask) -> FitReply:
        """Trains in the sandbox what cannot be rebuilt outside. Raises SubmissionFault."""
        return self._run(function, lambda session: session.fit(function, kwargs, task))

    def take_notes(self) -> Noted:
        """What was returned and printed since the last call of this method."""
        noted, self._noted = self._noted, Noted([], "")
        return noted

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _run(self, function: str, act: Callable[[Session], T]) -> T:
        if function in self._given_up:
            raise self._given_up[function]
        begun = time.perf_counter()
        try:
            try:
                return act(self._open())
            except SubmissionFault as fault:
                if not fault.unexplained or self._tried_again:
                    raise
            # Killed from outside, most likely: nobody's mark hangs on that. Once, for whoever kills itself.
            self._tried_again = True
            self.close()
            return act(self._open())
        except SubmissionFault as fault:
            if fault.verdict in _ENDS_THE_CHILD:
                self.close()
                message = f"{fault.message} It was not called again for other checks."
                self._given_up[function] = SubmissionFault(fault.verdict, message, fault.place, fault.detail)
                raise self._given_up[function] from None
            raise
        finally:
            self.busy_seconds += time.perf_counter() - begun

    def _open(self) -> Session:
        if self._session is None:
            self._session = self._sandbox.open(self._modules, self._data, self._limits)
        return self._session

    def _note_output(self, output: str) -> None:
        self._noted.output = (self._noted.output + output)[:_OUTPUT_KEPT]
