"""The gradebook: whole results, one writer, clear refusals."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import pytest

from grader.assignment import parse_assignment
from grader.errors import GraderError, UsageError
from grader.gradebook import Identity, open_gradebook, read_gradebook
from grader.results import Curves, Series
from grader.scoring import score_submission
from tests.unit.builders import make_check, make_result
from tests.unit.test_assignment import GOOD

TINY = parse_assignment(GOOD, "assignment.toml")


def put(path: Path, *names: str, score: float = 3) -> None:
    with open_gradebook(path) as book:
        book.start("tiny", 2**47 + 1)
        for name in names:
            result = make_result(name, make_check(score=score))
            book.put(result, score_submission(result, TINY))


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
        book.put(result, score_submission(result, TINY))
    with read_gradebook(tmp_path / "gradebook.sqlite") as book:
        (again,) = next(book.results()).checks[0].evidence
    assert isinstance(again, Curves)
    assert again.series[0].y[:2] == y[:2]
    assert math.isnan(again.series[0].y[2])


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
        book.put(doubled, score_submission(doubled, TINY))
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
