"""What is said about submissions that are alike: pure, for instructors only. A flag, never a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.report.attention import report_link
from grader.report.class_view import AlikeView, SimilarView
from grader.report.words import count, listed, number, percent
from grader.results import SubmissionResult
from grader.similar import Findings, Pair, SimilarPair, Work
from grader.similar.compare import SHORTEST, Tile
from grader.similar.tokens import MOST_TOKENS, Token

WHAT_IT_MEANS = (
    "A reason to look, not a verdict. Code is alike also where a task leaves little choice, where two "
    "followed the same lecture, book or forum, or where working together was allowed. Read both, and hear "
    "both, before you conclude anything."
)
HOW_IT_IS_FOUND = (
    f"Compared are runs of at least {SHORTEST} tokens of Python. Names that a student gave, numbers and "
    "texts count as equal whatever they are; comments, docstrings and layout do not count. Left out is what "
    "the starter code holds, and what more than a tenth of the class (and more than ten) wrote alike. What "
    "the other one spells otherwise is underlined."
)
_PASSAGES = 40
_LINES = 120


@dataclass(frozen=True)
class LineView:
    """A line of code in parts, each with whether the other submission spells it otherwise."""

    number: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class SideView:
    """One side of a passage; `more` lines are not shown."""

    student_id: str
    place: str
    lines: tuple[LineView, ...]
    more: int


@dataclass(frozen=True)
class PassageView:
    tokens: str
    sides: tuple[SideView, SideView]


@dataclass(frozen=True)
class PairPage:
    """Two submissions side by side; `more` passages are not shown."""

    title: str
    assignment: str
    students: tuple[str, str]
    meaning: str
    facts: tuple[tuple[str, str], ...]
    comments: tuple[str, ...]
    passages: tuple[PassageView, ...]
    more: int


def view_similar(findings: Findings, results: Sequence[SubmissionResult]) -> SimilarView:
    """What the class page shows. Pairs of which somebody has handed in again since are left out."""
    known = {result.student_id: result for result in results}
    current = [pair for pair in findings.pairs if _is_current(pair, known)]
    stale = len(findings.pairs) - len(current)
    usual = (
        f"{number(findings.compared)} submissions were compared. In this class, half of them share less than "
        f"{percent(findings.usual)} of their own short passages with the closest other one."
    )
    notes = (
        usual,
        _told(stale, "pair is", "pairs are", "not listed, because somebody handed in again since"),
        _told(findings.left_out, "more pair is", "more pairs are", "not listed"),
        f"Not compared, because their files were not found: {listed(findings.missing)}."
        if findings.missing
        else "",
        f"Only the first {number(MOST_TOKENS)} tokens were compared of: {listed(findings.cut)}."
        if findings.cut
        else "",
        "Run `grader similar` again after changes." if stale else "",
    )
    rows = tuple(_row(pair, known) for pair in current)
    return SimilarView(WHAT_IT_MEANS, rows, tuple(note for note in notes if note))


def _is_current(pair: SimilarPair, known: Mapping[str, SubmissionResult]) -> bool:
    return all(
        name in known and known[name].digest == digest
        for name, digest in zip(pair.students, pair.digests, strict=True)
    )


def _told(size: int, one: str, more: str, what: str) -> str:
    return f"{count(size, one, more)} {what}." if size else ""


def _row(pair: SimilarPair, known: Mapping[str, SubmissionResult]) -> AlikeView:
    left, right = pair.students
    return AlikeView(
        students=(
            (left, report_link(known[left], "instructor")),
            (right, report_link(known[right], "instructor")),
        ),
        shares=(percent(pair.shares[0]), percent(pair.shares[1])),
        sort_share=max(pair.shares),
        spelled="–" if pair.spelled is None else percent(pair.spelled),
        comments=number(pair.comments),
        page=f"similar/{pair.page}",
    )


def view_pair(pair: Pair, usual: float, assignment: str) -> PairPage:
    """Everything on the page of two submissions."""
    left, right = (work.student_id for work in pair.works)
    spelled = "–" if pair.spelled is None else percent(pair.spelled)
    return PairPage(
        title=f"{assignment}: {left} and {right}",
        assignment=assignment,
        students=(left, right),
        meaning=WHAT_IT_MEANS,
        facts=(
            (f"of the own code of {left}", percent(pair.shares[0])),
            (f"of the own code of {right}", percent(pair.shares[1])),
            ("of names, numbers and texts there spelled alike", spelled),
            ("remarks that only these two have", number(len(pair.comments))),
            ("usual in this class, with the closest other one", percent(usual)),
        ),
        comments=pair.comments,
        passages=tuple(_passage(tile, pair.works) for tile in _largest(pair.tiles)),
        more=max(len(pair.tiles) - _PASSAGES, 0),
    )


def _largest(tiles: Sequence[Tile]) -> list[Tile]:
    """Those that are shown, in the order of the first submission."""
    return sorted(sorted(tiles, key=lambda tile: -tile.length)[:_PASSAGES])


def _passage(tile: Tile, works: tuple[Work, Work]) -> PassageView:
    left = works[0].tokens[tile.left : tile.left + tile.length]
    right = works[1].tokens[tile.right : tile.right + tile.length]
    differs = [a.text != b.text for a, b in zip(left, right, strict=True)]
    return PassageView(number(tile.length), (_side(works[0], left, differs), _side(works[1], right, differs)))


def _side(work: Work, tokens: Sequence[Token], differs: Sequence[bool]) -> SideView:
    module = work.modules[tokens[0].module]
    first, last = tokens[0].start[0], tokens[-1].end[0]
    source = module.source.split("\n")[first - 1 : last]
    marked = [token for token, other in zip(tokens, differs, strict=True) if other]
    by_line = {line: list(group) for line, group in groupby(marked, key=lambda token: token.start[0])}
    indent = min((len(line) - len(line.lstrip()) for line in source if line.strip()), default=0)
    lines = tuple(
        LineView(str(module.place(row).line), _parts(text, by_line.get(row, ()), indent))
        for row, text in enumerate(source[:_LINES], start=first)
    )
    return SideView(work.student_id, str(module.place(first)), lines, max(len(source) - _LINES, 0))


def _parts(line: str, marked: Sequence[Token], indent: int) -> tuple[tuple[str, bool], ...]:
    """The line cut before and after each marked token, without its first `indent` columns."""
    parts, at = [], indent
    for token in marked:
        end = token.end[1] if token.end[0] == token.start[0] else len(line)
        parts += [(line[at : token.start[1]], False), (line[token.start[1] : end], True)]
        at = end
    return tuple((text, other) for text, other in [*parts, (line[at:], False)] if text)
