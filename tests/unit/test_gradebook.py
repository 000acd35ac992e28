"""The gradebook: whole results, one writer, clear refusals."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import pytest

from grader.assignment import parse_assignment
from grader.errors import GraderError, UsageError
from grader.evidence import Curves, Series
from grader.gradebook import Identity, open_gradebook, read_gradebook
from grader.results import Adjustment, SubmissionResult, Verdict
from grader.schema import SCHEMA_VERSION
from tests.unit.builders import make_check, make_result
from tests.unit.test_assignment import GOOD

TINY = parse_assignment(GOOD, "assignment.toml")


def put(path: Path, *names: str, score: float = 3) -> None:
    with open_gradebook(path) as book:
        book.start("tiny", 2**47 + 1)
        for name in names:
            result = make_result(name, make_check(score=score))
            book.put(result, TINY)


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    """A result read back equals the one written, and a second one replaces it."""
    path = tmp_path / "gradebook.sqlite"
    put(path, "b", "a")
    put(path, "a", score=1)
    with read_gradebook(path) as book:
        assert [result.student_id for result in book.results()] == ["a", "b"]
        assert next(book.results()).checks[0].score == 1
        assert book.identity("b") == Identity("d" * 64, "c" * 64, 2**47 + 1, "T1")
        assert book.identity("nobody") is None
        assert (book.assignment, book.seed) == ("tiny", 2**47 + 1)


def test_curves_of_a_network_that_diverged_come_back(tmp_path: Path) -> None:
    """With their NaN and infinities, which JSON has no numbers for."""
    y = (1.0, math.inf, math.nan)
    line = Series(label="loss", x=(1.0, 2.0, 3.0), y=y)
    curves = Curves(title="Loss", caption="", x_label="epoch", y_label="loss", series=(line,))
    check = make_check().model_copy(update={"evidence": (curves,)})
    result = make_result("a", check)
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        book.start("tiny", 2**47 + 1)
        book.put(result, TINY)
    with read_gradebook(tmp_path / "gradebook.sqlite") as book:
        (again,) = next(book.results()).checks[0].evidence
    assert isinstance(again, Curves)
    assert again.series[0].y[:2] == y[:2]
    assert math.isnan(again.series[0].y[2])


@pytest.mark.parametrize(
    ("verdict", "fault", "expected"),
    [
        (Verdict.PASSED, "", False),
        (Verdict.SKIPPED, "", False),
        (Verdict.GRADER_ERROR, "", True),
        (Verdict.PASSED, "The grading process ended.", True),
    ],
)
def test_whose_fault_it_was(tmp_path: Path, verdict: Verdict, fault: str, expected: bool) -> None:
    """Of a check, or of the whole submission; what is not decided is nobody's fault."""
    result = make_result("a", make_check(verdict=verdict)).model_copy(update={"fault": fault})
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        book.put(result, TINY)
        assert book.has_fault("a") is expected
        assert not book.has_fault("b")


def test_only_one_writer(tmp_path: Path) -> None:
    """A second grader on the same folder is refused while the first works."""
    path = tmp_path / "gradebook.sqlite"
    with open_gradebook(path), pytest.raises(UsageError, match="Another grader"), open_gradebook(path):
        pass


def test_a_failed_put_changes_nothing(tmp_path: Path) -> None:
    """A result is committed whole or not at all: two checks of one name break the transaction."""
    path = tmp_path / "gradebook.sqlite"
    put(path, "a")
    doubled = make_result("a", make_check(score=0), make_check(score=0))
    with open_gradebook(path) as book, pytest.raises(sqlite3.IntegrityError):
        book.put(doubled, TINY)
    with read_gradebook(path) as book:
        assert next(book.results()).checks[0].score == 3


def test_missing_broken_and_foreign_gradebooks_are_named(tmp_path: Path) -> None:
    """No folder of results, a damaged file and another schema version each get a message."""
    path = tmp_path / "gradebook.sqlite"
    with pytest.raises(UsageError, match="not a folder of results"), read_gradebook(path):
        pass
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(GraderError, match="cannot be used"), read_gradebook(path):
        pass
    path.unlink()
    put(path, "a")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(GraderError, match="schema version 99"), read_gradebook(path):
        pass


VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE submissions (
    student_id TEXT PRIMARY KEY, assignment TEXT NOT NULL, digest TEXT NOT NULL, checks_digest TEXT NOT NULL,
    seed TEXT NOT NULL, tier TEXT NOT NULL, score REAL NOT NULL, max_score REAL NOT NULL,
    unscored REAL NOT NULL, graded_at TEXT NOT NULL, result TEXT NOT NULL
) STRICT;
CREATE TABLE checks (
    student_id TEXT NOT NULL REFERENCES submissions ON DELETE CASCADE, name TEXT NOT NULL,
    task TEXT NOT NULL, points REAL NOT NULL, score REAL, verdict TEXT NOT NULL, feedback TEXT NOT NULL,
    PRIMARY KEY (student_id, name)
) STRICT;
PRAGMA user_version = 1;
"""


def write_version_1(path: Path) -> SubmissionResult:
    """A gradebook as epochmark 0.1.0 wrote it, with one result."""
    result = make_result("a", make_check(score=2))
    old = result.model_dump_json(exclude={"adjustments": True, "checks": {"__all__": {"digest"}}})
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [("assignment", "tiny"), ("seed", "7")])
        values = ("a", "tiny", "d" * 64, "c" * 64, "7", "T1", 2, 7, 4, "2026-01-01T00:00:00+00:00", old)
        connection.execute(f"INSERT INTO submissions VALUES ({','.join('?' * len(values))})", values)
        connection.execute("INSERT INTO checks VALUES ('a', 'test_it', 'a', 3, 2, 'passed', '')")
    connection.close()
    return result


def version(path: Path) -> int:
    connection = sqlite3.connect(path)
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(found)


def test_an_old_gradebook_is_read_as_it_is(tmp_path: Path) -> None:
    """Reading changes nothing in it, so that it can be read where it cannot be written."""
    path = tmp_path / "gradebook.sqlite"
    result = write_version_1(path)
    before = path.read_bytes()
    with read_gradebook(path) as book:
        assert (list(book.results()), book.total("a")) == ([result], 2)
        assert (book.result("a"), book.sources(), book.asked_for()) == (result, {}, {})
    assert path.read_bytes() == before


def test_an_old_gradebook_is_brought_up_to_date_in_place(tmp_path: Path) -> None:
    """By whoever writes to it; everything in it stays."""
    path = tmp_path / "gradebook.sqlite"
    result = write_version_1(path)
    with open_gradebook(path) as book:
        assert list(book.results()) == [result]
        assert (book.assignment, book.seed) == ("tiny", 7)
        book.adjust("a", decide("test_it", 3), TINY)
        book.put(make_result("b", make_check()), TINY)
    with read_gradebook(path) as book:
        assert (book.total("a"), book.total("b")) == (3, 3)
    assert version(path) == SCHEMA_VERSION > 1


def test_an_upgrade_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """Something that is in the way of its last table leaves the old gradebook as it was."""
    path = tmp_path / "gradebook.sqlite"
    write_version_1(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE pending (x)")
    connection.close()
    with pytest.raises(GraderError, match="could not be written"), open_gradebook(path):
        pass
    assert version(path) == 1
    with read_gradebook(path) as book:
        assert len(list(book.results())) == 1


def decide(check: str, points: float | None, why: str = "seen by hand") -> Adjustment:
    return Adjustment(check=check, points=points, who="m", at="2026-01-02T03:04:05+00:00", why=why)


def test_adjustments_are_appended_and_outlive_new_results(tmp_path: Path) -> None:
    """The latest is in force, all of them stay, and a new result of the checks leaves them alone."""
    path = tmp_path / "gradebook.sqlite"
    put(path, "a", "b", score=1)
    decided = (decide("test_it", 2), decide("test_it", 3), decide("", -1), decide("", None))
    with open_gradebook(path) as book:
        for item in decided:
            returned = book.adjust("a", item, TINY)
        assert returned == book.result("a")
        assert (book.total("a"), book.total("b")) == (3, 1)
        again = book.put(make_result("a", make_check(score=0)), TINY)
        assert (again.adjustments, again.checks[0].score) == (decided, 0)
        assert (book.total("a"), book.total("b")) == (3, 1)
        with pytest.raises(KeyError):
            book.adjust("nobody", decide("test_it", 2), TINY)
    stored = sqlite3.connect(path).execute("SELECT result FROM submissions WHERE student_id = 'a'")
    assert "adjustments" not in stored.fetchone()[0], "what the checks gave is kept apart"


def test_what_was_asked_for_is_done_with_the_next_result(tmp_path: Path) -> None:
    """Of that student only; it outlives an interruption in between."""
    path = tmp_path / "gradebook.sqlite"
    put(path, "a", "b")
    with open_gradebook(path) as book:
        book.ask_for(["a", "b"], ["test_it", "test_that"])
        book.ask_for(["a"], ["test_it"])
    with open_gradebook(path) as book:
        both = frozenset({"test_it", "test_that"})
        assert book.asked_for() == {"a": both, "b": both}
        book.put(make_result("a", make_check()), TINY)
        assert book.asked_for() == {"b": both}


def test_where_submissions_lie_is_remembered(tmp_path: Path) -> None:
    """The latest place counts."""
    path = tmp_path / "gradebook.sqlite"
    with open_gradebook(path) as book:
        book.remember({"a": tmp_path / "x.py", "b": tmp_path / "y"})
        book.remember({"a": tmp_path / "z" / ".." / "late.py"})
        assert book.sources() == {"a": tmp_path / "late.py", "b": tmp_path / "y"}


def test_an_empty_file_is_no_gradebook(tmp_path: Path) -> None:
    """As a run leaves it that is stopped in its first moment; a writer makes a gradebook of it."""
    path = tmp_path / "gradebook.sqlite"
    path.touch()
    with pytest.raises(UsageError, match="not a folder of results"), read_gradebook(path):
        pass
    put(path, "a")
    with read_gradebook(path) as book:
        assert len(list(book.results())) == 1
