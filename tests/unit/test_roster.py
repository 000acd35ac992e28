"""The roster: read however a spreadsheet wrote it, and brought together with those who handed in."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.enrol import enrol
from grader.errors import UsageError
from grader.gradebook import open_gradebook
from grader.intake import Arrival, FoundClass, Person, find_class
from grader.results import HandedIn, Platform
from grader.roster import RosterEntry, attend, parse_roster, take_roll
from tests.intake.archives import CODE
from tests.intake.exports import GRADESCOPE, MOODLE, zipped
from tests.intake.test_folder import write
from tests.unit.builders import make_check, make_result
from tests.unit.test_scoring import TINY

ONE = RosterEntry("s1", "Student One", "one@example.org", "Team A", 1.5, "2027-02-01T17:30:00")
TWO = RosterEntry("s2", "Student Two")


def parse(text: str) -> tuple[RosterEntry, ...]:
    return parse_roster(text.encode(), "roster.csv")


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email,group,extension (days),submitted\n"
        "s1,Student One,one@example.org,Team A,1.5,2027-02-01 17:30\ns2,Student Two,,,,\n",
        "\ufeffName;E-Mail;Extension;Student ID;Team;Submitted at;Room\r\n"
        'Student One;one@example.org;"1,5";s1;Team A;2027-02-01T17:30:00;7\r\nStudent Two;;0;s2;;;\r\n\r\n',
        "sep=;\nSID;Full name;extension_days;email address;group name;handed in\n"
        "s1;Student One;1.5;one@example.org;Team A;2027-02-01T17:30\n s2 ;Student Two\n",
        "username\tname\temail\tgroup\tdays\tsubmission time\n"
        "s1\tStudent One\tone@example.org\tTeam A\t1.5\t2027-02-01T17:30:00\ns2\tStudent Two\n",
    ],
)
def test_however_it_was_written(text: str) -> None:
    """Any order, any separator, with or without a mark, further columns and empty lines."""
    assert parse(text) == (ONE, TWO)


def test_moodles_worksheet() -> None:
    """Its identifiers are words and a number."""
    (entry,) = parse("Identifier,Full name,Status\nParticipant 2001,Student One,Submitted\n")
    assert (entry.id, entry.name) == ("2001", "Student One")


def test_the_column_id_goes_before_others_like_it() -> None:
    """Canvas has several."""
    (entry,) = parse('Student,ID,SIS User ID,Section\n"One, Student",1001,u77,A\n')
    assert (entry.id, entry.name) == ("1001", "One, Student")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no column of ids"),
        ("name,email\nStudent One,x\n", "no column of ids; its first line is: name, email"),
        ("id,name\n", "has no students"),
        ("id,name\n,Student One\n", "line 2: there is no id"),
        ("id\ns1\nS1\n", "line 3: S1 stands there twice"),
        ("id,extension\ns1,soon\n", 'line 2: the extension "soon" is no number of days'),
        ("id,extension\ns1,-1\n", "no number of days"),
        ("id,extension\ns1,nan\n", "no number of days"),
        ("id,submitted\ns1,yesterday\n", 'line 2: "yesterday" is no time'),
        ("id,email,mail\ns1,a,b\n", 'two columns for "email"'),
        pytest.param("id\n" + "x" * 200_000 + "\n", "line 2: field larger", id="a very long id"),
    ],
)
def test_what_cannot_be_understood_is_told(text: str, complaint: str) -> None:
    """With the line, and what to do."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert complaint in caught.value.message
    assert caught.value.hint


def test_another_encoding() -> None:
    """Names would be wrong."""
    with pytest.raises(UsageError, match="not UTF-8"):
        parse_roster("id,name\ns1,Stüdent\n".encode("cp1252"), "roster.csv")


@given(st.binary(max_size=200))
def test_any_file_is_a_roster_or_told(raw: bytes) -> None:
    """Never a traceback."""
    entries: tuple[RosterEntry, ...] = ()
    with suppress(UsageError):
        entries = parse_roster(b"id,extension,submitted\n" + raw, "roster.csv")
    assert all(entry.id for entry in entries)


def test_who_is_who() -> None:
    """By id, the platform's id or address, whatever the case; the rest is absent or strange."""
    arrivals = {
        "x-1": Arrival(Person("x/1"), Platform.GRADESCOPE),
        "99": Arrival(Person("99", email="Two@Example.org"), Platform.GRADESCOPE),
    }
    roster = [
        RosterEntry("X/1"),
        RosterEntry("s2", email="two@example.org"),
        RosterEntry("ada"),
        RosterEntry("a/b"),
        RosterEntry("a-b"),
    ]
    found = attend(roster, ["Ada", "x-1", "99", "zoe"], arrivals)
    assert {name: entry.id for name, entry in found.entries.items()} == {
        "x-1": "X/1",
        "99": "s2",
        "Ada": "ada",
        "a-b": "a/b",
        "a-b-2": "a-b",
    }
    assert (found.absent, found.strangers) == (("a-b", "a-b-2"), ("zoe",))
    assert take_roll(found.entries, ["Ada", "x-1", "99", "zoe"]) == found


