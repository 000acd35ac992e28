"""Text from students made harmless for a terminal."""

from __future__ import annotations

import unicodedata

_KEPT = {"\n", "\t"}
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}


def plain(text: str) -> str:
    """Without control characters (ANSI sequences), bidirectional marks and other invisible ones."""
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _HIDDEN_CATEGORIES)


def one_line(text: str, length: int) -> str:
    """At most `length` characters on one line; what is cut is shown by an ellipsis."""
    line = " ".join(plain(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
