"""Text from strangers made harmless: for a terminal, a page, a spreadsheet. Numbers of things in words."""

from __future__ import annotations

import re
import unicodedata

_KEPT = {"\n", "\t"}
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Colours and cursor moves, titles and links (which end at the line at the latest), single codes.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# Breaks that some programs see and others do not: a name must not have a line more on one of them.
_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def plain(text: str) -> str:
    """Without control characters (ANSI sequences), bidirectional marks and other invisible ones.

    Line breaks of every kind become "\\n". Lone surrogates go too: the result is always valid UTF-8.
    """
    if text.isprintable():
        return text
    text = _BREAKS.sub("\n", _ANSI.sub("", text))
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _HIDDEN_CATEGORIES)


def one_line(text: str, length: int) -> str:
    """At most `length` characters on one line; what is cut is shown by an ellipsis."""
    line = " ".join(plain(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def quantity(number: int, what: str) -> str:
    """ "0 reports", "1 report", "2 reports"."""
    return f"{number} {what}{'' if number == 1 else 's'}"
