"""What a student and an instructor read on one submission's page."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence import Claim, Claims, LayerPair, LayerRow, LayerTable
from grader.report import render, render_student
from grader.report.words import true_times
from grader.results import SubmissionResult, Verdict
from grader.text import plain
from tests.report.sample_assignment import make_assignment
from tests.report.samples import CANARY, broken, check, failing, faulty, passing, result, self_check

ASSIGNMENT = make_assignment()
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}</style>'


def text_of(page: str) -> str:
    """The words of a page without its style sheet, drawings and tags."""
    page = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.replace("<wbr>", ""))).split())


def test_the_mark_and_what_to_do_next_come_first():
    """The page opens with the total and the failed checks, the dearest first."""
    page = text_of(render_student(failing(), ASSIGNMENT))
    assert "16.5 of 80 points" in page
    todo = page[page.index("What to do next") : page.index("Tasks Task")]
    losses = re.findall(r"−(\d+\.\d)", todo)
    assert losses == ["10.0", "10.0", "8.0", "7.5", "6.0"]
    assert "2 more below" in todo


def test_checks_with_the_same_feedback_are_one_thing_to_do():
    """Three checks of one unwritten function are one line with the sum of their points."""
    checks = tuple(
        check(f"test_{n}", "i.a", f"Check {n}", 2, Verdict.NOT_IMPLEMENTED, "Write convolve first.")
        for n in range(3)
    )
    page = text_of(render_student(result("a", checks), ASSIGNMENT))
    assert "−6 points Write convolve first. i.a Convolution by hand" in page


def test_a_feedback_stands_once_among_the_tasks():
    """Further checks with the same text refer to the first, by name and, elsewhere, by task."""
    text = "answers.toml could not be read: line 1, column 28."
    checks = tuple(
        check(f"test_{n}", task, f"Answer {n}", 2, Verdict.FAILED, text)
        for n, task in enumerate(("ii.b.i", "ii.b.i", "ii.c"))
    )
    page = render_student(result("a", checks), ASSIGNMENT)
    words = text_of(page)
    assert words.count(text) == 2, "once in what to do next, once at its check"
    assert "Answer 1 0 / 2 The same as for “Answer 0” ." in words
    assert "Answer 2 0 / 2 The same as for “Answer 0” in ii.b.i." in words
    assert page.count('<a href="#check-1">“Answer 0”</a>') == 2


def test_a_feedback_in_an_earlier_task_comes_first_whatever_the_order_of_checks():
    """References lead up the page, never down."""
    later = check("test_a", "ii.c", "Later", 2, Verdict.FAILED, "Same.").model_copy(update={"order": 0})
    earlier = check("test_b", "i.a", "Earlier", 2, Verdict.FAILED, "Same.").model_copy(update={"order": 1})
    words = text_of(render_student(result("a", (later, earlier)), ASSIGNMENT))
    assert "Later 0 / 2 The same as for “Earlier” in i.a." in words


def test_line_breaks_in_answers_flow():
    """An answer wrapped by an editor is set as paragraphs and list items."""
    answer = {"id": "a", "task": "i.a", "question": "q", "text": "one\ntwo\n\n- three\n- four\n"}
    page = render_student(result("a", (check("t", "i.a", "T", 4),), answers=(answer,)), ASSIGNMENT)
    assert ">one two\n\n- three\n- four</dd>" in page


def test_what_cannot_be_compared_is_no_fault():
    """Claims without a reference are a quiet note that costs nothing, without an empty table."""
    claims = Claims(
        title="Your figures", caption="Plausible means …",
        claims=(Claim(label="test_accuracy", claimed=0.49, verdict="not checkable", note="too few runs"),),
    )  # fmt: skip
    page = render_student(result("a", (check("t", "i.a", "T", 4, evidence=(claims,)),)), ASSIGNMENT)
    words = text_of(page)
    assert "Kept, not compared. test_accuracy: 0.49. Too few runs. That costs you nothing." in words
    assert "implausible" not in words
    assert "Plausible means" not in words
    assert "not checkable" not in words


def test_every_verdict_is_said_in_words():
    """Colour and icon are never the only sign."""
    page = text_of(render_student(failing(), ASSIGNMENT))
    for word in ("Passed", "Failed", "Ran out of time", "Raised an error", "Not implemented", "Crashed",
                 "Over the limit", "Not decided", "Grader fault"):  # fmt: skip
        assert word in page


def test_every_kind_of_evidence_is_shown():
    """Returned values, pictures, layers, curves, confusion, claims and tables all appear."""
    page = render_student(failing(), ASSIGNMENT)
    words = text_of(page)
    assert "convolve(image 9 × 7, kernel 3 × 3) returned ndarray of shape 7 × 5, int64" in words
    assert page.count("data:image/png;base64,") == 3
    assert "Total, yours 98,586 Total, asked for 37,146" in words
    assert "implausible" in words
    assert "Kept, not compared. test, n = 40,000: 0.684. Fewer images here." in words
    assert "Time of convolve." in words
    assert page.count("<svg ") == 3
    assert page.count("<summary>Numbers</summary>") == 3


def test_detail_and_seed_are_only_for_the_instructor():
    """A canary in every `detail`, the seed and the digest of the checks never reach the student."""
    page = render_student(failing(), ASSIGNMENT)
    full = render_student(failing(), ASSIGNMENT, audience="instructor")
    for secret in (CANARY, "4711", "918273645", "77be02", "test_i_a.py"):
        assert secret not in page
        assert secret in full


def test_a_fault_of_the_grader_is_told_without_its_text():
    """The student learns that it was not their fault, the instructor what it was."""
    page = render_student(faulty(), ASSIGNMENT)
    assert "fault of the grader, not of your work" in page
    assert CANARY not in page
    assert CANARY in render_student(faulty(), ASSIGNMENT, audience="instructor")


def test_a_problem_says_what_happened_and_what_to_hand_in():
    """A page without marks names the trouble, the accepted forms and the functions."""
    page = text_of(render_student(broken(), ASSIGNMENT))
    assert "work.zip is not a zip file" in page
    assert "What to hand in" in page
    assert "edge_responses" in page
    assert "of 80 points" not in page


def test_a_self_check_shows_no_mark():
    """On a student's own machine checks are counted, and the page says that it is no grade."""
    page = text_of(render_student(self_check(), ASSIGNMENT))
    assert "Self-check, not a grade" in page
    assert "2 of 11 public checks passed" in page
    assert "of 80 points" not in page
    assert "not decided yet" not in page


