"""The Markdown page: a section for each assignment, between markers, so that each is made alone; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.errors import UsageError
from grader.reproduction.compare import LEAST_DIGITS, Figure, Ours, decimals
from grader.reproduction.reported import MEASURES, Interval

INTRODUCTION = """\
# Reported figures and ours

What students reported, beside what the reference solutions reach on the same data: mean ± standard
deviation over as many runs with different seeds as the last column gives. A reported figure is one run,
rounded. So it counts as reproduced when it lies within two of our standard deviations (0.01 where we have
a single run) and half a unit of its last digit; where it does not, the reason stands below the table.

Reports do not say how training accuracy was measured. Ours is measured after training, without dropout;
"last epoch" is what `fit` prints for its last epoch, while dropout is on and the weights still change.

In the pictures the bar is what was reported, the dot our mean, and the line through it two standard
deviations. Settings without a dot were not run.
"""
TRIAL_INTRODUCTION = """\
# A trial: no reproduction

A few images, epochs and seeds on the digits that come with the grader, to see that every run goes
through. The figures say nothing about the reported ones, which come from other data and full training.
"""
_SECTION = re.compile(r"<!-- begin (?P<name>\w+) -->\n(?P<text>.*?)<!-- end (?P=name) -->\n", re.DOTALL)


def put_section(page: str | None, name: str, section: str, *, trial: bool) -> str:
    """The page with this section in place of the older one; `page` is None where there is none yet.

    Raises UsageError when `page` is not one of this kind, which would be lost.
    """
    introduction = TRIAL_INTRODUCTION if trial else INTRODUCTION
    title = introduction.splitlines()[0]
    if page is not None and not page.startswith(title):
        raise UsageError(
            f'The file that is there is none of these pages: it does not begin with "{title}".',
            hint="Choose another with --out; nothing was overwritten.",
        )
    sections = {found["name"]: found["text"] for found in _SECTION.finditer(page or "")}
    sections[name] = section
    parts = (f"<!-- begin {key} -->\n{text}<!-- end {key} -->\n" for key, text in sorted(sections.items()))
    return "\n".join([introduction, *parts])


def render_section(
    title: str, origin: str, command: str, pictures: Sequence[tuple[str, str]], figures: Sequence[Figure]
) -> str:
    """`origin` says who reported on which data, `command` writes this; `pictures` are (path, words)."""
    lines = [f"## {title}", "", f"Reported: {origin}. Written by `{command}`.", ""]
    for path, words in pictures:
        lines += [f"![{words}]({path})", ""]
    lines += ["| setting | figure | reported | ours | reproduced | runs |", "|---" * 6 + "|"]
    lines += [_row(figure) for figure in figures]
    return "\n".join([*lines, *_notes(figures)]) + "\n"


def _row(figure: Figure) -> str:
    ours = "<br>".join(_say(item, figure.digits) for item in figure.ours) or "not run"
    runs = figure.ours[0].distribution.n if figure.ours else ""
    label = figure.label.replace("|", r"\|")
    cells = label, MEASURES[figure.measure], _say_interval(figure.reported), ours, _verdict(figure)
    return f"| {' | '.join(cells)} | {runs} |"


def _say(ours: Ours, digits: int) -> str:
    """At least three decimals: with two, most spreads would vanish."""
    places = max(3, digits)
    mean, sd = ours.distribution.mean, ours.distribution.sd
    spread = "" if sd is None else f" ± {sd:.{places}f}"
    return f"{mean:.{places}f}{spread}{f' ({ours.how})' if ours.how else ''}"


def _say_interval(interval: Interval) -> str:
    low, high = (f"{value:.{max(LEAST_DIGITS, decimals(value))}f}" for value in interval)
    return low if low == high else f"{low} – {high}"


def _verdict(figure: Figure) -> str:
    if not figure.ours:
        return ""
    if figure.agreeing is None:
        return "no, see below" if figure.note else "no"
    return f"yes, {figure.agreeing.how}" if figure.agreeing.how else "yes"


def _notes(figures: Sequence[Figure]) -> Iterator[str]:
    notes = {figure.label: figure.note for figure in figures if figure.note}
    if notes:
        yield ""
    for label, note in notes.items():
        yield f"- **{label}**: {note}"
