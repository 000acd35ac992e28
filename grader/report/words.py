"""Numbers and verdicts in words, and text from strangers made fit to print."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from grader.results import Verdict
from grader.text import plain


def paragraphs(text: str) -> tuple[str, ...]:
    """The parts of a text that blank lines separate, line breaks inside them kept."""
    return tuple(part.strip("\n") for part in re.split(r"\n[ \t]*\n", plain(text)) if part.strip())


LONGEST = 5_000
"""Characters of one text on a page: more than a good answer has, and few enough to be set in a second."""
CELL = 200
"""The same for a cell of a table, where WeasyPrint's time grows with the square."""


def cut(text: str, most: int = LONGEST) -> str:
    """The beginning of a text that is too long, and how much is left out."""
    return text if len(text) <= most else f"{text[:most]}\n[{number(len(text) - most)} more characters]"


ANSWER = 20_000
"""The same for an answer in words, which an instructor has to read: three thousand words of prose are set in
half a second."""
_UNBROKEN = re.compile(r"\S{200}")


def cut_answer(text: str) -> str:
    """As `cut`, for answers; letters without a space between them, whose setting takes time that grows with
    the square of their number, are broken into lines."""
    return _UNBROKEN.sub("\\g<0>\n", cut(text, ANSWER))


def listed(names: Sequence[str], most: int = 30) -> str:
    """The first `most` names with commas, and how many more there are."""
    more = f" and {number(len(names) - most)} more" if len(names) > most else ""
    return ", ".join(cut(name, CELL) for name in names[:most]) + more


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence, or the first line."""
    line = next((part for part in plain(text).strip().split("\n") if part.strip()), "")
    found = re.match(r".{20,}?[.!?](?=\s+[A-Z(])", line)
    return found[0] if found else line


def opening(text: str, most: int = 280) -> str:
    """As many whole sentences of the first paragraph as `most` characters hold, at least one."""
    first = next(iter(paragraphs(text)), "")
    if len(first) <= most:
        return first
    said = first_sentence(first)
    while len(said) < len(first):
        longer = said + " " + first_sentence(first[len(said) :].lstrip())
        if len(longer) > most or not first.startswith(longer):
            break
        said = longer
    return said


_STARTS_A_LINE = re.compile(r"\s*(?:[-*•]|\d+[.)])\s")


def unwrap(text: str) -> str:
    """Line breaks that an editor made as blanks; blank lines and list items keep theirs."""
    return "\n\n".join(_join_lines(part.split("\n")) for part in paragraphs(text))


def _join_lines(lines: Iterable[str]) -> str:
    joined: list[str] = []
    for line in lines:
        if joined and not _STARTS_A_LINE.match(line):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.rstrip())
    return "\n".join(joined)


def as_sentence(text: str) -> str:
    """After a blank, with a capital and a full stop; nothing gives nothing."""
    text = text.strip()
    if not text:
        return ""
    return f" {text[0].upper()}{text[1:]}{'' if text[-1] in '.!?' else '.'}"


def true_times(text: str) -> str:
    """Sizes such as 3 x 3 with the multiplication sign."""
    return re.sub(r"(?<=[\d)]) x (?=[\d(])", " × ", text)


def count(size: int, one: str, more: str) -> str:
    """ "1 layer differs", "2 layers differ"; nothing for none."""
    return f"{size} {one if size == 1 else more}" if size else ""


def decimals_for(values: Iterable[float]) -> int:
    """How many decimals (at most 2) show every value exactly, so that a column lines up."""
    return max((_decimals(value) for value in values), default=0)


def _decimals(value: float) -> int:
    if abs(value - round(value)) < 0.005:
        return 0
    return 1 if abs(value * 10 - round(value * 10)) < 0.05 else 2


def number(value: float, decimals: int = 0) -> str:
    """With thousands separators and a real minus sign: -1234.5 gives "−1,234.5"."""
    text = f"{value:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def plain_number(value: float) -> str:
    """As few digits as say it: 5000 gives "5,000", 0.0001 gives "0.0001", 1e-7 gives "1e−7"."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return number(value)
    return f"{value:,.4g}".replace("e-0", "e-").replace("-", "−")


def points(value: float) -> str:
    """With the unit: "1 point", "2.5 points"."""
    return f"{number(value, _decimals(value))} {'point' if value == 1 else 'points'}"


def open_points(undecided: float, to_mark: float) -> str:
    """What is still missing from a score, and why; "" when nothing is."""
    parts = ((undecided, "not decided yet"), (to_mark, "not marked yet"))
    return ", ".join(f"{points(value)} {what}" for value, what in parts if value)


def percent(share: float) -> str:
    """A share from 0 to 1 as "43 %", never rounded up to all or down to nothing."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return f"{whole}\u202f%"


def share_of(part: float, whole: float) -> float:
    """A percentage for a bar, from 0 to 100; 0 of nothing is 0."""
    return round(100 * min(max(part / whole, 0.0), 1.0), 1) if whole else 0.0


_NUMBER = re.compile(r"[-−+]?[\d,]+(?:\.(\d+))?(?:e[-−+]?\d+)?")
_BLANK = frozenset({"", "–"})


def is_numeric(cells: Iterable[str]) -> bool:
    """True for a column of numbers, gaps allowed."""
    filled = [cell for cell in cells if cell not in _BLANK]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def align_decimals(cells: Iterable[str]) -> tuple[str, ...]:
    """Numbers padded on the right with invisible digits, so that right-aligned points line up."""
    column = tuple(cells)
    fractions = [len(found[1] or "") if (found := _NUMBER.fullmatch(cell)) else 0 for cell in column]
    most = max(fractions, default=0)
    return tuple(
        cell
        if cell in _BLANK or length == most
        else cell + "\u2008" * (length == 0) + "\u2007" * (most - length)
        for cell, length in zip(column, fractions, strict=True)
    )


class VerdictWords(NamedTuple):
    """`tone` picks the colour: good, bad or open (nobody's fault yet, unscored)."""

    word: str
    icon: str
    tone: str


VERDICTS: dict[Verdict, VerdictWords] = {
    Verdict.PASSED: VerdictWords("Passed", "✓", "good"),
    Verdict.FAILED: VerdictWords("Failed", "✗", "bad"),
    Verdict.NOT_IMPLEMENTED: VerdictWords("Not implemented", "○", "bad"),
    Verdict.RAISED: VerdictWords("Raised an error", "!", "bad"),
    Verdict.TIMEOUT: VerdictWords("Ran out of time", "◷", "bad"),
    Verdict.CRASHED: VerdictWords("Crashed", "✗", "bad"),
    Verdict.OVER_LIMIT: VerdictWords("Over the limit", "!", "bad"),
    Verdict.SKIPPED: VerdictWords("Not decided", "–", "open"),
    Verdict.GRADER_ERROR: VerdictWords("Grader fault", "?", "open"),
}
