"""Counts of persons fit to publish."""

from __future__ import annotations

from collections.abc import Sequence


def suppress(counts: Sequence[int], fewest: int) -> list[int | None]:
    """None in place of each count of 1 to `fewest` - 1.

    Whoever knows the sum of all could work out a single one that is missing, and tell how few two are. So the
    smallest of the others go, too, until at least two are missing and `fewest` persons are in them.
    """
    shown: list[int | None] = [None if 0 < count < fewest else count for count in counts]
    while hidden := [count for count, kept in zip(counts, shown, strict=True) if kept is None]:
        left = [place for place, kept in enumerate(shown) if kept]
        if (len(hidden) > 1 and sum(hidden) >= fewest) or not left:
            break
        shown[min(left, key=lambda place: counts[place])] = None
    return shown