def test_without_a_roster_nobody_is_missing() -> None:
    """Nor strange."""
    found = take_roll({}, ["ada"])
    assert (found.absent, found.strangers) == ((), ())


def plain_class(tmp_path: Path, *names: str) -> FoundClass:
    return find_class(write(tmp_path / "class", {f"{name}/work.py": CODE for name in names}))


def test_a_team_of_the_roster_shares_its_one_work(tmp_path: Path) -> None:
    """Whoever handed it in; with an id of their own for each."""
    roster = [RosterEntry(name, team="Team A") for name in ("ada", "bob", "cem")] + [RosterEntry("dee")]
    enrolled = enrol(plain_class(tmp_path, "bob", "dee"), roster)
    found = enrolled.found
    assert found.groups == {"bob": ("ada", "cem")}
    assert sorted(found.readers) == ["ada", "bob", "cem", "dee"]
    assert found.readers["cem"]("cem").student_id == "cem"
    assert found.places["ada"] == found.places["bob"]
    assert (enrolled.attendance.absent, enrolled.attendance.strangers) == ((), ())


@pytest.mark.parametrize("folder", ["Team A", "Team-A"])
def test_a_work_in_the_name_of_the_team(folder: str, tmp_path: Path) -> None:
    """It is its members', and nobody is called like the team."""
    roster = [RosterEntry("ada", team="Team A"), RosterEntry("bob", team="Team A")]
    enrolled = enrol(plain_class(tmp_path, folder, "zoe"), roster)
    assert enrolled.found.groups == {"ada": ("bob",)}
    assert sorted(enrolled.found.readers) == ["ada", "bob", "zoe"]
    assert enrolled.attendance.strangers == ("zoe",)


def test_a_group_of_moodles_with_its_number(tmp_path: Path) -> None:
    """Its name says whose it is; a regrade knows what it is called in the export."""
    members = {name.replace("Student One_2001", "Team A_31"): content for name, content in MOODLE.items()}
    roster = [RosterEntry("ada", team="Team A"), RosterEntry("bob", team="Team A")]
    found = enrol(find_class(zipped(tmp_path, members)), roster).found
    assert sorted(found.readers) == ["2002", "ada", "bob"]
    assert (found.arrivals["bob"].work, found.arrivals["bob"].person.id) == ("31", "bob")


def test_a_group_of_the_platform_gets_the_rest_of_its_team(tmp_path: Path) -> None:
    """Somebody whom nobody named when handing in, and one who is on no roster stays."""
    roster = [RosterEntry("0101", team="A"), RosterEntry("late-comer", team="A")]
    found = enrol(find_class(zipped(tmp_path, GRADESCOPE)), roster).found
    assert found.groups == {"0101": ("0102", "late-comer")}
    assert found.arrivals["late-comer"].submitted == found.arrivals["0101"].submitted != ""


def test_a_team_with_several_works(tmp_path: Path) -> None:
    """Each stays whose it is, and it is told that somebody has none."""
    roster = [RosterEntry(name, team="Team A") for name in ("ada", "bob", "cem")]
    enrolled = enrol(plain_class(tmp_path, "ada", "bob"), roster)
    assert enrolled.found.groups == {}
    assert enrolled.notes == ("Team A handed in 2 works, ada, bob; it is open which is that of cem.",)
    assert enrolled.attendance.absent == ("cem",)


def test_what_the_gradebook_makes_of_both(tmp_path: Path) -> None:
    """The roster's time goes before the platform's; a result knows it, its stored form does not."""
    arrival = Arrival(Person("s1"), Platform.BLACKBOARD, "2027-02-01T16:00:00", work="s1")
    with open_gradebook(tmp_path / "gradebook.sqlite") as book:
        assert book.put(make_result("s1", make_check()), TINY).handed_in is None
        assert book.people.remember((), {"s1": arrival}, {}) == {"s1"}
        assert book.people.remember((), {"s1": arrival}, {}) == frozenset()
        stored = book.result("s1")
        assert stored is not None
        assert stored.handed_in == HandedIn(platform=Platform.BLACKBOARD, submitted="2027-02-01T16:00:00")
        assert book.people.enrol({"s1": ONE, "s2": TWO}) == {"s1"}
        assert book.people.enrol({"s1": ONE}) == frozenset()
        assert book.people.roster() == {"s1": ONE}
        stored = book.result("s1")
        assert stored is not None
        assert stored.handed_in == HandedIn(
            platform=Platform.BLACKBOARD, submitted="2027-02-01T17:30:00", extension_days=1.5
        )
        assert book.stores(stored)
