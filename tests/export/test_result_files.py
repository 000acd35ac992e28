"""One file a student: what each platform accepts, with the points that count and nothing hidden."""

from __future__ import annotations

import base64
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from grader.assignment import parse_assignment
from grader.evidence import Standing
from grader.export.autolab import render_autolab
from grader.export.github import render_github
from grader.export.gradescope import render_gradescope
from grader.export.junit import render_junit
from grader.export.marks import Marks, view_marks
from grader.export.prairielearn import SIZE_LIMIT, render_prairielearn
from grader.results import Adjustment, FreeText, HandedIn
from tests.export.classes import CANARY, TOML, all_marks, make_assignment, make_class, marks_of
from tests.export.schemas import Autolab, Github, Gradescope, Prairie
from tests.report.hostile_class import hostile_class
from tests.report.sample_assignment import make_assignment as sample_assignment
from tests.report.samples import make_class as sample_class
from tests.unit.builders import make_check, make_result

RENDERERS: list[Callable[[Marks], str]] = [
    render_gradescope,
    render_github,
    render_prairielearn,
    render_autolab,
    render_junit,
]


def gradescope(student_id: str) -> Gradescope:
    return Gradescope.model_validate_json(render_gradescope(marks_of(student_id)))


def decode(line: str) -> str:
    name, _, encoded = line.removesuffix("\n").partition("=")
    assert name == "result"
    return base64.b64decode(encoded, validate=True).decode()


def github(student_id: str) -> Github:
    return Github.model_validate_json(decode(render_github(marks_of(student_id))))


def prairie(student_id: str) -> Prairie:
    return Prairie.model_validate_json(render_prairielearn(marks_of(student_id)))


def autolab(student_id: str) -> dict[str, float]:
    last = render_autolab(marks_of(student_id)).removesuffix("\n").split("\n")[-1]
    return Autolab.model_validate_json(last).scores


def junit(student_id: str) -> ET.Element:
    return ET.fromstring(render_junit(marks_of(student_id)))


def text_of(text: str) -> str:
    return decode(text) if text.startswith("result=") else text


@pytest.mark.parametrize("render", RENDERERS)
def test_nothing_hidden_is_in_any(render: Callable[[Marks], str]) -> None:
    """Neither tracebacks nor what a fault of ours says; the canary is in every result that lost points."""
    for marks in all_marks():
        text = text_of(render(marks))
        assert CANARY not in text
        assert "4711" not in text
        assert "Examiner" not in text


@pytest.mark.parametrize("render", RENDERERS)
def test_every_result_fits_what_the_platform_accepts(render: Callable[[Marks], str]) -> None:
    """Those of a sample class and of one in which every text is an attack."""
    assignment = sample_assignment()
    for result in (*sample_class(12), *hostile_class("export").values()):
        text = text_of(render(view_marks(result, assignment)))
        if render is render_junit:
            ET.fromstring(text)
        elif render is render_autolab:
            Autolab.model_validate_json(text.removesuffix("\n").split("\n")[-1])
        else:
            kinds = {render_gradescope: Gradescope, render_github: Github, render_prairielearn: Prairie}
            kinds[render].model_validate_json(text)


def test_gradescope_shows_nothing_before_it_is_published_and_takes_no_text_for_html() -> None:
    """By default its `output` is HTML."""
    for marks in all_marks():
        document = Gradescope.model_validate_json(render_gradescope(marks))
        assert (document.visibility, document.stdout_visibility) == ("after_published", "hidden")
        formats = {document.output_format, document.test_output_format, document.test_name_format}
        assert formats == {"text"}
        assert not [test for test in document.tests if test.output_format != "text" or test.visibility]


