"""The tier that submissions ran under is in everything that one real run leaves behind."""

from __future__ import annotations

import csv
import re
import sqlite3
from contextlib import closing

import pytest
from pypdf import PdfReader

from grader.results import SubmissionResult, Tier
from tests.e2e.conftest import DemoClass

pytestmark = pytest.mark.xdist_group("demo")


def test_every_output_names_the_tier(demo: DemoClass) -> None:
    """Each page, PDF, result file, row of both gradebooks, and what was printed: the same tier."""
    results = [
        SubmissionResult.model_validate_json(path.read_bytes())
        for path in demo.folder.glob("instructor/*/result.json")
    ]
    (tier,) = {result.environment.tier for result in results}
    assert tier in {Tier.T1, Tier.T1B, Tier.T2}
    named = f"(tier {tier})"
    assert named in demo.outcome.out
    pages = list(demo.folder.rglob("*.html"))
    assert len(pages) == 2 * len(demo.students) + 1
    assert [path for path in pages if named not in path.read_text(encoding="utf-8")] == []
    papers = list(demo.folder.rglob("*.pdf"))
    assert len(papers) == len(demo.students)
    for path in papers:
        end = " ".join(page.extract_text() for page in PdfReader(path).pages[-2:])
        assert named in " ".join(end.split()), path.parent.name
    with (demo.folder / "gradebook.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert {row["student"]: row["tier"] for row in rows} == dict.fromkeys(demo.students, str(tier))
    with closing(sqlite3.connect(demo.folder / "gradebook.sqlite")) as book:
        stored = book.execute("SELECT student_id, tier FROM submissions").fetchall()
    assert dict(stored) == dict.fromkeys(demo.students, str(tier))


def test_no_other_output_is_left(demo: DemoClass) -> None:
    """Whoever adds a kind of file finds this test, and says the tier in it."""
    kinds = {re.sub(r"^(students|instructor)/[^/]+/", r"\1/ID/", str(path.relative_to(demo.folder)))
             for path in demo.folder.rglob("*") if path.is_file()}  # fmt: skip
    assert {kind for kind in kinds if not kind.startswith("training.")} - {
        "index.html", "gradebook.csv", "gradebook.sqlite", "gradebook.lock", "students/ID/report.html",
        "students/ID/report.pdf", "instructor/ID/report.html", "instructor/ID/result.json",
    } == set()  # fmt: skip
