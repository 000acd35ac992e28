"""`--anonymous` and `grader purge`, through the command line and on the disk."""

from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grader.assignment_folder import load_assignment
from grader.commands.new import make_assignment
from grader.commands.publish import names_of, open_pseudonyms, publish
from grader.commands.purge import purge_everybody, purge_students
from grader.commands.write_reports import write_class, write_report
from grader.drafts import Draft
from grader.errors import GraderError, UsageError
from grader.gradebook import Identity, open_gradebook, read_gradebook
from grader.intake import Arrival, Person
from grader.layout import ResultsFolder, write_whole
from grader.models.store import TrainingStore
from grader.results import Adjustment, Platform
from grader.roster import RosterEntry
from tests.e2e.command import grader
from tests.unit.builders import make_check, make_result

STUDENTS = tuple(f"learner{letter}" for letter in "abcdefg")


@pytest.fixture
def files(tmp_path: Path) -> ResultsFolder:
    """Results of seven with all that is ever kept about a student; nothing was graded for it."""
    make_assignment("tiny", tmp_path)
    assignment = load_assignment("tiny", tmp_path).assignment
    files = ResultsFolder(tmp_path / "results")
    result_of = {}
    with open_gradebook(files.gradebook) as gradebook:
        gradebook.start("tiny", 1)
        for name in STUDENTS:
            gradebook.remember({name: tmp_path / "submissions" / name})
            result = make_result(name, make_check(task=assignment.tasks[0].id))
            gradebook.put(result.model_copy(update={"assignment": "tiny"}), assignment)
            gradebook.put_draft(name, Identity("d", "c", 1, "T1"), Draft())
            why = Adjustment(check="", points=1, who="m", at="2026-01-02T03:04:05+00:00", why=f"For {name}.")
            result_of[name] = gradebook.adjust(name, why, assignment)
        gradebook.ask_for(STUDENTS, ["test_it"])
        people = {name: Arrival(Person(name, f"Of {name}"), Platform.MOODLE, work=name) for name in STUDENTS}
        gradebook.people.remember((), people, {STUDENTS[0]: tuple(STUDENTS[1:3])})
        gradebook.people.enrol({name: RosterEntry(name, email=name) for name in STUDENTS})
    TrainingStore(files.training)
    write_whole(files.similar / "findings.json", b'{"compared": 7, "usual": 0.1, "pairs": []}')
    for name in STUDENTS:
        write_whole(files.instructor(name) / "result.json", b"{}")
        write_report(result_of[name], assignment, files, ("html",))
    with read_gradebook(files.gradebook) as gradebook:
        write_class(gradebook, assignment, files)
    return files


def copy(files: ResultsFolder, student: str | None = None) -> int:
    console = Console(file=StringIO())
    return publish(files.root, files.root.parent, student, ("html",), 1, console, quiet=True)


def holding(folder: Path, word: str) -> set[str]:
    """Files below `folder` in whose bytes or path there is `word`."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and (word in str(path.relative_to(folder)) or word.encode() in path.read_bytes())
    }


def test_the_copy_names_nobody(files: ResultsFolder):
    """Neither in a file nor in a name of one; a page for everybody; who is who only its owner can read."""
    done = grader("report", files.root, "--anonymous", "--assignments", files.root.parent, "--format", "html")
    assert done.code == 0, done.text
    assert f"7 reports written to {files.anonymous.root}." in done.text
    assert len(list(files.anonymous.root.rglob("report.html"))) == 7
    for name in STUDENTS:
        assert holding(files.anonymous.root, name) == set()
        assert holding(files.root, name) >= {"pseudonyms.csv", "gradebook.sqlite"}
    for path in (files.pseudonym_key, files.pseudonyms):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = files.pseudonym_key.read_text()
    assert holding(files.root, key) == {"pseudonyms.key"}


def test_pseudonyms_stay_and_old_pages_go(files: ResultsFolder):
    """The key is drawn once; the copy is made anew each time, one student's alone when asked for."""
    copy(files)
    first = files.pseudonyms.read_text()
    (files.anonymous.root / "students" / "p-gone").mkdir()
    assert copy(files) == 7
    assert files.pseudonyms.read_text() == first
    assert not (files.anonymous.root / "students" / "p-gone").exists()
    assert copy(files, STUDENTS[0]) == 1
    assert len(list(files.anonymous.root.rglob("report.html"))) == 7
    with pytest.raises(UsageError, match="no result of"):
        copy(files, "nobody")