def test_gradescope_points() -> None:
    """Score, maximum, status and feedback of each check; the sum of the tests is the score."""
    document = gradescope("student-02")
    assert document.score == 5.25
    assert [(test.number, test.score, test.max_score, test.status) for test in document.tests] == [
        ("1.1", 1.25, 3, "failed"),
        ("1.2", 0, 3, "failed"),
        ("2.1", 4, 4, "passed"),
    ]
    assert document.tests[0].output == "Look at test_one again: <b>Größe</b> & 字."
    assert sum(test.score or 0 for test in document.tests) == document.score


def test_gradescope_leaderboard() -> None:
    """Of open tasks, the more accurate and then the smaller first."""
    standing = Standing(board="ii.c", test_accuracy=0.61, parameters=900, runs=2)
    check = make_check().model_copy(update={"evidence": (standing,)})
    marks = view_marks(make_result("student-01", check), make_assignment())
    board = Gradescope.model_validate_json(render_gradescope(marks)).leaderboard
    assert [(row.value, row.order) for row in board] == [(0.61, "desc"), (900, "asc")]


@pytest.mark.parametrize("student_id", ["student-03", "student-04"])
def test_what_nobody_has_decided_has_no_score(student_id: str) -> None:
    """Whether the check was in doubt or the grader failed: open, not 0 points, and the student reads that."""
    place = {"student-03": 2, "student-04": 1}[student_id]
    open_test = gradescope(student_id).tests[place]
    assert (open_test.score, open_test.status) == (None, None)
    assert "it costs you nothing" in (open_test.output or "")
    assert "not decided yet" in gradescope(student_id).output
    assert github(student_id).tests[place].status == "error"
    assert "costs you nothing" in github(student_id).tests[place].message
    learn = prairie(student_id)
    assert (learn.tests[place].max_points, "not decided yet" in learn.message) == (0, True)
    task = {"student-03": "b", "student-04": "a"}[student_id]
    assert task not in autolab(student_id)
    case = junit(student_id).findall(".//testcase")[place]
    assert case.find("skipped") is not None
    names = {found.get("name") for found in case.findall("properties/property")}
    assert names == {"max_score"}


def test_what_could_not_be_graded_has_no_mark() -> None:
    """For a broken archive and for a fault of ours; the student reads the reason of the first only."""
    for student_id, reason in (("student-06", "work.zip is no zip archive."), ("student-07", "failed")):
        scope = gradescope(student_id)
        assert (scope.score, scope.tests[0].score, reason in scope.output) == (None, None, True)
        hub = github(student_id)
        assert (hub.status, hub.max_score, reason in hub.tests[0].message) == ("error", 0, True)
        learn = prairie(student_id)
        assert (learn.gradable, learn.score, reason in learn.format_errors[0]) == (False, None, True)
        assert autolab(student_id) == {}
        suites = junit(student_id)
        assert suites.find(".//testcase/error") is not None
        assert suites.find(".//property") is None


def test_decisions_by_hand_are_in_the_points() -> None:
    """Of a check in its place; of the total beside the checks, so that every sum is the total, 7.5."""
    scope = gradescope("student-05")
    assert (scope.score, sum(test.score or 0 for test in scope.tests)) == (7.5, 7.5)
    assert scope.tests[-1].output == "A day late."
    assert "Half of it is right." in (scope.tests[2].output or "")
    assert sum(test.score for test in github("student-05").tests) == 7.5
    assert prairie("student-05").score == 0.75
    assert sum(test.points for test in prairie("student-05").tests) == 7.5
    assert autolab("student-05") == {"a": 6, "b": 2.5, "added": -1}
    points = [
        found.get("value")
        for found in junit("student-05").findall("testsuite/properties/property[@name='score']")
    ]
    assert points == ["6", "2.5", "-1"]


