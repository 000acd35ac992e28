"""Whose is what in an export, by the names of its files alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.intake.platforms import Export, Work, parse, recognise
from grader.results import Platform
from tests.intake.exports import (
    BLACKBOARD,
    CANVAS,
    GRADESCOPE,
    METADATA,
    MOODLE,
    MOODLE_BEFORE_4_1,
    MOODLE_FLAT,
    RECEIPT,
)

EXPORTS = [
    (Platform.CANVAS, CANVAS),
    (Platform.MOODLE, MOODLE),
    (Platform.MOODLE, MOODLE_BEFORE_4_1),
    (Platform.MOODLE, MOODLE_FLAT),
    (Platform.BLACKBOARD, BLACKBOARD),
    (Platform.GRADESCOPE, GRADESCOPE),
]


def without_junk(members: dict[str, str | bytes]) -> list[str]:
    return [name for name in members if "__MACOSX" not in name and ".DS_Store" not in name]


def read(platform: Platform, members: dict[str, str | bytes]) -> Export:
    return parse(platform, without_junk(members), lambda name: str(members[name]))


def by_id(export: Export) -> dict[str, Work]:
    return {work.people[0].id: work for work in export.works}


@pytest.mark.parametrize(("platform", "members"), EXPORTS)
@pytest.mark.parametrize("wrapper", ["", "download/", "a/b/"])
def test_recognised_by_themselves(platform: Platform, members: dict[str, str | bytes], wrapper: str) -> None:
    """Also inside folders that unpacking made, and beside a file that somebody put there."""
    names = [wrapper + name.removeprefix("assignment_7_export/") for name in without_junk(members)]
    assert recognise(names) is platform
    assert recognise([*names, f"{wrapper}notes.txt"]) is platform


def test_the_folder_that_gradescope_makes_itself() -> None:
    """Everything lies in it; the metadata of a student among others makes no export."""
    assert recognise(without_junk(GRADESCOPE)) is Platform.GRADESCOPE
    assert recognise(["ada/work.py", "bob/submission_metadata.yml"]) is Platform.PLAIN


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["ada/work.py", "bob/work.py"],
        ["ada.zip", "bob.zip"],
        ["work.py", "answers.toml", "data_2020_01_rain.csv"],
        ["student_1.py", "student_2.py"],
        ["submission_1/work.py", "submission_2/work.py"],
    ],
)
def test_what_is_no_export(names: list[str]) -> None:
    """Folders, archives and files of any name stay what they are."""
    assert recognise(names) is Platform.PLAIN


def test_canvas() -> None:
    """Late markers, anonymous works, typed text; the number that Canvas puts into a name goes again."""
    found = read(Platform.CANVAS, CANVAS)
    works = by_id(found)
    assert list(works) == ["1001", "1002", "1004", "anon_x1Y2z"]
    assert sorted(works["1001"].files.values()) == ["answers.toml", "work.py"]
    assert [works[key].late for key in works] == [False, True, False, False]
    assert [works[key].people[0].name for key in works] == ["studentone", "studenttwo", "studentfour", ""]
    assert list(works["1004"].files.values()) == ["text.html"]
    assert {work.submitted for work in found.works} == {""}
    assert found.notes == ()


def test_canvas_numbers_that_must_stay() -> None:
    """Where the name without it is another file's, or nothing looks for it."""
    names = ["one_1_10_work.py", "one_1_11_work-1.py", "one_1_12_lab-2.ipynb", "one_1_13_2-1.py"]
    (work,) = parse(Platform.CANVAS, names, str).works
    assert sorted(work.files.values()) == ["2-1.py", "lab-2.ipynb", "work-1.py", "work.py"]


def test_canvas_two_downloads_in_one_folder() -> None:
    """Of two files of one name the one that was uploaded later counts; the other is told."""
    names = ["one_1_900_work.py", "one_LATE_1_1000_work.py"]
    (work,) = parse(Platform.CANVAS, names, str).works
    assert dict(work.files) == {"one_LATE_1_1000_work.py": "work.py"}
    assert [(left.where, left.what) for left in work.left_out] == [("work.py", "file")]
    assert work.late


def test_a_student_named_late_is_not_late() -> None:
    """Canvas writes names in small letters, and the marker in capitals."""
    (work,) = parse(Platform.CANVAS, ["late_7_70_work.py"], str).works
    assert (work.people[0].id, work.people[0].name, work.late) == ("7", "late", False)