def test_full_marks_leave_nothing_to_do():
    """A page without failures says so."""
    assert "Nothing: every check passed." in text_of(render_student(passing(), ASSIGNMENT))


def test_unscored_points_are_said():
    """What the grader could not decide is announced and is not a loss."""
    page = text_of(render_student(failing(), ASSIGNMENT))
    assert "12 points not decided yet" in page
    assert "nothing was taken off" in page


def test_how_accuracy_is_judged_is_said_in_numbers():
    """The chance of a false fail, the margin and the number of runs are stated."""
    page = text_of(render_student(passing(), ASSIGNMENT))
    assert "up to 3 times" in page
    assert "only 0.25 %, and 2 % accuracy is granted" in page


def nasty_result() -> SubmissionResult:
    """Markup, template syntax, terminal codes and direction marks wherever a student's text may stand."""
    row = LayerRow(
        number=1, name=NASTY, class_name=NASTY, output_shape=NASTY, parameters=1, settings={NASTY: NASTY}
    )
    table = LayerTable(
        title="t", caption="c", pairs=(LayerPair(status="extra", yours=row, differences=(NASTY,)),), total=1
    )
    entry = check(
        "test_x", "i.a", NASTY, 4, Verdict.FAILED, NASTY, evidence=(table,), output=NASTY, detail=NASTY
    )
    curves = failing().checks[7].evidence[0]
    assert curves.type == "curves"
    named = curves.model_copy(
        update={"title": NASTY, "series": (curves.series[0].model_copy(update={"label": NASTY + "$x^2$"}),)}
    )
    return result(
        NASTY,
        (entry, check("test_y", "i.a", "\x1b[31mred\x1b[0m \u202eabc", 4, evidence=(named,))),
        answers=({"id": "a", "task": "i.a", "question": "q", "text": NASTY},),
        left_out=({"where": NASTY, "what": NASTY, "why": NASTY},),
        files=(NASTY,),
    )


