"""What a class did not understand: the same diagnosis, counted by students."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from grader.report.attention import Scored
from grader.report.class_view import ToldView
from grader.report.words import VERDICTS, first_sentence, number, share_of

_MOST = 12


def view_told(graded: Sequence[Scored], fewest: int = 2) -> tuple[ToldView, ...]:
    """What at least `fewest` students read, the commonest first."""
    who: defaultdict[str, set[str]] = defaultdict(set)
    where: defaultdict[str, dict[str, dict[str, None]]] = defaultdict(dict)
    for item in graded:
        for check in item.result.checks:
            text = first_sentence(check.feedback)
            if VERDICTS[check.verdict].tone == "bad" and text:
                who[text].add(item.result.student_id)
                where[text].setdefault(check.task, {})[check.title] = None
    ranked = sorted((-len(students), text) for text, students in who.items() if len(students) >= fewest)
    return tuple(
        ToldView(
            text=text,
            students=number(-count),
            share=share_of(-count, len(graded)),
            checks=tuple((task, _few(tuple(titles))) for task, titles in sorted(where[text].items())),
        )
        for count, text in ranked[:_MOST]
    )


def _few(titles: Sequence[str]) -> str:
    """One or two by title, more by their number."""
    return "; ".join(titles) if len(titles) <= 2 else f"{len(titles)} checks"
