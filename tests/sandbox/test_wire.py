"""Frames and values, without any process."""

from __future__ import annotations

import os
import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.box.encode import decode, encode
from grader.sandbox.box.values import BuiltModel, History, Opaque
from grader.sandbox.box.wire import (
    PREFIX,
    Frame,
    TooLarge,
    WireError,
    pack,
    parse_header,
    read_frame,
    write_all,
)

CAP = 8 << 20

words = st.text(st.characters(codec="utf-8"))
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(words, inner),
    max_leaves=30,
)


def through_a_pipe(data: bytes) -> Frame:
    """What a reader makes of bytes that a writer sends and then closes."""
    reading, writing = os.pipe()
    sender = threading.Thread(target=lambda: (write_all(writing, [memoryview(data)]), os.close(writing)))
    sender.start()
    try:
        return read_frame(reading, body_cap=CAP)
    finally:
        while os.read(reading, 1 << 16):
            pass
        sender.join()
        os.close(reading)


def round_trip(value: object) -> object:
    arrays: list[np.ndarray] = []
    node = encode(value, arrays)
    data = b"".join(bytes(part) for part in pack({"value": node}, arrays, body_cap=CAP))
    frame = through_a_pipe(data)
    return decode(frame.header["value"], frame.arrays)


@settings(max_examples=150, deadline=None)
@given(plain_values)
def test_plain_values_survive(value: object) -> None:
    """Whatever JSON and Python share comes back equal, tuples as tuples."""
    assert round_trip(value) == value


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_refused_or_read(noise: bytes, framed: bool) -> None:
    """Random bytes, also behind a well-formed prefix, give a frame, WireError or EOFError."""
    data = PREFIX.pack(b"EPM1", len(noise), 0) + noise if framed else noise
    try:
        frame = through_a_pipe(data)
    except (WireError, EOFError):
        return
    assert isinstance(frame.header, dict)


@settings(max_examples=300, deadline=None)
@given(plain_values, st.lists(st.just(np.arange(3.0)), max_size=2))
def test_any_node_is_refused_or_decoded(node: object, arrays: list[np.ndarray]) -> None:
    """JSON of any form gives a value or WireError."""
    try:
        decode({"t": "dict", "v": [["a", node]]}, arrays)
        decode(node, arrays)
    except WireError:
        return


@pytest.mark.parametrize(
    "node",
    [
        {"t": "array", "i": 1},
        {"t": "array", "i": -1},
        {"t": "array", "i": True},
        {"t": "numbers", "i": 0, "v": 1},
        {"t": "dict", "v": [[1, 2]]},
        {"t": "dict", "v": {"a": 1}},
        {"t": "float", "v": "1e999"},
        1 << 5_000,
        {"t": "history", "v": {"t": "dict", "v": [["loss", [10**400]]]}},
        {"t": "model", "function": "f", "kwargs": None, "config": "", "compile": None},
        {"t": "history", "v": {"t": "dict", "v": [["loss", "low"]]}},
        {"t": "unknown"},
        {},
        [{"t": "array", "i": 0}, {"t": "array", "i": 0}],
    ],
)
def test_wrong_nodes_are_refused(node: object) -> None:
    """Wrong indices, wrong types, unknown kinds, an array that is used twice."""
    with pytest.raises(WireError):
        decode(node, [np.zeros((2, 2))])


def test_special_values() -> None:
    """Histories and opaque values are values; a model is an argument only."""
    assert round_trip(History({"loss": [1.0, float("nan")]})).history["loss"][0] == 1.0
    assert round_trip([Opaque("set")]) == [Opaque("set")]
    made = decode(encode(BuiltModel("m:f", {"n": 1}), []), [], lambda model: model.kwargs)
    assert made == {"n": 1}


def test_halves_of_surrogate_pairs() -> None:
    """No text that comes in is one that a file or a database could not hold."""
    hostile = {"t": "dict", "v": [["\ud800", ["\udc80", {"t": "opaque", "v": "\ud800"}]]]}
    assert decode(hostile, []) == {"?": ["?", Opaque("?")]}
    assert round_trip({"a\ud800": ["b\udc80"]}) == {"a?": ["b?"]}


def test_big_endian_and_strided_arrays() -> None:
    """Byte order and layout are the sender's business."""
    given_array = np.arange(12, dtype=">i4").reshape(3, 4)[:, ::2]
    back = round_trip(given_array)
    assert isinstance(back, np.ndarray)
    np.testing.assert_array_equal(back, given_array)


def test_sender_refuses_too_much() -> None:
    """A value over the cap is refused before it is written."""
    with pytest.raises(TooLarge):
        pack({}, [np.zeros(2 << 20)], body_cap=CAP)
    with pytest.raises(TooLarge):
        pack({"text": "x" * (3 << 20)}, [], body_cap=CAP)


def test_hostile_json_costs_little() -> None:
    """Two megabytes of brackets are refused within 50 MB."""
    tracemalloc.start()
    with pytest.raises(WireError):
        parse_header(b"[" * (2 << 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 << 20
