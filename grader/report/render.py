"""Results to self-contained pages: HTML that needs no network, no files and no script but for sorting."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

import grader
from grader.assignment import Assignment
from grader.errors import GraderError
from grader.report.klass import view_class
from grader.report.lab import view_lab
from grader.report.lab_data import LabReport
from grader.report.student import view_student
from grader.report.view import Audience
from grader.report.words import clean, true_times
from grader.results import SubmissionResult


def templates_folder() -> Path:
    """Beside the package's modules in a wheel, at the top of a clone. Raises GraderError."""
    package = Path(grader.__file__).resolve().parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise GraderError(
        f"The report templates were not found beside {package}.",
        hint="Install epochmark again, or work in a complete clone.",
    )


def render_student(
    result: SubmissionResult,
    assignment: Assignment,
    *,
    audience: Audience = "student",
) -> str:
    """One submission's page. Only the instructor's holds `detail`, the grader's faults and the seed."""
    return _render("student.html", page=view_student(result, assignment, audience))


def render_class(results: Sequence[SubmissionResult], assignment: Assignment) -> str:
    """The instructor's overview; links lead to students/ID/report.html and .pdf beside the page."""
    script = _read("students.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return _render(
        "class.html",
        page=view_class(results, assignment),
        script=Markup(script),  # our own file, named by its hash in the policy
        script_policy=f"; script-src 'sha256-{digest}'",
    )


def render_lab_report(lab: LabReport) -> str:
    """The student's own lab report. Raises GraderError for a figure word that is not known."""
    return _render("lab.html", page=view_lab(lab))


def _render(template: str, *, page: object, script: str = "", script_policy: str = "") -> str:
    stylesheet = Markup(_read("style.css"))
    return (
        _environment()
        .get_template(template)
        .render(page=page, stylesheet=stylesheet, script=script, script_policy=script_policy)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_fit_to_print,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["names"] = _set_names
    return environment


def _fit_to_print(value: object) -> object:
    """Every value passes here before it is escaped; markup is only ever made by this package."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _set_names(text: str) -> Markup:
    """Escaped text in which `names` between backticks are set as code, and sizes have a true sign."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(true_times(clean(text))))))


@cache
def _read(name: str) -> str:
    return (templates_folder() / name).read_text(encoding="utf-8")
