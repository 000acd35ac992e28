"""results.json of a PrairieLearn external grader.

Keys: https://prairielearn.readthedocs.io/en/latest/externalGrading/, and what the element
pl-external-grader-results shows of them.
"""

from __future__ import annotations

import json
from typing import Any

from grader.export.marks import CheckMark, Marks

SIZE_LIMIT = 1_000_000
"""Bytes: PrairieLearn refuses a larger file."""
_SHORT = 200


def render_prairielearn(marks: Marks) -> str:
    """Texts are shortened where the file would be too large.

    A check that nobody has decided is one of 0 points, which the element shows as information; a note says
    how many points are open. What could not be graded is `gradable: false`: PrairieLearn then takes no
    points off and counts no attempt.
    """
    whole = _render(marks, None)
    return whole if len(whole.encode()) <= SIZE_LIMIT else _render(marks, _SHORT)


def _render(marks: Marks, most: int | None) -> str:
    notes = "\n\n".join(marks.notes)
    document: dict[str, Any] = {"gradable": False, "format_errors": [notes[:most]]}
    if not marks.failed:
        tests = [_test(check, most) for check in marks.checks]
        if marks.changed:
            tests.append(_entry("Changes to the total", marks.added, 0, marks.added_why[:most]))
        share = round(marks.score / marks.max_score, 6) if marks.max_score else 0.0
        document = {"gradable": True, "score": share, "message": notes[:most], "tests": tests}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _test(check: CheckMark, most: int | None) -> dict[str, Any]:
    if check.score is None:
        return _entry(f"{check.title} (not decided yet)", 0, 0, check.text[:most])
    return _entry(check.title, check.score, check.points, check.text[:most])


def _entry(name: str, points: float, max_points: float, message: str) -> dict[str, Any]:
    return {"name": name, "points": points, "max_points": max_points, "message": message}
