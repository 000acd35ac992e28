"""gradebook.csv: numbers for a spreadsheet, and nothing that it would run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.csv_file import csv_text, harmless
from grader.report import render_spreadsheet
from grader.results import Tier
from tests.report.hostile_class import hostile_class
from tests.report.sample_assignment import make_assignment
from tests.report.samples import ENVIRONMENT, broken, failing, faulty, passing

ASSIGNMENT = make_assignment()
FORMULAS = "=+-@\uff1d\uff0b\uff0d\uff20"

names = st.text(st.characters() | st.sampled_from(FORMULAS + "\"' ,;|\t\r\n\u2028\x00"))


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def runs(cell: str) -> bool:
    """Whether a spreadsheet would compute the cell."""
    return cell.lstrip(' "\t\r\n').startswith(tuple(FORMULAS))


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        ("  =1", "'=1"),
        ('" =1', "'\" =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("a\n=1", "a =1"),
        ("2 - 1 = 1", "2 - 1 = 1"),
        ("anna-maria", "anna-maria"),
    ],
)
def test_formulas_are_text(name: str, cell: str) -> None:
    """An apostrophe stands before what would be computed; ordinary names are left alone."""
    assert harmless(name) == cell


@given(st.lists(st.tuples(names, st.floats(allow_nan=False, allow_infinity=False), names), max_size=5))
def test_no_name_becomes_a_formula_or_a_row(rows: list[tuple[str, float, str]]) -> None:
    """Whatever the texts: as many rows and cells as were written, numbers equal, nothing to compute."""
    text = csv_text(("name", "points", "note"), rows)
    found = read(text)
    assert [len(row) for row in found] == [3] * (len(rows) + 1)
    assert [float(row[1]) for row in found[1:]] == [row[1] for row in rows]
    assert not [cell for row in found for cell in (row[0], row[2]) if runs(cell)]


@given(names, names, st.sampled_from(";|"))
def test_another_separator_makes_no_formula(first: str, second: str, delimiter: str) -> None:
    """Spreadsheets of other countries split elsewhere and do not see our quotes."""
    for row in read(csv_text(("a", "b"), [(first, second)]), delimiter):
        assert not [cell for cell in row if runs(cell)]


def test_the_class_as_a_table() -> None:
    """One row a submission with its points, by task, its state and the tier that it ran under."""
    weaker = ENVIRONMENT.model_copy(update={"tier": Tier.T2})
    results = [failing(), passing().model_copy(update={"environment": weaker}), broken(), faulty()]
    table = list(csv.DictReader(io.StringIO(render_spreadsheet(results, ASSIGNMENT), newline="")))
    assert [row["student"] for row in table] == ["ada.q", "s-104417", "s-200031", "s-200032"]
    assert [row["tier"] for row in table] == ["T2", "T1", "T1", "T1"]
    assert [row["state"] for row in table] == [
        "complete", "grader fault", "could not be graded", "grader fault",
    ]  # fmt: skip
    assert (table[0]["score"], table[0]["max_score"], table[0]["i.a"]) == ("80.0", "80.0", "16.0")
    assert (table[1]["score"], table[1]["open"]) == ("16.5", "12.0")
    assert {row["score"] for row in table[2:]} == {""}, "no marks is not a zero"


def test_a_hostile_class_is_a_table_of_text() -> None:
    """Payloads as ids: as many rows as submissions, no formula."""
    members = hostile_class("csv")
    found = read(render_spreadsheet(list(members.values()), ASSIGNMENT))
    assert len(found) == 1 + len(members)
    assert not [cell for row in found for cell in row if runs(cell)]
