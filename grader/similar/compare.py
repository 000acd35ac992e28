"""Who is like whom: short runs of tokens that two submissions share and few others have.

The approach is that of fingerprints of documents (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003) and,
for the passages, of tiles (Wise: Running Karp-Rabin matching and greedy string tiling, 1993). Winnowing
proper, which keeps one fingerprint of several to save room, is not needed: a class fits into arrays.

No library does it for us. copydetect 0.5.0 (of March 2024, and none since) takes Python's hash(), which
differs from process to process, so that the same class gives other findings each time; it removes starter
code by a set operation that wants unique hashes and does not get them. compare50 is alive, but under the GPL.
datasketch estimates how alike two sets are, and cannot say which passages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.similar.tokens import Work

Codes = NDArray[np.uint64]

SHORTEST = 16
"""Tokens of the shortest passage: two or three lines."""
FLAGGED = 0.5
"""Share of its own tokens from which on one of two submissions is told about."""
_FEWEST = 60  # tokens in common, about ten lines: less is no reason to look
_WORTH_A_LOOK = 0.2  # share of short passages from which on two are compared closely
_COMMON_SHARE, _COMMON_LEAST = 0.1, 10  # code that more submissions than that have is the task's
_LONGEST = 2_000  # tokens of one passage: a longer one is two
_PLACES = 32  # so many places of one short passage are tried: code that repeats itself must not take for ever
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, and nothing up the sleeve: 2**64 divided by the golden ratio


class Tile(NamedTuple):
    """`length` tokens from `left` in one and from `right` in the other that have equal kinds."""

    left: int
    right: int
    length: int


@dataclass(frozen=True)
class Pair:
    """Two submissions and all that they share; `comments` are remarks that both and few others have."""

    works: tuple[Work, Work]
    tiles: tuple[Tile, ...]
    shares: tuple[float, float]
    comments: tuple[str, ...]

    @property
    def tokens(self) -> int:
        return sum(tile.length for tile in self.tiles)

    @cached_property
    def spelled(self) -> float | None:
        """Share of the names, numbers and texts in the passages that are spelled alike; None without any."""
        left, right = self.works
        free = [
            (a.text, b.text)
            for tile in self.tiles
            for a, b in zip(
                left.tokens[tile.left : tile.left + tile.length],
                right.tokens[tile.right : tile.right + tile.length],
                strict=True,
            )
            if a.kind != a.text or b.kind != b.text
        ]
        return sum(a == b for a, b in free) / len(free) if free else None


@dataclass(frozen=True)
class Class:
    """`pairs` by how much of one is in the other; `usual` as in Findings."""

    pairs: tuple[Pair, ...]
    usual: float


def compare_class(works: Sequence[Work], given: Sequence[Work]) -> Class:
    """Every two submissions of a class. `given` is what students were given: starter code.

    What was given and what many have (more than a tenth and more than ten) is no sign of anything and
    left out.
    """
    works = sorted(works, key=lambda work: work.student_id)
    grams = [hash_runs(work.codes) for work in works]
    usual = _usual_runs(grams, [hash_runs(work.codes) for work in given])
    rare = [np.setdiff1d(own, usual) for own in grams]
    remarks = _rare_comments(works, given)
    pairs = []
    closest = np.zeros(len(works))
    for (i, j), count in sorted(_count_shared(rare).items()):
        like = count / max(min(len(rare[i]), len(rare[j])), 1)
        closest[[i, j]] = np.maximum(closest[[i, j]], like)
        if like >= _WORTH_A_LOOK:
            pair = _look_closely(works[i], works[j], usual, remarks)
            if max(pair.shares) >= FLAGGED and pair.tokens >= _FEWEST:
                pairs.append(pair)
    pairs.sort(key=lambda pair: (-max(pair.shares), -min(pair.shares), -pair.tokens))
    with_code = [float(like) for like, own in zip(closest, rare, strict=True) if len(own)]
    return Class(tuple(pairs), median(with_code) if with_code else 0.0)


def hash_runs(codes: Codes) -> Codes:
    """A 64-bit hash of each SHORTEST tokens in a row, by place; none for less."""
    size = max(len(codes) - SHORTEST + 1, 0)
    hashes = np.zeros(size, dtype=np.uint64)
    for place in range(SHORTEST if size else 0):
        hashes = hashes * _BASE + codes[place : place + size]
    # Bits that a product leaves in the lower half only are mixed into all: murmur3's finalizer.
    hashes ^= hashes >> np.uint64(33)
    hashes *= np.uint64(0xFF51AFD7ED558CCD)
    return hashes ^ (hashes >> np.uint64(33))


def _usual_runs(grams: Sequence[Codes], given: Sequence[Codes]) -> Codes:
    """What was given, and what so many have that it is the task's and nobody's own."""
    none = np.zeros(0, dtype=np.uint64)
    runs, counts = np.unique(np.concatenate([none, *map(np.unique, grams)]), return_counts=True)
    common = runs[counts > max(_COMMON_LEAST, _COMMON_SHARE * len(grams))]
    return np.unique(np.concatenate([common, none, *given]))


def _rare_comments(works: Sequence[Work], given: Sequence[Work]) -> frozenset[str]:
    """Remarks that two have and no third."""
    count = Counter(comment for work in works for comment in work.comments)
    known = frozenset[str]().union(*(work.comments for work in given))
    return frozenset(comment for comment, number in count.items() if number == 2) - known


def _count_shared(rare: Sequence[Codes]) -> dict[tuple[int, int], int]:
    """How many runs each two have in common, for those that have any."""
    runs = np.concatenate([np.zeros(0, dtype=np.uint64), *rare])
    owners = np.repeat(np.arange(len(rare)), [len(own) for own in rare])
    order = np.argsort(runs, kind="stable")
    borders = np.flatnonzero(np.diff(runs[order])) + 1
    groups = Counter(tuple(group.tolist()) for group in np.split(owners[order], borders) if len(group) > 1)
    shared: Counter[tuple[int, int]] = Counter()
    for members, count in groups.items():
        for two in combinations(members, 2):
            shared[two] += count
    return dict(shared)


def _look_closely(left: Work, right: Work, usual: Codes, remarks: frozenset[str]) -> Pair:
    own = tuple(_own_tokens(work, usual) for work in (left, right))
    tiles = tuple(_tile(left.codes, right.codes, *own))
    matched = sum(tile.length for tile in tiles)
    shares = (matched / max(int(own[0].sum()), 1), matched / max(int(own[1].sum()), 1))
    return Pair((left, right), tiles, shares, tuple(sorted(left.comments & right.comments & remarks)))


def _own_tokens(work: Work, usual: Codes) -> NDArray[np.bool_]:
    """Of each token, whether no usual run covers it and it is no border between modules."""
    own = np.array([bool(token.text) for token in work.tokens], dtype=bool)
    for place in np.flatnonzero(np.isin(hash_runs(work.codes), usual)):
        own[place : place + SHORTEST] = False
    return own


def _tile(left: Codes, right: Codes, own_left: NDArray[np.bool_], own_right: NDArray[np.bool_]) -> list[Tile]:
    """From the start of `left` on the longest run each time; no token is used twice."""
    free = own_right.copy()
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, run in enumerate(hash_runs(right).tolist()):
        if len(places[run]) < _PLACES:
            places[run].append(place)
    runs = hash_runs(left).tolist()
    tiles: list[Tile] = []
    at = next_right = 0  # the place after the last tile is tried too: what is copied goes on
    while at < len(runs):
        if not own_left[at]:
            at += 1
            continue
        found = [
            (_reach(left[at:], right[place:], own_left[at:], free[place:]), -place)
            for place in (*places.get(runs[at], ()), next_right)
        ]
        length, place = max(found)
        if length >= SHORTEST:
            tiles.append(Tile(at, -place, length))
            next_right = -place + length
            free[-place:next_right] = False
        at += length if length >= SHORTEST else 1
    return tiles


def _reach(left: Codes, right: Codes, own: NDArray[np.bool_], free: NDArray[np.bool_]) -> int:
    """How many tokens agree from here on and may be used."""
    size = min(len(left), len(right), _LONGEST)
    agree = (left[:size] == right[:size]) & own[:size] & free[:size]
    return size if agree.all() else int(agree.argmin())