@pytest.mark.parametrize("members", [MOODLE, MOODLE_BEFORE_4_1])
def test_moodle_folders(members: dict[str, str | bytes]) -> None:
    """Paths inside the folder stay; typed text stands apart."""
    works = by_id(read(Platform.MOODLE, members))
    assert sorted(works["2001"].files.values()) == ["onlinetext/onlinetext.html", "parts/more.py", "work.py"]
    assert works["2001"].people[0].name == "Student One"
    assert (works["2002"].submitted, works["2002"].late) == ("", None)


def test_moodle_flat() -> None:
    """Everything in the prefix; a blind participant has no name."""
    works = by_id(read(Platform.MOODLE, MOODLE_FLAT))
    assert sorted(works["2001"].files.values()) == ["more_parts.py", "onlinetext/onlinetext.html", "work.py"]
    assert (works["2002"].people[0].name, list(works["2002"].files.values())) == ("", ["work.py"])


def test_moodle_groups() -> None:
    """A group has its own name and number; those who are in none have no number."""
    names = ["Team A_31_assignsubmission_file/a.py", "Default group_assignsubmission_file/b.py"]
    people = [work.people[0] for work in parse(Platform.MOODLE, names, str).works]
    assert [(person.id, person.name) for person in people] == [
        ("Default group", "Default group"),
        ("31", "Team A"),
    ]


def test_two_students_of_one_name_on_moodle() -> None:
    """The participant's number tells them apart."""
    names = [f"Student One_{number}_assignsubmission_file_work.py" for number in (1, 2)]
    assert [work.people[0].id for work in parse(Platform.MOODLE, names, str).works] == ["1", "2"]


def test_blackboard() -> None:
    """The latest attempt counts; receipts tell where a user's name begins, and never reach a submission."""
    works = by_id(read(Platform.BLACKBOARD, BLACKBOARD))
    one, two = works["one_s"], works["two"]
    assert (one.people[0].name, one.submitted, one.late) == ("Student One", "2027-02-01T16:30:00", None)
    assert list(one.files.values()) == ["work.py"]
    assert [(left.where, left.what) for left in one.left_out] == [
        ("attempt of 2027-01-31 10:00:00", "1 file")
    ]
    assert (two.people[0].name, list(two.files.values())) == ("", ["my_own_work.py"])


def test_blackboard_users_that_end_alike_are_not_merged() -> None:
    """Without receipts both seem to be "s"; they are two works all the same."""
    names = [f"Lab_{user}_attempt_2027-02-01-10-00-00_work.py" for user in ("one_s", "two_s")]
    assert [work.people[0].id for work in parse(Platform.BLACKBOARD, names, str).works] == ["s", "s"]


@pytest.mark.parametrize("text", ["", "nothing", "Name: Student One (another)", "\ufeff" + RECEIPT])
def test_a_receipt_that_does_not_fit(text: str) -> None:
    """Its user is not the one in the file's name: the name alone decides."""
    head = "Lab_one_attempt_2027-02-01-10-00-00"
    (work,) = parse(Platform.BLACKBOARD, [f"{head}.txt", f"{head}_work.py"], lambda name: text).works
    assert work.people[0].id == "one"


def test_gradescope() -> None:
    """Groups, times with their zone, a student's number whose zero stays."""
    found = read(Platform.GRADESCOPE, GRADESCOPE)
    works = by_id(found)
    assert [person.id for person in works["0101"].people] == ["0101", "0102"]
    assert works["0101"].people[1].email == "two@example.org"
    assert sorted(works["0101"].files.values()) == ["parts/more.py", "work.py"]
    assert works["0101"].submitted == "2027-02-01T16:30:00+00:00"
    assert works["0103"].submitted == "2027-02-01T18:30:00+00:00"
    assert found.notes == ()


def test_gradescope_without_submitters_or_files() -> None:
    """Neither a folder that nobody is known to have handed in nor an entry without files is lost."""
    names = ["submission_metadata.yml", "submission_9/work.py"]
    found = parse(Platform.GRADESCOPE, names, lambda name: METADATA)
    works = by_id(found)
    assert sorted(works) == ["0101", "0103", "submission_9"]
    assert works["0103"].files == {}
    assert "does not say who handed in submission_9" in found.notes[0]


