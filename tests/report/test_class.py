"""What an instructor reads on the class page."""

from __future__ import annotations

import base64
import hashlib
import html
import re

from grader.report import render_class
from grader.results import LeftOut, Tier, Verdict
from tests.report.sample_assignment import make_assignment
from tests.report.samples import ENVIRONMENT, check, make_class, passing, result
from tests.report.test_student import NASTY, text_of

ASSIGNMENT = make_assignment()


def test_the_class_at_a_glance():
    """Numbers of submissions, the median, and what could not be graded stand at the top."""
    page = text_of(render_class(make_class(40), ASSIGNMENT))
    assert "40 submissions" in page
    assert "median of 80" in page
    assert "2 could not be graded" in page


def test_hardest_checks_come_with_the_commonest_feedback():
    """The check that most students lost stands first, with what most of them were told."""
    page = text_of(render_class(make_class(40), ASSIGNMENT))
    hardest = page[page.index("Hardest checks") : page.index("Who needs attention")]
    assert "Layers of the strided network" in hardest
    assert "The second convolution has strides 1 × 1, so the Dense layer sees four times as many" in hardest
    assert re.search(r"Told to \d+ of \d+\.", hardest)


def test_checks_lost_for_one_reason_share_a_place():
    """The same commonest feedback is told once, with the other checks beside it."""
    lost = [
        check(f"t{n}", "i.a", f"Answer {n}", 2, Verdict.FAILED, "answers.toml could not be read.")
        for n in range(3)
    ]
    other = check("u", "i.b", "Edges", 2, Verdict.FAILED, "Subtract the mean.")
    page = text_of(render_class([result("a", (*lost, other)), result("b", (*lost, other))], ASSIGNMENT))
    hardest = page[page.index("Hardest checks") : page.index("What students were told")]
    assert hardest.count("answers.toml could not be read.") == 1
    assert "The commonest for these checks too: i.a Answer 1; i.a Answer 2." in hardest
    assert "Subtract the mean. Told to 2 of 2." in hardest


def test_diagnoses_are_counted_by_students():
    """Each once, the commonest first, with its checks; what one alone read is not told."""
    same = [check(f"t{n}", task, f"Answer {n}", 2, Verdict.FAILED, "answers.toml could not be read.")
            for n, task in enumerate(["i.a", "i.a", "i.b"])]  # fmt: skip
    other = check("u", "i.b", "Edges", 2, Verdict.FAILED, "Subtract the mean.")
    alone = check("v", "i.b", "Alone", 2, Verdict.FAILED, "Nobody else read this.")
    results = [result("a", (*same, other)), result("b", (*same, alone)), result("c", (other, *same[:1]))]
    page = text_of(render_class(results, ASSIGNMENT))
    told = page[page.index("What students were told") : page.index("Who needs attention")]
    assert "3 answers.toml could not be read. i.a Answer 0; Answer 1 i.b Answer 2" in told
    assert told.index("3 answers.toml") < told.index("2 Subtract the mean. i.b Edges")
    assert "Nobody else" not in told


def test_a_small_class_and_a_file_that_is_no_python():
    """In a small class only low marks are among the lowest; a broken file is named with its line."""
    left = LeftOut(where="a.py, line 15", what="the whole file", why="it is not valid Python: expected ':'")
    poor = result("poor", (check("t", "i.a", "T", 10, Verdict.FAILED, "No."),), left_out=(left,))
    page = text_of(render_class([poor, passing()], ASSIGNMENT))
    attention = page[page.index("Who needs attention") : page.index("Students Show")]
    assert "a.py, line 15: it is not valid Python: expected ':' among the lowest marks" in attention
    assert "ada.q" not in attention


def test_tasks_show_the_share_that_was_earned():
    """Each task has its share in words beside its bar."""
    page = text_of(render_class([passing()], ASSIGNMENT))
    assert "i.b Two edge kernels on a picture 100 %" in page


def test_who_needs_attention_is_ordered_by_gravity():
    """What could not be graded comes before faults, faults before low marks."""
    page = text_of(render_class(make_class(40), ASSIGNMENT))
    attention = page[page.index("Who needs attention") : page.index("Students Show")]
    order = [attention.index(word) for word in ("could not be graded", "s-104417", "among the lowest marks")]
    assert order == sorted(order)
    assert "crashed: Layers of the pooled network" in attention
    assert "implausible: test, n = 20,000" in attention


def test_every_student_has_a_row_with_links():
    """Rows are in the order of ids and lead to the student's reports and to the instructor's."""
    results = make_class(12)
    page = render_class(results, ASSIGNMENT)
    table = page[page.index('id="students"') :]
    rows = re.findall(r'<tr><th scope="row"><a href="students/([^/"]+)/report.html">', table)
    assert rows == sorted(result.student_id for result in results)
    assert table.count("/report.pdf") == 12
    assert table.count('href="instructor/') == 12


def test_a_strange_id_stays_one_folder_and_text():
    """Ids are quoted in links and escaped in text."""
    page = render_class([passing().model_copy(update={"student_id": "a/../b" + NASTY})], ASSIGNMENT)
    assert "students/a%2F..%2Fb%3Cscript%3E" in page
    assert "<script>alert" not in page


def test_the_one_script_is_named_in_the_policy():
    """The policy allows the page's own script by its hash and no other."""
    page = render_class(make_class(5), ASSIGNMENT)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html.unescape(page)


def test_an_unprotected_run_is_stamped():
    """Submissions that ran without a sandbox are announced in capitals."""
    naked = ENVIRONMENT.model_copy(update={"tier": Tier.UNSANDBOXED})
    page = render_class([passing().model_copy(update={"environment": naked}), passing()], ASSIGNMENT)
    assert "UNSANDBOXED" in page
    assert "1 of 2 submissions ran without any protection" in page


def test_an_empty_class_and_one_without_marks_are_pages_too():
    """Nothing to count is not an error."""
    assert "submissions" in render_class([], ASSIGNMENT)
    assert "could not be graded" in render_class(make_class(3)[:2], ASSIGNMENT)


def test_the_order_of_results_does_not_matter():
    """The same class gives the same bytes."""
    results = make_class(20)
    assert render_class(results, ASSIGNMENT) == render_class(results[::-1], ASSIGNMENT)
