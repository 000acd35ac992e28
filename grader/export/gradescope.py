"""results.json of a Gradescope autograder.

Keys and their meaning: https://gradescope-autograders.readthedocs.io/en/latest/specs/ and .../leaderboards/.
"""

from __future__ import annotations

import json
from typing import Any

from grader.export import Visibility
from grader.export.marks import CheckMark, Marks
from grader.text import plain


def render_gradescope(marks: Marks, visibility: Visibility = Visibility.AFTER_PUBLISHED) -> str:
    """What the student reads is plain text everywhere: by default Gradescope would take `output` for HTML.

    A student who sees which hidden check fails may hand in again until it passes, so nothing is shown before
    the instructor publishes the grades. What is printed is for the instructor only.

    A check that nobody has decided has no score. Without any mark there is no total either, so that a person
    has to give one.
    """
    document: dict[str, Any] = {
        "output": "\n\n".join(marks.notes),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": str(visibility),
        "stdout_visibility": "hidden",
        "tests": [_test(check) for check in marks.checks] + _added(marks),
    }
    if marks.failed:
        document["tests"] = [
            {"name": "Your submission", "status": "failed", "output": "\n\n".join(marks.notes)}
        ]
    else:
        document["score"] = marks.score
    if marks.standings:
        document["leaderboard"] = _leaderboard(marks)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _test(check: CheckMark) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": check.title,
        "number": check.number,
        "max_score": check.points,
        "output": check.text,
        "tags": [check.task],
    }
    if check.score is None:
        return {**test, "name": f"{check.title} (not decided yet)"}
    return {**test, "score": check.score, "status": check.status}


def _added(marks: Marks) -> list[dict[str, Any]]:
    if not marks.changed:
        return []
    return [{"name": "Changes to the total", "score": marks.added, "output": marks.added_why}]


def _leaderboard(marks: Marks) -> list[dict[str, Any]]:
    """Gradescope shows names that students choose for it."""
    rows: list[dict[str, Any]] = []
    for standing in marks.standings:
        board = plain(standing.board)
        rows.append({"name": f"{board}: test accuracy", "value": standing.test_accuracy})
        rows.append({"name": f"{board}: parameters", "value": standing.parameters, "order": "asc"})
    return rows
