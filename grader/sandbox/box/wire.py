"""Frames on a pipe: a fixed prefix, a JSON header, then the raw bytes of the arrays.

Both lengths are capped before anything is allocated, and the body must be exactly as long as the
arrays that the header announces. There is no pickle and no object dtype. The same code reads on
both sides; only the trusted side has to fear what it reads.
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import numpy as np

MAGIC = b"EPM1"
PREFIX = struct.Struct("<4sIQ")  # magic, bytes of header, bytes of body
HEADER_CAP = 2 << 20  # hostile JSON grows about 25-fold when parsed; this keeps it near 50 MB
DEPTH_CAP = 64
ARRAYS_CAP = 20_000
DIMENSIONS_CAP = 32
_CHUNK = 1 << 20
# A string, or what is left where it is not closed: one that could fail would be tried at every quote in it.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")

# Little-endian booleans, integers, floats and complex numbers; anything else does not travel.
DTYPES = frozenset(
    ["|b1", "|i1", "|u1"]
    + [f"<{kind}{size}" for kind, sizes in (("iu", (2, 4, 8)),) for kind in kind for size in sizes]
    + ["<f2", "<f4", "<f8", "<c8", "<c16"]
)


class WireError(Exception):
    """The other side sent something that is not a frame, or is too large."""


class TooLarge(WireError):
    """A frame over the caps; the sender's value was too large."""


@dataclass(frozen=True)
class Frame:
    """`header` is parsed JSON; `arrays` are fresh, writable and in the order of the header's specs."""

    header: dict[str, Any]
    arrays: list[np.ndarray]


def pack(header: dict[str, Any], arrays: Sequence[np.ndarray], *, body_cap: int) -> list[memoryview]:
    """The buffers of a frame, to be written in order. Raises TooLarge."""
    contiguous = [_contiguous(array) for array in arrays]
    specs = [[array.dtype.str, list(array.shape)] for array in contiguous]
    text = json.dumps({**header, "arrays": specs}, allow_nan=False, separators=(",", ":")).encode()
    body = sum(array.nbytes for array in contiguous)
    if len(text) > HEADER_CAP or len(arrays) > ARRAYS_CAP:
        raise TooLarge(f"{len(text)} bytes of structure in {len(arrays)} arrays")
    if body > body_cap:
        raise TooLarge(f"{body} bytes of arrays")
    prefix = PREFIX.pack(MAGIC, len(text), body)
    return [memoryview(prefix + text)] + [_bytes_of(array) for array in contiguous if array.nbytes]


def _contiguous(array: np.ndarray) -> np.ndarray:
    import numpy as np

    plain = np.asarray(array)
    little = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    return np.ascontiguousarray(little).reshape(plain.shape)


def _bytes_of(array: np.ndarray) -> memoryview:
    import numpy as np

    return array.reshape(-1).view(np.uint8).data


def parse_header(text: bytes) -> dict[str, Any]:
    """Raises WireError for anything but a JSON object of finite numbers, bounded in depth."""
    if _is_deep(text):
        raise WireError("the header is nested too deeply")
    try:
        header = json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise WireError(f"the header is not JSON: {type(error).__name__}") from None
    if not isinstance(header, dict):
        raise WireError("the header is not an object")
    return header


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _is_deep(text: bytes) -> bool:
    """True when brackets outside strings are nested deeper than the cap."""
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", text)):
        depth += 1 if bracket.group() in (b"[", b"{") else -1
        if depth > DEPTH_CAP:
            return True
    return False


def allocate(header: dict[str, Any], body_bytes: int) -> list[np.ndarray]:
    """Empty arrays as the header's specs say. Raises WireError unless they fill the body exactly."""
    specs = header.get("arrays")
    if not isinstance(specs, list) or len(specs) > ARRAYS_CAP:
        raise WireError("the header lists no arrays, or too many")
    checked = [_check_spec(spec) for spec in specs]
    if sum(size for _, _, size in checked) != body_bytes:
        raise WireError("the arrays do not fill the body")
    if not checked:
        return []
    import numpy as np

    return [np.empty(shape, dtype=dtype) for dtype, shape, _ in checked]


def _check_spec(spec: object) -> tuple[str, tuple[int, ...], int]:
    if not isinstance(spec, list) or len(spec) != 2:
        raise WireError("an array is described wrongly")
    dtype, shape = spec
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise WireError("an array has a dtype that is not allowed")
    if not isinstance(shape, list) or len(shape) > DIMENSIONS_CAP:
        raise WireError("an array has no shape, or too many dimensions")
    for length in shape:
        if type(length) is not int or not 0 <= length < 1 << 40:
            raise WireError("an array has a dimension that is not a length")
    # A zero hides the other lengths from the product; numpy refuses shapes that overflow without it.
    without_zeros = math.prod(length for length in shape if length)
    if without_zeros >= 1 << 48:
        raise WireError("an array is too large")
    return dtype, tuple(shape), math.prod(shape) * int(dtype[2:])


class FrameReader:
    """Reads one frame piece by piece from a pipe that may be non-blocking or hostile."""

    def __init__(self, body_cap: int) -> None:
        self._body_cap = body_cap
        self._pending = bytearray()
        self._header: dict[str, Any] | None = None
        self._header_bytes = -1
        self._body_bytes = 0
        self._arrays: list[np.ndarray] = []
        self._targets: list[memoryview] = []

    def read_from(self, fd: int) -> Frame | None:
        """Reads once; a complete frame, or None when more is to come.

        Raises WireError (not a frame), EOFError (closed), BlockingIOError (nothing there).
        """
        if self._header is not None:
            self._fill_body(fd)
        else:
            self._fill_header(fd)
        if self._header is not None and not self._targets:
            return Frame(self._header, self._arrays)
        return None

    def _fill_header(self, fd: int) -> None:
        wanted = PREFIX.size if self._header_bytes < 0 else self._header_bytes
        piece = os.read(fd, min(_CHUNK, wanted - len(self._pending)))
        if not piece:
            raise EOFError
        self._pending += piece
        if len(self._pending) < wanted:
            return
        if self._header_bytes < 0:
            self._take_prefix()
        else:
            header = parse_header(bytes(self._pending))
            self._arrays = allocate(header, self._body_bytes)
            self._targets = [_bytes_of(array) for array in self._arrays if array.nbytes]
            self._header = header

    def _take_prefix(self) -> None:
        magic, self._header_bytes, self._body_bytes = PREFIX.unpack(self._pending)
        if magic != MAGIC:
            raise WireError("it does not start like a frame")
        if not 0 < self._header_bytes <= HEADER_CAP or self._body_bytes > self._body_cap:
            raise TooLarge(f"{self._header_bytes} + {self._body_bytes} bytes")
        self._pending = bytearray()

    def _fill_body(self, fd: int) -> None:
        count = os.readv(fd, [self._targets[0][:_CHUNK]])
        if not count:
            raise EOFError
        self._targets[0] = self._targets[0][count:]
        if not self._targets[0]:
            self._targets.pop(0)


def read_frame(fd: int, *, body_cap: int) -> Frame:
    """Blocks until a frame is complete. Raises WireError or EOFError."""
    reader = FrameReader(body_cap)
    while (frame := reader.read_from(fd)) is None:
        pass
    return frame


def write_all(fd: int, buffers: Sequence[memoryview]) -> None:
    """Blocks until every byte is written."""
    for buffer in buffers:
        rest = buffer
        while rest:
            rest = rest[os.write(fd, rest[:_CHUNK]) :]
