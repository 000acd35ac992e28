"""What an Autolab autograder prints: feedback, and as the last line the scores by problem.

Form: https://docs.autolabproject.com/lab/ ("Writing Autograders").
"""

from __future__ import annotations

import json

from grader.export.marks import CheckMark, Marks
from grader.export.numbers import plain_points

ADDED = "added"
"""The problem that holds what was added to the total by hand. Autolab adds its problems up itself."""


def render_autolab(marks: Marks) -> str:
    """Problems are the ids of tasks. One with points that nobody has decided is left out, and so are all
    of them where nothing could be graded: Autolab then waits for a person."""
    lines = [*marks.notes, ""]
    for check in marks.checks:
        lines += [_head(check), *(f"  {line}" for line in check.text.splitlines() if line.strip())]
    scores: dict[str, float] = {}
    if not marks.failed:
        scores = {task.id: task.score for task in marks.tasks if task.counts and not task.unscored}
    if marks.changed:
        lines += ["", f"Changes to the total: {plain_points(marks.added)}", marks.added_why]
        scores[ADDED] = marks.added
    text = "\n".join(lines).strip("\n")
    return f"{text}\n{json.dumps({'scores': scores}, ensure_ascii=False)}\n"


def _head(check: CheckMark) -> str:
    score = "not decided yet" if check.score is None else plain_points(check.score)
    return f"{check.task}  {check.title}: {score} of {plain_points(check.points)}"
