"""Results to self-contained pages: HTML that needs no network, no files and no script but for sorting."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

import grader
from grader.assignment import Assignment
from grader.errors import GraderError
from grader.report.klass import view_class
from grader.report.lab import view_lab
from grader.report.lab_data import LabReport
from grader.report.published import view_published
from grader.report.similar import HOW_IT_IS_FOUND, view_pair
from grader.report.student import view_student
from grader.report.view import Audience
from grader.report.words import true_times
from grader.results import SubmissionResult
from grader.roster import NOBODY, Attendance
from grader.similar import Findings, Pair
from grader.text import plain

# A bar's parts as classes: the policy allows no style attributes.
_WIDTH_RULES = "".join(f".w{percent} {{ width: {percent}%; }}\n" for percent in range(101))


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


def render_class(
    results: Sequence[SubmissionResult],
    assignment: Assignment,
    findings: Findings | None = None,
    attendance: Attendance = NOBODY,
) -> str:
    """The instructor's overview; links lead to students/ID/report.html and .pdf beside the page."""
    page = view_class(results, assignment, findings, attendance)
    return _render("class.html", page=page, script=_read("students.js"))


def render_published(results: Sequence[SubmissionResult], assignment: Assignment) -> str:
    """The class for others to see; `results` must be anonymous already."""
    return _render("class.html", page=view_published(results, assignment))


def render_pair(pair: Pair, usual: float, assignment: str) -> str:
    """Two similar submissions side by side, for the instructor; `usual` as in `Findings`."""
    return _render("pair.html", page=view_pair(pair, usual, assignment), how=HOW_IT_IS_FOUND)


def render_lab_report(lab: LabReport) -> str:
    """The student's own lab report. Raises GraderError for a figure word that is not known."""
    return _render("lab.html", page=view_lab(lab))


def _render(template: str, *, page: object, script: str = "", how: str = "") -> str:
    """Only our own two files go in as they are; the policy names each by its hash."""
    stylesheet = _read("style.css") + _WIDTH_RULES
    return (
        _environment()
        .get_template(template)
        .render(
            page=page,
            how=how,
            stylesheet=Markup(stylesheet),
            script=Markup(script),
            policy=_policy(stylesheet, script),
        )
    )


def _policy(stylesheet: str, script: str) -> str:
    """What the browser enforces even where a text should reach the page as markup.

    Own style and script by their hashes, embedded pictures, nothing else. Said in the page, a policy
    cannot forbid framing (frame-ancestors), sandbox the page or report; and no policy stops a redirect
    (meta refresh), a link that is clicked, or a connection made ahead (preconnect). Against those there
    is the escaping alone.
    """
    rules = [
        "default-src 'none'",
        "base-uri 'none'",  # not covered by default-src
        "form-action 'none'",  # nor is this
        "img-src data:",
        f"style-src {_source(stylesheet)}",
    ]
    return "; ".join([*rules, f"script-src {_source(script)}"] if script else rules)


def _source(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


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
    environment.filters["unbroken"] = _keep_together
    environment.globals["widths"] = _widths
    return environment


def _fit_to_print(value: object) -> object:
    """Every value passes here before it is escaped; markup is only ever made by this package."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _widths(*shares: float) -> tuple[str, ...]:
    """A class for each part of a bar; whole percents that add up as the shares do."""
    ends = [round(end) for end in accumulate(shares, initial=0.0)]
    return tuple(f"w{end - start}" for start, end in pairwise(ends))


def _set_names(text: str) -> Markup:
    """Escaped text in which `names` between backticks are set as code, and sizes have a true sign."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(true_times(plain(text))))))


def _keep_together(text: str) -> str:
    """With spaces at which no line is broken."""
    return text.replace(" ", "\u00a0")


@cache
def _read(name: str) -> str:
    return (templates_folder() / name).read_text(encoding="utf-8")
