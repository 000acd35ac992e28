"""Texts of strangers on pages and terminals: text stays text, whatever it says."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from html.parser import HTMLParser
from unittest.mock import patch
from urllib.parse import quote

from grader.assignment import parse_assignment
from grader.commands.show import CheckPrinter, show_class
from grader.intake import safe_student_id
from grader.report import klass, render_class, render_spreadsheet, render_student
from grader.report.words import first_sentence
from grader.results import FreeText, LeftOut, SubmissionResult, Verdict
from tests.fuzz.names import CASES, TOKENS, console_of_80, genuine, printed
from tests.fuzz.target import ACCEPTED, Target, require_harmless
from tests.unit.builders import make_check, make_result
from tests.unit.test_assignment import GOOD

_TYPOGRAPHY = ("p", "br", "li", "ul", "code")
_FORMULAS = set("=+-@＝＋－＠")
ASSIGNMENT = parse_assignment(GOOD, "assignment.toml")


def contract(case: bytes) -> str:
    """Each name stands wherever a stranger's text can stand; on pages even as an id."""
    names = [part.decode("utf-8", "replace") for part in case.split(b"/") if part][:3]
    names = list(dict.fromkeys(name for name in names if name.strip(".")))
    results = [_result(name, f"{name} x") for name in names]
    _check_pages(results)
    _check_spreadsheet(results)
    _check_terminal(
        [result.model_copy(update={"student_id": safe_student_id(result.student_id)}) for result in results]
    )
    return ACCEPTED if results else "no name"


def _result(name: str, text: str) -> SubmissionResult:
    check = make_check(verdict=Verdict.RAISED, score=0).model_copy(update={"feedback": text, "output": text})
    changes = {
        "left_out": (LeftOut(where=text, what=text, why=text),),
        "answers": (FreeText(id="a", task="a", question="Why?", text=text),),
        "files": (text,),
    }
    return make_result(name, check).model_copy(update=changes)


class _Page(HTMLParser):
    """The tags and the links of a page, without those that lines, lists and backticks of a text become."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TYPOGRAPHY:
            self.tags.append(tag)
        names = [name for name, _ in attrs]
        assert not [name for name in names if name.startswith("on")], f"a handler in <{tag}>"
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def _check_pages(results: Sequence[SubmissionResult]) -> None:
    """A text adds no tag, and links lead to the student's own reports."""
    page = _Page(_class_page(results))
    said = [first_sentence(result.checks[0].feedback) for result in results]
    alike = [said.index(text) for text in said]  # what several were told is one row of the page
    # Of some texts nothing can be shown: they are control sequences from end to end.
    plain = (_plain(f"s{n}", f"Plain text {first}." if said[n] else "") for n, first in enumerate(alike))
    assert page.tags == _tags("class", *plain)
    reports = {link for link in page.links if not link.startswith(("#", "data:"))}
    # Not `unquote` of what was found: of a megabyte it makes a hundred.
    own = {quote(f"{room}/{r.student_id}/report") for r in results for room in ("students", "instructor")}
    assert {os.path.splitext(link)[0] for link in reports} <= own
    for result in results[:1]:
        report = _Page(render_student(result, ASSIGNMENT))
        assert report.tags == _tags("student", _plain("s0", "A plain text."))
        assert all(link.startswith(("#", "data:")) for link in report.links)


def _plain(name: str, text: str) -> str:
    return _result(name, text).model_dump_json()


@lru_cache(maxsize=500)
def _tags(kind: str, *texts: str) -> list[str]:
    """Those of a page on which the names are harmless."""
    results = [SubmissionResult.model_validate_json(text) for text in texts]
    return _Page(_class_page(results) if kind == "class" else render_student(results[0], ASSIGNMENT)).tags


def _class_page(results: Sequence[SubmissionResult]) -> str:
    # The picture of the marks takes 50 ms to draw, and no name stands in it.
    with patch.object(klass, "draw_distribution", return_value=None):
        return render_class(results, ASSIGNMENT)


def _check_spreadsheet(results: Sequence[SubmissionResult]) -> None:
    """A row for each, whichever of the usual separators a spreadsheet goes by, and no formula."""
    text = render_spreadsheet(results, ASSIGNMENT)
    require_harmless(text.replace("\r\n", "\n"))
    with _long_cells():
        assert len(list(csv.reader(io.StringIO(text, newline="")))) == len(results) + 1
        for separator in ",;|\t":
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                assert not [cell for cell in row if cell.lstrip(' "')[:1] in _FORMULAS]


@contextmanager
def _long_cells() -> Iterator[None]:
    """Python's reader stops at 128 kB a cell, and what is read here may be longer. Only meanwhile: the limit
    is the whole process's, and other tests rely on it."""
    before = csv.field_size_limit(2**24)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _check_terminal(results: Sequence[SubmissionResult]) -> None:
    console = console_of_80()
    show_class(results, ASSIGNMENT, console)
    for result in results:
        printer = CheckPrinter(ASSIGNMENT, console)
        printer.task_done("a", result.checks)
        printer.sum_up(result.checks, result.left_out)
    require_harmless(printed(console))


TARGET = Target(
    name="pages",
    contract=contract,
    cases=CASES,
    genuine=genuine,
    tokens=TOKENS,
)
