"""Grades in the files of Canvas, Moodle and Blackboard: in the right rows, and everybody else is named."""

from __future__ import annotations

import dataclasses

import pytest

from grader.assignment import Assignment
from grader.errors import UsageError
from grader.export.blackboard import find_blackboard_layout
from grader.export.canvas import find_canvas_layout
from grader.export.marks import Marks, view_marks
from grader.export.moodle import feedback_folder, find_moodle_layout
from grader.export.sheet import Sheet, parse_sheet
from grader.export.worksheet import Layout, fill_grades
from tests.export.classes import all_marks, make_assignment, marks_of
from tests.export.platform_files import (
    BLACKBOARD_COMMAS,
    BLACKBOARD_TABS,
    CANVAS,
    CANVAS_SEMICOLONS,
    MOODLE,
    MOODLE_GERMAN,
)
from tests.unit.builders import make_check, make_result

ASSIGNMENT = make_assignment()


def find(platform: str, sheet: Sheet, column: str | None = None, of: Assignment = ASSIGNMENT) -> Layout:
    if platform == "canvas":
        return find_canvas_layout(sheet, column, of)
    if platform == "blackboard":
        return find_blackboard_layout(sheet, column, of)
    return find_moodle_layout(sheet, column)


def fill(
    platform: str,
    raw: bytes,
    marks: list[Marks] | None = None,
    *,
    with_open: bool = False,
    known: dict[str, set[str]] | None = None,
) -> tuple[str, str]:
    """The file and what was said, as text."""
    sheet = parse_sheet(raw, "table.csv")
    layout = find(platform, sheet)
    marks = all_marks() if marks is None else marks
    filled, said = fill_grades(
        sheet, layout, marks, known or {item.student_id: set() for item in marks}, with_open=with_open
    )
    return filled.render().decode(filled.encoding).removeprefix("\ufeff"), "\n".join(said)


def test_canvas_grades_are_the_only_change() -> None:
    """A name with quotes and umlauts, remarks that look like a formula and other columns are to the byte as
    Canvas wrote them; the excused student stays excused."""
    text, said = fill("canvas", CANVAS.encode())
    expected = CANVAS.replace(",,15.00,,75.00,", ",,15.00,10,75.00,").replace(",,,4.00,,", ",,,5.25,,")
    assert text == expected
    assert said.splitlines() == [
        "2 grades written.",
        "student-03: 4 points are open; decide them, or give --with-open. The cell is as it was.",
        "student-04: 3 points are open; decide them, or give --with-open. The cell is as it was.",
        "student-05: the platform says EX. The cell is as it was.",
        "Not in the file, so without a grade there: student-06, student-07.",
        "In the file, but without a result; their cells are as they were: Eight, Student 908; "
        "Student, Test 999.",
    ]


def test_open_points_count_when_they_are_meant_to() -> None:
    """The totals so far, as the class page has them."""
    text, _ = fill("canvas", CANVAS.encode(), with_open=True)
    assert '"Three, Student",903,student-03,s03@example.org,Tutorial 1,,20.00,6,100.00,\n' in text
    assert '"Four, Student",904,student-04,s04@example.org,Tutorial 2,,,7,,\n' in text


def test_what_could_not_be_graded_is_no_zero_even_so() -> None:
    """A broken archive leaves the cell alone, with open points or without."""
    raw = CANVAS.replace("student-08", "student-06").encode()
    for with_open in (False, True):
        text, said = fill("canvas", raw, with_open=with_open)
        assert '"Eight, Student",908,student-06,s08@example.org,Tutorial 2,,,,,\n' in text
        assert "student-06: could not be graded, so there is no grade." in said


def test_canvas_in_another_country() -> None:
    """Semicolons, a byte order mark, CR LF; a full stop in numbers is read by Canvas everywhere."""
    text, _ = fill("canvas", CANVAS_SEMICOLONS)
    was = CANVAS_SEMICOLONS.decode("utf-8-sig")
    assert text == was.replace("Übung 1;\r\n", "Übung 1;10\r\n").replace("4,00\r\n", "5.25\r\n")


def test_canvas_ids_of_every_kind() -> None:
    """ID, SIS id, login (whose "@" is "-" in our ids) and small or capital letters."""
    for student_id in ("901", "student-01", "Student-01", "s01-example.org"):
        marks = [dataclasses.replace(marks_of("student-01"), student_id=student_id)]
        assert fill("canvas", CANVAS.encode(), marks)[1].startswith("1 grade written.")


def test_what_else_a_platform_calls_a_student() -> None:
    """The address that an export had, where the id of the submission says nothing; an empty one is none."""
    marks = [dataclasses.replace(marks_of("student-01"), student_id="one")]
    for names, written in (({"S01@example.org", ""}, "1 grade"), ({""}, "0 grades")):
        said = fill("canvas", CANVAS.encode(), marks, known={"one": names})[1]
        assert said.startswith(f"{written} written.")