def test_names_of_the_roster_and_of_the_group_are_known(files: ResultsFolder):
    """Each with those of the others who handed in the same work."""
    first, second, third = STUDENTS[:3]
    with open_gradebook(files.gradebook) as gradebook:
        gradebook.people.enrol({third: RosterEntry(third, "Three", "three@uni.test")})
        arrivals = {
            name: Arrival(Person(f"n-{name}", f"Name of {name}", ""), Platform.MOODLE)
            for name in (first, second)
        }
        gradebook.people.remember((), arrivals, {first: (second,)})
        known = names_of(gradebook)
    assert set(known[third]) >= {"Three", "three@uni.test"}
    assert set(known[first]) == set(known[second]) >= {first, second, f"Name of {second}", f"n-{first}"}


def test_a_damaged_key_is_not_replaced(files: ResultsFolder):
    """Other pseudonyms than those that were given out would be worse than none."""
    files.pseudonym_key.write_text("abc")
    with pytest.raises(GraderError, match="does not hold a key"):
        open_pseudonyms(files)
    assert files.pseudonym_key.read_text() == "abc"


def test_purging_one_leaves_no_trace_of_them(files: ResultsFolder):
    """Not a row, not a page, not a byte in the files of the gradebook; the others keep all of theirs."""
    copy(files)
    gone, *others = STUDENTS
    done = grader("purge", files.root, gone, "--yes", "--assignments", files.root.parent)
    assert done.code == 0, done.text
    for said in ("submissions: 1 row", "adjustments: 1 row", "drafts: 1 row", "sources: 1 row", "2 files"):
        assert said in done.text
    assert holding(files.root, gone) == set()
    with read_gradebook(files.gradebook) as gradebook:
        assert gradebook.student_ids == tuple(others)
        assert set(gradebook.kept_about(others)) == {
            "adjustments", "arrivals", "checks", "drafts", "pending", "roster", "sources", "submissions"
        }  # fmt: skip
    for name in others:
        assert files.report(name, "html").is_file()
        assert name in files.index.read_text()
    assert not files.anonymous.root.exists()


def test_purging_everybody_leaves_an_empty_place(files: ResultsFolder):
    """But for what the grader did not write, and what was handed in."""
    copy(files)
    (files.root / "my-notes.txt").write_text("mine")
    submission = files.root.parent / "submissions" / STUDENTS[0]
    submission.mkdir(parents=True)
    done = grader("purge", files.root, "--everybody", "--yes")
    assert done.code == 0, done.text
    assert [path.name for path in files.root.iterdir()] == ["my-notes.txt"]
    assert "still there: my-notes.txt" in done.text
    assert submission.is_dir()


def test_nothing_goes_without_a_yes(files: ResultsFolder):
    """Where nobody can be asked, where the answer is no, and for a name that is not there."""
    before = {path: path.stat().st_size for path in files.root.rglob("*")}
    console = Console(file=StringIO())
    for words in ((STUDENTS[0],), ("--everybody",), ("nobody", "--yes"), (), (STUDENTS[0], "--everybody")):
        done = grader("purge", files.root, *words, "--assignments", files.root.parent)
        assert done.code == 2, done.text
    with pytest.raises(UsageError, match="Nothing is kept about nobody"):
        purge_students(files.root, files.root.parent, [STUDENTS[0], "nobody"], console, ask=False)
    with pytest.raises(UsageError, match="not a folder of results"):
        purge_everybody(files.root.parent, console, ask=False)
    assert {path: path.stat().st_size for path in files.root.rglob("*")} == before
