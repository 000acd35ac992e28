"""What a gradebook knows of people: kept as it came, and empty in older ones."""

from __future__ import annotations

from pathlib import Path

from grader.gradebook import open_gradebook, read_gradebook
from grader.intake import Arrival, Person
from grader.results import Platform
from tests.unit.builders import make_check, make_result
from tests.unit.test_gradebook import write_version_1
from tests.unit.test_scoring import TINY

ONE = Arrival(
    Person("s1", "Student One", "one@example.org"), Platform.GRADESCOPE, "2027-02-01T16:30:00+00:00"
)
TWO = Arrival(Person("s2"), Platform.CANVAS, late=True)


def test_arrivals_come_back_as_they_were(tmp_path: Path) -> None:
    """With names, times and markers; the latest export replaces what was known of a student."""
    path = tmp_path / "gradebook.sqlite"
    with open_gradebook(path) as book:
        book.people.remember((), {"a": ONE, "b": TWO, "c": TWO}, {"a": ("b", "c")})
        book.people.remember((), {"b": ONE}, {})
    with read_gradebook(path) as book:
        assert book.people.arrivals() == {"a": ONE, "b": ONE, "c": TWO}
        assert book.people.groups() == {"a": ("c",)}


def test_a_plain_class_after_an_export(tmp_path: Path) -> None:
    """Nothing is known any more of those who are in it; of the others all is."""
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        book.people.remember("ab", {"a": ONE, "b": TWO}, {})
        assert book.people.remember("a", {}, {}) == {"a"}
        assert book.people.arrivals() == {"b": TWO}


def test_a_group_outlives_who_stood_for_it(tmp_path: Path) -> None:
    """Whoever is forgotten is in no row of the others; they stay a group."""
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        book.people.remember((), dict.fromkeys("abcd", TWO), {"a": ("b", "c")})
        book.forget(["a"])
        assert book.people.groups() == {"b": ("c",)}
        assert sorted(book.people.arrivals()) == ["b", "c", "d"]


def test_an_older_gradebook_knows_nobody(tmp_path: Path) -> None:
    """It is read as it is."""
    write_version_1(tmp_path / "gradebook.sqlite")
    with read_gradebook(tmp_path / "gradebook.sqlite") as book:
        assert (book.people.arrivals(), book.people.groups()) == ({}, {})


def test_what_is_stored_is_known(tmp_path: Path) -> None:
    """A group's members are given a result only where theirs is another."""
    result = make_result("a", make_check(score=2))
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        assert not book.stores(result)
        book.put(result, TINY)
        stored = book.result("a")
        assert stored is not None
        assert book.stores(stored)
        assert not book.stores(make_result("a", make_check(score=1)))