def test_gradescope_twice_the_same_student() -> None:
    """The latest submission counts, also where the earlier was a group's: the other member keeps that."""
    later = METADATA.replace("'0103'", "'0101'")
    found = parse(Platform.GRADESCOPE, list(GRADESCOPE)[:4], lambda name: later)
    assert sorted([person.id for person in work.people] for work in found.works) == [["0101"], ["0102"]]
    assert "0101 handed in more than once" in found.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a\n- b\n",
        "a: [",
        "a: !!python/object/apply:os.system ['true']",
        "x: &a [*a]\n" * 2,
        "[" * 100_000,
    ],
)
def test_metadata_that_cannot_be_read(text: str) -> None:
    """Told in words; nothing in it is ever called."""
    with pytest.raises(UsageError, match=r"submission_metadata\.yml"):
        parse(Platform.GRADESCOPE, ["submission_metadata.yml", "submission_1/a.py"], lambda name: text)


@pytest.mark.parametrize("record", ["1", "{}", "{':submitters': 3}", "{':submitters': [1, {}]}"])
def test_metadata_of_another_shape(record: str) -> None:
    """The work is kept under the name of its folder."""
    text = f"submission_1: {record}\n"
    names = ["submission_metadata.yml", "submission_1/a.py"]
    found = parse(Platform.GRADESCOPE, names, lambda name: text)
    assert [work.people[0].id for work in found.works] == ["submission_1"]


@pytest.mark.parametrize(("platform", "members"), EXPORTS)
def test_names_in_no_known_shape_are_told(platform: Platform, members: dict[str, str | bytes]) -> None:
    """With the name, so that somebody can look."""
    odd = "assignment_7_export/odd.txt" if platform is Platform.GRADESCOPE else "odd.txt"
    found = read(platform, {**members, odd: ""})
    assert "1 file has no name as" in found.notes[0]
    assert odd in found.notes[0]


letters = st.text("abcdefghijklmnopqrstuvwxyzäöß", min_size=1, max_size=8)
numbers = st.integers(1, 10**7).map(str)
files = st.text("abc_-. 1", min_size=1, max_size=12).map(lambda text: f"{text}.py")


@given(st.one_of(st.just(""), letters), st.booleans(), numbers, numbers, files)
def test_canvas_names_come_apart_as_they_were_put_together(
    name: str, late: bool, user: str, attachment: str, file: str
) -> None:
    """As Canvas's own code puts them together; a file may have "_" and numbers in its name."""
    parts = [name] * bool(name) + ["LATE"] * late + [user, attachment, file]
    (work,) = parse(Platform.CANVAS, ["_".join(parts)], str).works
    assert (work.people[0].id, work.people[0].name, work.late) == (user, name, late)
    (kept,) = work.files.values()
    assert kept == file or file.replace(kept.removesuffix(".py"), "", 1).startswith("-")


@given(st.text("abc éß'-.1", min_size=1, max_size=12), numbers, files, st.sampled_from(["/", "_/", "_"]))
def test_moodle_names_come_apart_as_they_were_put_together(
    name: str, number: str, file: str, between: str
) -> None:
    """In all three layouts; a name has no "_", which Moodle sees to."""
    member = f"{name}_{number}_assignsubmission_file{between}{file}"
    (work,) = parse(Platform.MOODLE, [member], str).works
    assert (work.people[0].id, work.people[0].name) == (number, name)
    assert work.files == {member: file}


@given(letters, st.text("abc_1", min_size=1, max_size=8), st.datetimes(), files)
def test_blackboard_names_come_apart_as_they_were_put_together(
    assignment: str, user: str, when: object, file: str
) -> None:
    """With the help of the receipt, whatever "_" a user's name has."""
    stamp = f"{when:%Y-%m-%d-%H-%M-%S}".rjust(19, "0")
    head = f"{assignment}_{user}_attempt_{stamp}"
    receipt = f"Name: Student One ({user})\n"
    (work,) = parse(Platform.BLACKBOARD, [f"{head}.txt", f"{head}_{file}"], lambda name: receipt).works
    assert (work.people[0].id, work.files) == (user, {f"{head}_{file}": file})


@given(st.lists(st.text(min_size=1, max_size=30), max_size=8), st.sampled_from(list(Platform)[:3]))
def test_every_name_is_a_work_or_told(names: list[str], platform: Platform) -> None:
    """Whatever the names: nothing vanishes, and nothing fails."""
    names = list(dict.fromkeys(names))
    found = parse(platform, names, lambda name: "")
    placed = [member for work in found.works for member in work.files]
    told = sum(len(work.left_out) for work in found.works)
    assert len(placed) == len(set(placed))
    assert set(placed) <= set(names)
    assert len(placed) + told == len(names) or found.notes