def test_nobody_gets_the_grade_of_another() -> None:
    """An id in two rows, and two results for one row, are told and not written."""
    twice = CANVAS.replace("908,student-08", "908,student-01").encode()
    text, said = fill("canvas", twice, [marks_of("student-01")])
    assert (text, "fits, so no grade was written: student-01." in said) == (twice.decode(), True)
    both = [marks_of("student-01"), dataclasses.replace(marks_of("student-02"), student_id="901")]
    text, said = fill("canvas", CANVAS.encode(), both)
    assert (text, "fits, so no grade was written: student-01, 901." in said) == (CANVAS, True)


@pytest.mark.parametrize("platform", ["canvas", "moodle", "blackboard"])
def test_another_maximum_is_refused(platform: str) -> None:
    """5 of 10 points would be another mark where 100 are given."""
    raw = {"canvas": CANVAS.encode(), "moodle": MOODLE.encode(), "blackboard": BLACKBOARD_COMMAS}[platform]
    bigger = view_marks(make_result("student-01", make_check()), ASSIGNMENT)
    bigger = dataclasses.replace(bigger, max_score=12.0)
    with pytest.raises(UsageError, match="gives 10 points for this, the assignment has 12"):
        fill(platform, raw, [bigger])


def test_a_column_by_its_heading_title_or_number() -> None:
    """The assignment's own title without being asked; columns that a platform calculates are never taken."""
    sheet = parse_sheet(CANVAS.encode(), "table.csv")
    for name in (None, "Week 8: Größe (4711)", "week 8: größe", "4711"):
        assert find("canvas", sheet, name).grade == 7
    assert find("canvas", sheet, "4710").maximum == 20
    with pytest.raises(UsageError) as refused:
        find("canvas", sheet, "Final Score")
    assert refused.value.hint.endswith("There are:\n  Week 7 (4710)\n  Week 8: Größe (4711)")
    tabs = parse_sheet(BLACKBOARD_TABS, "table.xls")
    for name in (None, "664617", "Week 8: Größe [Total Pts: 10 Score] |664617"):
        assert find("blackboard", tabs, name).grade == 7
    with pytest.raises(UsageError, match="No column"):
        find("blackboard", tabs, "Total")


def test_moodle_keeps_feedback_and_dates() -> None:
    """Moodle refuses a grade whose date is older than its own, and takes an empty feedback for a deletion."""
    text, said = fill("moodle", MOODLE.encode())
    assert text == MOODLE.replace('grading,,10.00,Yes,"Mon', 'grading,10,10.00,Yes,"Mon').replace(
        ",4.00,", ",5.25,"
    )
    assert "student-03: 4 points are open" in said
    assert "as they were: Participant 508 Student Eight." in said


def test_moodle_in_another_language() -> None:
    """The column of the grades is known by the maximum beside it; headings stay as Moodle wants them back."""
    text, _ = fill("moodle", MOODLE_GERMAN)
    was = MOODLE_GERMAN.decode("utf-8-sig")
    assert text == was.replace('abgegeben,,"10', 'abgegeben,10,"10').replace('"4,00"', '"5.25"')
    sheet = parse_sheet(MOODLE_GERMAN, "table.csv")
    assert find("moodle", sheet, "Bewertung").grade == 4
    with pytest.raises(UsageError, match="cannot be told"):
        find("moodle", sheet, "Punkte")


def test_moodle_numbers_of_participants_are_ids() -> None:
    """With the word and without."""
    for student_id in ("501", "Participant-501"):
        marks = [dataclasses.replace(marks_of("student-01"), student_id=student_id)]
        assert fill("moodle", MOODLE.encode(), marks)[1].startswith("1 grade written.")


def test_moodle_folders_of_feedback() -> None:
    """The number alone says whose it is; what would change that is taken out of the name."""
    hostile = MOODLE.replace("Étudiante Zwölf", "../Z_12_assign\\file: Étudiante")
    sheet = parse_sheet(hostile.encode(), "table.csv")
    assert feedback_folder(sheet, 1) == "Student One_501_assignsubmission_file"
    folder = feedback_folder(sheet, 2)
    assert folder == "Z 12 assign file Étudiante_502_assignsubmission_file"
    assert folder.split("_")[1] == "502"


@pytest.mark.parametrize(("raw", "encoding"), [(BLACKBOARD_TABS, "utf-16-le"), (BLACKBOARD_COMMAS, "utf-8")])
def test_blackboard_in_both_forms(raw: bytes, encoding: str) -> None:
    """Quotes, encoding and line ends stay; what says that an attempt is in progress is replaced."""
    text, said = fill("blackboard", raw)
    was = raw.decode(encoding).removeprefix("\ufeff")
    mark = was[was.index('"Last Name"') + len('"Last Name"')]
    first = f'"15.00"{mark}""{mark}"15.00"'
    assert text == was.replace(first, f'"15.00"{mark}"10"{mark}"15.00"').replace('"In Progress"', '"5.25"')
    assert "Eight Student student-08." in said


@pytest.mark.parametrize("platform", ["canvas", "moodle", "blackboard"])
def test_the_file_of_another_platform_is_refused(platform: str) -> None:
    """With what to download."""
    files = {"canvas": CANVAS.encode(), "moodle": MOODLE.encode(), "blackboard": BLACKBOARD_COMMAS}
    for other, raw in files.items():
        if other != platform:
            with pytest.raises(UsageError) as refused:
                find(platform, parse_sheet(raw, "table.csv"))
            assert "give that file" in refused.value.hint
