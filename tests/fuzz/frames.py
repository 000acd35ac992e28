"""Frames: whatever a worker writes into its pipe, the trusted side makes an answer or a fault of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from grader.results import Tier
from grader.sandbox.box.encode import decode, encode
from grader.sandbox.box.values import History, Opaque, is_plain
from grader.sandbox.box.wire import MAGIC, PREFIX, pack, write_all
from grader.sandbox.child import Ending, Pipes
from grader.sandbox.faults import SubmissionFault
from grader.sandbox.limits import Limits
from grader.sandbox.replies import FitReply, FitTask, LossReply, ModelReply, Reply
from grader.sandbox.session import Session
from grader.submission import Module
from tests.fuzz.spoil import ODD_TEXTS, as_json, edited, spoilt
from tests.fuzz.target import ACCEPTED, Target, refusal, require_encodable, require_harmless, require_message

IDENTITY = "0" * 32
LIMITS = Limits(reply_mib=8, call_seconds=5, load_seconds=5)
MODULE = Module("work.py", "work.ipynb", "", ("f",), ("X_train",), ((1, 1), (2, 1)))
_INT_BITS = 4096
_PIPE_BYTES = 1 << 20  # a pipe that holds the whole case, so that one thread can write and then read
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of fcntl(2)


class Scripted:
    """A worker that has written its replies already and is gone."""

    pid = 0
    scratch = ""

    def __init__(self, replies: bytes) -> None:
        import fcntl

        self._theirs: list[int] = []
        reply = self._pipe()
        fcntl.fcntl(self._theirs[0], _SET_PIPE_SIZE, _PIPE_BYTES)
        write_all(self._theirs[0], [memoryview(replies)])
        os.close(self._theirs.pop())
        output, errors = self._pipe(), self._pipe()
        read_request, request = os.pipe()
        self._theirs.append(read_request)
        self.pipes = Pipes(request, reply, output, errors)
        os.set_blocking(reply, False)

    def _pipe(self) -> int:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        self._theirs.append(writing)
        return reading

    def kill(self) -> Ending:
        while self._theirs:
            os.close(self._theirs.pop())
        return Ending(None, 9)

    def ending(self, seconds: float) -> Ending | None:
        return Ending(0, None)


def _frame(header: dict[str, Any], arrays: Sequence[np.ndarray] = ()) -> bytes:
    return b"".join(pack({"id": IDENTITY, **header}, arrays, body_cap=_PIPE_BYTES))


LOADED = _frame({})
IMAGES, LABELS = np.zeros((12, 7, 3), np.float32), np.zeros(12, np.int64)
TASK = FitTask(IMAGES, LABELS, IMAGES, 1, 1, seconds=5)
OPERATIONS: tuple[Callable[[Session], Any], ...] = (
    lambda session: session.call("f", [1.0], {"n": 2}),
    lambda session: session.model("f"),
    lambda session: session.fit("f", {}, TASK),
    lambda session: session.loss("f", {}, IMAGES, IMAGES),
    lambda session: session.call("g"),
)


def contract(case: bytes) -> str:
    """The first byte names the operation; the rest is what the worker sent in reply."""
    operation = OPERATIONS[(case[0] if case else 0) % len(OPERATIONS)]
    with patch.object(secrets, "token_hex", lambda size: IDENTITY):
        session = Session(
            Scripted((_loads(operation) + case[1:])[:_PIPE_BYTES]), [MODULE], LIMITS, Tier.PLAIN
        )
        try:
            reply = operation(session)
        except SubmissionFault as fault:
            _check_fault(fault)
            return refusal(fault, str(fault.verdict))
        finally:
            session.close()
    _check_reply(reply)
    return ACCEPTED


def _loads(operation: Callable[[Session], Any]) -> bytes:
    """Replies to the requests before the one that counts: loading the module, and Keras."""
    return LOADED * {0: 1, 1: 2, 2: 2, 3: 2, 4: 0}[OPERATIONS.index(operation)]


def _check_fault(fault: SubmissionFault) -> None:
    require_message(fault.message)
    require_harmless(fault.detail)
    assert len(fault.detail) <= 10_000
    assert fault.place is None or fault.place.line > 0


def _check_reply(reply: Reply | ModelReply | FitReply | LossReply) -> None:
    if isinstance(reply, Reply):
        _check_value(reply.value)
        _check_round_trip(reply.value)
    elif isinstance(reply, ModelReply):
        require_encodable(reply.config + (reply.compile_config or ""))
        require_harmless(reply.problem)
        assert all(map(is_plain, reply.defaults.values()))
    elif isinstance(reply, FitReply):
        _check_value(History(reply.history))
        _check_value([reply.train_predictions, reply.test_predictions])
        require_harmless(reply.problem)
    else:
        for arrays in (reply.rows, reply.labels):
            assert arrays is None or all(array.dtype.kind in "fiu" for array in arrays)


def _check_value(value: object) -> None:
    """Plain data through and through, and nothing that cannot be stored or shown."""
    if isinstance(value, np.ndarray):
        assert value.dtype.kind in "biufc"
        assert value.nbytes <= LIMITS.reply_mib << 20
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_value(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            require_encodable(key)
            _check_value(item)
    elif isinstance(value, History):
        for key, numbers in value.history.items():
            require_encodable(key)
            assert all(type(number) is float for number in numbers)
    elif isinstance(value, Opaque):
        require_encodable(value.type_name)
        assert len(value.type_name) <= 120
    elif isinstance(value, str):
        require_encodable(value)
    elif type(value) is int:
        assert value.bit_length() <= _INT_BITS
    else:
        assert value is None or type(value) in (bool, float)


def _check_round_trip(value: object) -> None:
    """What was read can be sent again, and is then the same."""
    first: list[np.ndarray] = []
    again: list[np.ndarray] = []
    node = encode(value, first)
    assert encode(decode(node, list(first)), again) == node
    assert [a.tobytes() for a in first] == [a.tobytes() for a in again]


# --- cases ---------------------------------------------------------------------------------------

FAULT = {
    "kind": "raised", "type": "ValueError", "message": "no", "trace": "Traceback", "name": "X_train",
    "signature": "(image)", "frames": [["work.py", 2, "f"], ["work.py", 1, "g"]],
}  # fmt: skip
KINDS = ("raised", "not_implemented", "signature", "memory", "too_large", "exit")


def _nodes() -> list[tuple[dict[str, Any], list[np.ndarray]]]:
    values: list[object] = [
        {"a": [1, 2.5, "x", None, True], "b": (np.arange(6.0).reshape(2, 3), [1] * 9, [0.5] * 20)},
        History({"loss": [1.0, float("nan")], "accuracy": [0.1] * 12}),
        [Opaque("set"), float("inf"), [[[[]]]], np.zeros((0, 3), np.int8), np.float32(1)],
        {"rows": [np.float64(1.0)] * 12, "labels": None},
        {"history": History({"loss": [0.1]}), "train": np.zeros((4, 2), np.float32), "test": np.ones((4, 2))},
    ]
    found = []
    for value in values:
        arrays: list[np.ndarray] = []
        found.append(({"value": encode(value, arrays)}, arrays))
    found += [({"fault": {**FAULT, "kind": kind}}, []) for kind in KINDS]
    found.append(({"config": "{}", "compile_config": None, "problem": "", "defaults": {"l1": 0.1}}, []))
    found.append(({"value": None, "problem": "It has no fit."}, []))
    found.append(({"module": "work.py"}, []))
    return found


NODES = _nodes()
SPECS = [[["<f8", [2, 3]]], [["|u1", [4]], ["<i8", [0, 9]]], [["<f4", []]], []]


def genuine() -> list[bytes]:
    frames = [_frame(header, arrays) for header, arrays in NODES]
    return [bytes([operation]) + frame for frame in frames for operation in range(len(OPERATIONS))]


def _documents() -> SearchStrategy[dict[str, Any]]:
    from_nodes: list[Any] = [
        {"id": IDENTITY, **header, "arrays": [[array.dtype.str, list(array.shape)] for array in arrays]}
        for header, arrays in NODES
    ]
    return spoilt(
        from_nodes, most=2, more=st.sampled_from([*KINDS, *ODD_TEXTS]) | _scalars() | _small_nodes()
    )


def _scalars() -> SearchStrategy[Any]:
    return st.sampled_from(
        [0, 1, -1, 1.5, 10**400, 2**63, True, None, [], {}, "<f8", "|O", [1 << 39, 0], [2, 3]]
    )


def _small_nodes() -> SearchStrategy[Any]:
    kinds = st.sampled_from(["array", "numbers", "tuple", "dict", "float", "opaque", "history", "model", "?"])
    content = st.sampled_from(
        ["nan", [], [["loss", [1, 10**400]]], [1], "\ud800", {"t": "dict", "v": [["\ud800", []]]}]
    )
    return st.fixed_dictionaries({"t": kinds, "v": content, "i": st.integers(0, 3)})


DOCUMENTS = _documents()
_OPERATION = st.integers(0, len(OPERATIONS) - 1)
_OFTEN, _BODIES = st.integers(0, 9), st.sampled_from([0, 1, 48, 10**7])


@st.composite
def _streams(draw: DrawFn) -> bytes:
    """Mostly a header that fits its body; a body of zeros, as long as announced or not quite."""
    header = draw(DOCUMENTS)
    operation = bytes([draw(_OPERATION) if draw(_OFTEN) < 3 else _asked(header)])
    text = as_json(header)
    body = _announced(header.get("arrays")) if draw(_OFTEN) else draw(_BODIES)
    return operation + PREFIX.pack(MAGIC, len(text), body) + text + bytes(min(body, 4096))


def _asked(header: dict[str, Any]) -> int:
    """The operation that such a reply belongs to."""
    if "config" in header or "module" in header:
        return 1 if "config" in header else 4
    text = str(header.get("value"))
    return 3 if "rows" in text else 2 if "train" in text else 0


def _announced(specs: object) -> int:
    """Bytes of the arrays that a header lists, where it is in order; 0 elsewhere."""
    total = 0
    for spec in specs if isinstance(specs, list) else []:
        try:
            total += int(np.dtype(spec[0]).itemsize * np.prod(spec[1], dtype=np.float64))
        except (TypeError, ValueError, IndexError, KeyError, OverflowError):
            return 0
    return total if 0 <= total < 4096 else 0


TOKENS = (
    b"EPM1", b"\x00", b"\xff\xff\xff\xff", b'{"t":"dict","v":[', b'{"t":"tuple","v":[', b'"\\ud800"', b"[",
    b"{", b"1e308", b"-0", b"NaN", b"9" * 5000, b'"arrays":[]', b'"', b'\\"', b'"\\', b"[],", b'{"":0},',
    b"1.5,", b'"ab",', b'{"i":0,"t":"array"}',
)  # fmt: skip

TARGET = Target(
    name="frames",
    contract=contract,
    cases=edited(_streams(), TOKENS),
    genuine=genuine,
    tokens=TOKENS,
)
