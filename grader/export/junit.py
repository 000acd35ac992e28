"""JUnit XML: a suite for each task, a case for each check.

Elements and attributes: https://github.com/testmoapp/junitxml, which gathers what common readers take.
Points are properties `score` and `max_score`, of suites and of cases.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from grader.export.marks import CheckMark, Marks
from grader.export.numbers import plain_points


def render_junit(marks: Marks) -> str:
    """To be written in UTF-8. A check that nobody has decided is skipped and has no score; what could not
    be graded is one case with an error, and has none either."""
    root = ET.Element("testsuites", _counts(marks.title, marks.checks))
    if marks.failed:
        root = ET.Element("testsuites", {"name": marks.title, "tests": "1", "errors": "1"})
        _add_failed(root, marks)
    for task in marks.tasks if not marks.failed else ():
        checks = [check for check in marks.checks if check.task == task.id]
        suite = ET.SubElement(root, "testsuite", _counts(f"{task.id} {task.title}", checks))
        points = {"score": task.score, "max_score": task.points, "unscored": task.unscored}
        _add_properties(suite, points)
        for check in checks:
            _add_case(suite, check, task.id)
    if marks.changed:
        suite = ET.SubElement(root, "testsuite", _counts("Changes to the total", ()))
        _add_properties(suite, {"score": marks.added, "max_score": 0})
        ET.SubElement(suite, "system-out").text = marks.added_why
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n"


def _counts(name: str, checks: Sequence[CheckMark]) -> dict[str, str]:
    kinds = [_kind(check) for check in checks]
    return {
        "name": name,
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
    }


def _kind(check: CheckMark) -> str:
    if check.status == "open":
        return "skipped"
    if check.status == "passed":
        return ""
    return "error" if check.stopped else "failure"


def _add_case(suite: ET.Element, check: CheckMark, task: str) -> None:
    case = ET.SubElement(suite, "testcase", {"name": check.title, "classname": task})
    points = {} if check.score is None else {"score": check.score}
    _add_properties(case, {**points, "max_score": check.points})
    if kind := _kind(check):
        _add_outcome(case, kind, check.word, check.text)
    elif check.text:
        ET.SubElement(case, "system-out").text = check.text


def _add_outcome(case: ET.Element, kind: str, word: str, text: str) -> None:
    message = text.partition("\n")[0]
    ET.SubElement(case, kind, {"message": message, "type": word}).text = text


def _add_failed(root: ET.Element, marks: Marks) -> None:
    suite = ET.SubElement(root, "testsuite", {"name": marks.title, "tests": "1", "errors": "1"})
    case = ET.SubElement(suite, "testcase", {"name": "Your submission", "classname": "submission"})
    _add_outcome(case, "error", "could not be graded", "\n\n".join(marks.notes))


def _add_properties(parent: ET.Element, points: Mapping[str, float]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in points.items():
        ET.SubElement(properties, "property", {"name": name, "value": plain_points(value)})
