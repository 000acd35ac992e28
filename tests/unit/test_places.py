"""Submissions are found again where they were graded from: plain ones, parts of an export, works of teams."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.commands.places import each_work, where_they_lay, where_they_lie
from grader.enrol import enrol
from grader.gradebook import Gradebook, open_gradebook
from grader.intake import find_class
from grader.roster import RosterEntry
from tests.intake.archives import CODE
from tests.intake.exports import GRADESCOPE, MOODLE, zipped
from tests.intake.test_folder import write
from tests.unit.builders import make_check, make_result
from tests.unit.test_scoring import TINY


def grade(book: Gradebook, path: Path, roster: Sequence[RosterEntry] = ()) -> list[str]:
    """As `grader grade` leaves the gradebook; returns everybody who has a result."""
    found = enrol(find_class(path), roster).found if roster else find_class(path)
    book.remember(found.places)
    book.people.remember(found.places, found.arrivals, found.groups)
    for name in found.readers:
        book.put(make_result(name, make_check()), TINY)
    return list(book.student_ids)


def files_of(book: Gradebook, students: Sequence[str]) -> dict[str, tuple[str, ...]]:
    readers = where_they_lay(students, book).readers
    return {name: read(name).files for name, read in readers.items()}


def test_a_team_in_a_plain_class(tmp_path: Path) -> None:
    """Its members have the files of the one who handed in, under ids of their own."""
    folder = write(tmp_path / "class", {"ada/work.py": CODE, "dee/other.py": CODE})
    roster = [RosterEntry("ada", team="A"), RosterEntry("bob", team="A"), RosterEntry("dee")]
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        students = grade(book, folder, roster)
        assert files_of(book, students) == {
            "ada": ("work.py",),
            "bob": ("work.py",),
            "dee": ("other.py",),
        }
        assert where_they_lay(students, book).readers["bob"]("bob").student_id == "bob"
        assert each_work(book) == ("ada", "dee")


def test_a_team_in_an_export_that_moved(tmp_path: Path) -> None:
    """By the name that the work has in it."""
    members = {name.replace("Student One_2001", "Team A_31"): content for name, content in MOODLE.items()}
    roster = [RosterEntry("ada", team="Team A"), RosterEntry("bob", team="Team A")]
    export = zipped(tmp_path, members)
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        students = grade(book, export, roster)
        assert students == ["2002", "ada", "bob"]
        assert files_of(book, students)["bob"] == ("parts/more.py", "work.py")
        moved = export.rename(tmp_path / "elsewhere.zip")
        assert files_of(book, students) == {}
        there = where_they_lie(moved, book)
        assert there.readers["bob"]("bob").files == ("parts/more.py", "work.py")
        assert there.places["ada"] == moved


def test_a_plain_class_after_an_export(tmp_path: Path) -> None:
    """The same students from another place: nobody looks for an export there."""
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        grade(book, zipped(tmp_path, GRADESCOPE))
        students = grade(book, write(tmp_path / "class", {"0101/new.py": CODE, "0103/new.py": CODE}))
        assert files_of(book, students) == {
            "0101": ("new.py",),
            "0102": ("parts/more.py", "work.py"),
            "0103": ("new.py",),
        }