def test_answers_in_words_are_entries_of_their_own() -> None:
    """Open until somebody has marked them; then with the score and why."""
    text = TOML + '[[answers]]\nid = "why"\ntask = "b"\nkind = "text"\nquestion = "Why?"\npoints = 5\n'
    assignment = parse_assignment(text, "here")
    answer = FreeText(id="why", task="b", question="Why?", text="Because.")
    result = make_result("student-01", make_check(task="b", points=4, score=4))
    result = result.model_copy(update={"answers": (answer,)})
    waiting = Gradescope.model_validate_json(render_gradescope(view_marks(result.outline(), assignment)))
    assert (waiting.tests[1].name, waiting.tests[1].score) == ("Why? (not decided yet)", None)
    assert "marks it; it costs you nothing until then" in (waiting.tests[1].output or "")
    assert (waiting.score, "5 points for answers in words" in waiting.output) == (4, True)

    mark = Adjustment(check=answer.key, points=3, who="Examiner", at="2026-01-02T03:04:05+00:00", why="Half.")
    marked = view_marks(result.model_copy(update={"adjustments": (mark,)}), assignment)
    document = Gradescope.model_validate_json(render_gradescope(marked))
    assert (document.tests[1].score, document.tests[1].max_score, document.tests[1].output) == (3, 5, "Half.")
    assert (document.score, document.tests[1].number) == (7, "2.2")

    nothing = view_marks(result.model_copy(update={"answers": ()}), assignment)
    assert [(check.score, check.text) for check in nothing.checks[1:]] == [(0, "There was no answer.")]


def test_late_and_left_out_marks_add_up() -> None:
    """A lowest check that does not count is worth nothing; what lateness took is beside the checks."""
    rules = (
        "[late]\ndue = 2026-03-01T12:00:00Z\npercent_per_day = 10\ncap_percent = 50\n"
        '[[drop]]\nchecks = ["test_one", "test_two"]\n'
    )
    head, tasks = TOML.split("[[tasks]]", 1)
    assignment = parse_assignment(f"{head}{rules}[[tasks]]{tasks}", "here")
    late = HandedIn(submitted="2026-03-01T13:00:00+00:00")
    result = next(result for result in make_class() if result.student_id == "student-02")
    marks = view_marks(result.model_copy(update={"handed_in": late}), assignment)
    assert (marks.score, marks.max_score, marks.added) == (4.725, 7, -0.525)
    document = Gradescope.model_validate_json(render_gradescope(marks))
    assert round(sum(test.score or 0 for test in document.tests), 4) == document.score == 4.725
    assert (document.tests[1].name, document.tests[1].max_score) == ("test_two (does not count)", 0)
    assert "This gave 0 of 3, and does not count." in (document.tests[1].output or "")
    assert "Handed in 1 hour after the due date" in (document.tests[-1].output or "")


def test_github_adds_up_to_the_score() -> None:
    """Its reporter adds the tests' scores, and one failed test fails the step."""
    document = github("student-02")
    assert (sum(test.score for test in document.tests), document.max_score) == (5.25, 10)
    assert (document.status, github("student-01").status) == ("fail", "pass")
    assert render_github(marks_of("student-02")).count("\n") == 1


def test_prairielearn_stays_below_a_megabyte() -> None:
    """Long feedback is shortened in a file that would be refused."""
    checks = [
        make_check(f"test_{n}", points=1, score=0).model_copy(
            update={"feedback": "word " * 900, "verdict": "failed"}
        )
        for n in range(400)
    ]
    marks = view_marks(make_result("student-01", *checks), make_assignment())
    text = render_prairielearn(marks)
    assert len(text.encode()) <= SIZE_LIMIT
    assert len(json.loads(text)["tests"]) == 400


def test_junit_counts_what_is_in_it() -> None:
    """Suites are tasks, cases are checks; numbers of failures, errors and skips are those of the elements."""
    for marks in all_marks():
        root = ET.fromstring(render_junit(marks))
        for suite in root.findall("testsuite"):
            cases = suite.findall("testcase")
            assert int(suite.get("tests", "0")) == len(cases)
            for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
                found = len([case for case in cases if case.find(kind) is not None])
                assert int(suite.get(attribute, "0")) == found
    failure = junit("student-02").find(".//failure")
    assert failure is not None
    assert failure.text == "Look at test_one again: <b>Größe</b> & 字."