@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_text_from_students_is_escaped_everywhere(audience):
    """Nothing a student writes becomes markup, script, template code or a terminal code."""
    page = render_student(nasty_result(), ASSIGNMENT, audience=audience)
    assert "<script" not in page
    assert "<img src=x" not in page
    assert page.count("</style>") == 1
    assert "{{ 7*7 }}" in html.unescape(page)
    assert "\x1b" not in page
    assert "[31m" not in page
    assert "\u202e" not in page


def test_names_between_backticks_are_set_as_code():
    """Feedback may name functions; what stands between the backticks is still escaped."""
    entry = check("test_x", "i.a", "T", 4, Verdict.FAILED, "Index `kernel[<b>row</b>]` first.")
    page = render_student(result("a", (entry,)), ASSIGNMENT)
    assert "<code>kernel[&lt;b&gt;row&lt;/b&gt;]</code>" in page


@given(st.text(st.characters() | st.sampled_from("`<>&\"'")))
def test_code_is_the_only_markup_that_feedback_can_ask_for(text):
    """Whatever it holds: a parser finds nothing but <code>, and every character of the text but the ticks."""
    tags: set[str] = set()
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.add(tag + str(attributes or ""))
    parser.handle_comment = parser.handle_decl = parser.handle_pi = tags.add
    parser.handle_data = words.append
    parser.feed(str(render._set_names(text)))
    parser.close()
    assert tags <= {"code"}
    assert "".join(words).replace("`", "") == true_times(plain(text)).replace("`", "")


def test_a_strict_policy_forbids_script_and_network():
    """The page's own policy allows its one stylesheet and embedded pictures, nothing else."""
    page = render_student(passing(), ASSIGNMENT)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    assert html.unescape(policy[1]).split("; ") == [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "img-src data:",
        f"style-src 'sha256-{digest}'",
    ]
    assert page.index("Content-Security-Policy") < page.index("<title>")
    assert not re.search(r'(?:href|src)="(?!#|data:)', page)
    assert " style=" not in page


def test_no_text_is_endless():
    """Thousands of files, a novel as an answer: the page has their beginning and says how much is missing."""
    answer = {"id": "a", "task": "i.a", "question": "q", "text": "word " * 6000}
    left = tuple({"where": f"data/{n}.txt", "what": "x" * 900, "why": "no code"} for n in range(5000))
    names = tuple(f"data/{n}.txt" for n in range(5000))
    entry = check("t", "i.a", "T", 4, Verdict.FAILED, "f" * 9000)
    words = text_of(
        render_student(result("a", (entry,), answers=(answer,), left_out=left, files=names), ASSIGNMENT)
    )
    assert "data/29.txt and 4,970 more" in words
    assert "4,950 more too many to list here" in words
    assert "[700 more characters]" in words
    assert "[9,999 more characters]" in words
    assert "[4,000 more characters]" in words
    assert len(words) < 55_000


def test_an_answer_without_spaces_is_broken_into_lines():
    """All of it is there, in pieces that are quickly set."""
    answer = {"id": "a", "task": "i.a", "question": "q", "text": "x" * 1000}
    page = render_student(result("a", (check("t", "i.a", "T", 4),), answers=(answer,)), ASSIGNMENT)
    assert page.count("x" * 200) == 5
    assert "x" * 201 not in page


def test_a_page_is_accessible():
    """Language, title, one h1, and alternative text for every picture and drawing."""
    page = render_student(failing(), ASSIGNMENT)
    assert '<html lang="en">' in page
    assert "<title>ConvNets on CIFAR-10: report for s-104417</title>" in page
    assert page.count("<h1") == 1
    assert all('alt="' in tag for tag in re.findall(r"<img[^>]*>", page))
    assert page.count('role="img"') == page.count("<svg ")
    assert len(re.findall(r"<svg [^>]*><title>[^<]{20,}</title>", page)) == page.count("<svg ")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_same_result_gives_the_same_bytes():
    """Also when every figure is drawn anew."""
    from grader.report import figures

    first = render_student(failing(), ASSIGNMENT)
    for draw in (figures.draw_curves, figures.draw_confusion, figures.draw_claims, figures.draw_picture):
        draw.cache_clear()
    assert render_student(failing(), ASSIGNMENT) == first
