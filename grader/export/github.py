"""The output `result` of a step that GitHub Classroom's autograding reporter reads.

Keys: https://github.com/github-education-resources/autograding-grading-reporter (src/main.js and
src/notify-classroom.js, which adds up the tests' `score` and every `max_score`).
"""

from __future__ import annotations

import base64
import json
from typing import Any

from grader.export.marks import CheckMark, Marks

_STATUS = {"passed": "pass", "failed": "fail", "open": "error"}


def render_github(marks: Marks) -> str:
    """One line for `$GITHUB_OUTPUT`. A check that nobody has decided is an error, not a failure, and says
    so."""
    tests = [_test(check) for check in marks.checks]
    if marks.changed:
        tests.append(_entry("Changes to the total", "pass", marks.added, marks.added_why))
    if marks.failed:
        tests = [_entry("Your submission", "error", 0, "\n\n".join(marks.notes))]
    document = {
        "version": 1,
        "status": _whole(tests),
        "max_score": 0 if marks.failed else marks.max_score,
        "tests": tests,
    }
    encoded = base64.b64encode(json.dumps(document, ensure_ascii=False).encode()).decode("ascii")
    return f"result={encoded}\n"


def _whole(tests: list[dict[str, Any]]) -> str:
    """The gravest of all."""
    found = {test["status"] for test in tests}
    return next((status for status in ("error", "fail") if status in found), "pass")


def _test(check: CheckMark) -> dict[str, Any]:
    undecided = "Not decided yet; it costs you nothing until then."
    text = check.text or undecided if check.status == "open" else check.text
    return _entry(check.title, _STATUS[check.status], check.score or 0, text)


def _entry(name: str, status: str, score: float, message: str) -> dict[str, Any]:
    return {
        "name": name,
        "status": status,
        "score": score,
        "message": message,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    }
