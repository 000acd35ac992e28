"""Genuine documents with something wrong: places in JSON, and edits of bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

ODD_TEXTS = (
    "", "\0", "\x1b[31m", "\u202e", "\ud800", "é", "💥", "A" * 300, "../../x", "</script>", "%s{0}", "\n",
    "1e999", "__class__", "nan", "٣", "ﬁ", "x\u0308" * 40,
)  # fmt: skip
ODD_NUMBERS = (
    0, -1, 1, 2, 3, 7, 10, 255, 2**31, 2**63, 2**64, -(2**63), 10**19, 10**400, 0.0, -0.0, 0.5, 1e-320, 1e308,
    5.0,
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, [], {}, [[]], [{}], {"": ""}, [None], [0, 0], [1, 1], [-1, 3], *ODD_TEXTS,
    *ODD_NUMBERS,
)  # fmt: skip
MAX_BYTES = 1 << 20
Path = tuple[Any, ...]

scalars: SearchStrategy[Any] = st.sampled_from(ODD_VALUES)
values: SearchStrategy[Any] = (
    scalars | st.integers(-300, 5_000) | st.text(max_size=6) | st.lists(scalars, max_size=4)
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place inside a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def get(document: Any, path: Iterable[Any]) -> Any:
    for step in path:
        document = document[step]
    return document


@dataclass(frozen=True)
class _Known:
    """A genuine document as text, and its places to draw from."""

    text: str
    places: SearchStrategy[Path]


def spoilt(
    documents: Sequence[Any], more: SearchStrategy[Any] = values, most: int = 3
) -> SearchStrategy[Any]:
    """One of the documents with up to `most` places changed, taken out, doubled or swapped for another's."""
    known = [_Known(json.dumps(document), st.sampled_from(list(places(document)))) for document in documents]
    whole, times = st.sampled_from(known), st.integers(0, most)

    @st.composite
    def draw_document(draw: DrawFn) -> Any:
        original = draw(whole)
        document = json.loads(original.text)
        for number in range(draw(times)):
            # Copies of copies would take the generator itself to gigabytes.
            copies = min(draw(_COPIES), 2 if number else 400)
            _change(draw, document, draw(original.places), draw(more), whole, copies)
        return document

    return draw_document()


_KINDS = st.sampled_from(("set", "set", "set", "graft", "graft", "delete", "double", "rename", "wrap"))
_COPIES = st.sampled_from((1, 2, 40, 400))
_NAMES = st.sampled_from(ODD_TEXTS)


def _change(
    draw: DrawFn, document: Any, path: Path, new: Any, whole: SearchStrategy[_Known], copies: int
) -> None:
    *parents, last = path
    try:
        parent = get(document, parents)
        parent[last]
    except (LookupError, TypeError):
        return  # an earlier change took that place away
    kind = draw(_KINDS)
    if isinstance(parent, str):
        return
    if kind == "delete":
        del parent[last]
    elif kind == "double" and isinstance(parent, list):
        parent[last:last] = [parent[last]] * copies
    elif kind == "rename" and isinstance(parent, dict):
        parent[draw(_NAMES)] = parent.pop(last)
    elif kind == "wrap":
        for _ in range(copies):
            parent[last] = [parent[last]]
    elif kind == "graft":
        other = draw(whole)
        parent[last] = get(json.loads(other.text), draw(other.places))
    else:
        parent[last] = deepcopy(new)  # the next change may be inside it


def as_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=True).encode()


def edited(raws: SearchStrategy[bytes], tokens: Sequence[bytes], *, one_in: int = 4) -> SearchStrategy[bytes]:
    """One in so many of the raws with one to three edits of its bytes, some of them large."""
    spare, times, token = st.integers(0, one_in - 1), st.integers(1, 3), st.sampled_from(tokens)

    @st.composite
    def draw_bytes(draw: DrawFn) -> bytes:
        raw = draw(raws)
        if draw(spare) == one_in - 1:
            for _ in range(draw(times)):
                raw = _edit(draw, raw, token)
        return raw[:MAX_BYTES]

    return draw_bytes()


_STARTS, _SIZES = st.integers(0, 65_535), st.sampled_from((1, 1, 2, 3, 7, 40, 300))
_EDITS = st.sampled_from(("token", "token", "cut", "flip", "repeat", "repeat token", "end", "noise"))
_TIMES, _MANY_TIMES = st.sampled_from((2, 3, 10, 10, 100, 100, 1_000)), st.sampled_from((100_000, 1_000_000))
_NOISE, _BIT, _RARELY = st.binary(max_size=8), st.integers(0, 7), st.integers(0, 199)


def _edit(draw: DrawFn, raw: bytes, token: SearchStrategy[bytes]) -> bytes:
    start = draw(_STARTS) * (len(raw) + 1) >> 16
    end = min(len(raw), start + draw(_SIZES))
    before, piece, after = raw[:start], raw[start:end], raw[end:]
    kind = draw(_EDITS)
    if kind == "token":
        return before + draw(token) + after
    if kind == "cut":
        return before + after
    if kind == "flip":
        return before + bytes(byte ^ 1 << draw(_BIT) for byte in piece[:3]) + piece[3:] + after
    if kind == "repeat":
        return _repeated(draw, before, piece, after)
    if kind == "repeat token":
        return _repeated(draw, before, draw(token), piece + after)
    return before if kind == "end" else before + draw(_NOISE) + after


def _repeated(draw: DrawFn, before: bytes, piece: bytes, after: bytes) -> bytes:
    """Mostly a few times; now and then as often as fits into a case, where quadratic time would show."""
    times = draw(_MANY_TIMES if draw(_RARELY) == 1 else _TIMES)
    room = max(MAX_BYTES - len(before) - len(after), 0)
    return before + (piece * min(times, room // max(len(piece), 1))) + after
