"""A class from an export: the same submissions zipped and unpacked, with ids that are told apart."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake import FoundClass, find_class, load_submission
from grader.intake.archive import read_zip
from grader.results import Platform
from grader.submission import Submission
from tests.intake.archives import CODE, make_zip, make_zip_of, overlapping_zip, special_member
from tests.intake.exports import (
    BLACKBOARD,
    BOTH_WAYS,
    CANVAS,
    GRADESCOPE,
    METADATA,
    MOODLE,
    MOODLE_FLAT,
    unpacked,
    zipped,
)
from tests.intake.test_folder import write

Packed = Callable[[Path, dict[str, str | bytes]], Path]


def loaded(found: FoundClass) -> dict[str, Submission]:
    return {name: read(name) for name, read in found.readers.items()}


def inner_zip(members: dict[str, str]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return raw.getvalue()


@pytest.mark.parametrize("pack", BOTH_WAYS)
@pytest.mark.parametrize(
    ("members", "platform", "ids"),
    [
        (CANVAS, Platform.CANVAS, ["1001", "1002", "1004", "anon_x1Y2z"]),
        (MOODLE, Platform.MOODLE, ["2001", "2002"]),
        (MOODLE_FLAT, Platform.MOODLE, ["2001", "2002"]),
        (BLACKBOARD, Platform.BLACKBOARD, ["one_s", "two"]),
        (GRADESCOPE, Platform.GRADESCOPE, ["0101", "0102", "0103"]),
    ],
)
def test_an_export_zipped_and_unpacked(
    pack: Packed,
    members: dict[str, str | bytes],
    platform: Platform,
    ids: list[str],
    tmp_path: Path,
) -> None:
    """Recognised, read without names of people in it, and of the same digest as the files by themselves."""
    found = find_class(pack(tmp_path, members))
    assert (found.platform, list(found.readers)) == (platform, ids)
    submissions = loaded(found)
    for name, submission in submissions.items():
        assert submission.student_id == name
        assert "Student One" not in repr(submission)
    first = submissions[ids[0]]
    assert first.defining("convolve") is not None
    assert first.problem == ""
    if platform is Platform.GRADESCOPE:
        alone = load_submission(
            write(tmp_path / "alone", {"work.py": CODE, "parts/more.py": "n = 1\n"}), "0101"
        )
        assert first == alone


def test_what_the_platform_says_of_each(tmp_path: Path) -> None:
    """Names, times and markers stay with the ids."""
    found = find_class(zipped(tmp_path, CANVAS))
    assert [arrival.late for arrival in found.arrivals.values()] == [False, True, False, False]
    found = find_class(zipped(tmp_path, GRADESCOPE))
    assert found.groups == {"0101": ("0102",)}
    assert found.arrivals["0102"].person.name == "Student Two"
    assert found.arrivals["0102"].submitted == found.arrivals["0101"].submitted != ""


def test_an_earlier_attempt_is_told_in_the_submission(tmp_path: Path) -> None:
    """Whoever looks at the report sees that another attempt was there."""
    submission = loaded(find_class(unpacked(tmp_path, BLACKBOARD)))["one_s"]
    assert submission.left_out[0].where == "attempt of 2027-01-31 10:00:00"
    assert submission.files == ("work.py",)


@pytest.mark.parametrize("pack", BOTH_WAYS)
def test_a_zip_in_the_export(pack: Packed, tmp_path: Path) -> None:
    """What the student zipped is opened, with the limits of a single submission."""
    work = inner_zip({"lab/work.py": CODE, "lab/answers.toml": "n = 1"})
    bad = inner_zip({"more.zip": "PK"})
    members = {
        "one_1_10_lab.zip": work,
        "two_2_20_lab.zip": work,
        "two_2_21_old.zip": work,
        "three_3_30_lab.zip": bad,
        "four_4_40_lab.rar": b"Rar!",
    }
    found = loaded(find_class(pack(tmp_path, members)))  # type: ignore[arg-type]
    (tmp_path / "one.zip").write_bytes(work)
    assert found["1"] == load_submission(tmp_path / "one.zip", "1")
    assert "2 archives (lab.zip, old.zip)" in found["2"].problem
    assert "holds another archive" in found["3"].problem
    assert "lab.rar is an archive that is not a .zip" in found["4"].problem


def test_ids_that_are_one_name_on_some_systems(tmp_path: Path) -> None:
    """Two students are never merged, and it is told what each is called."""
    members = {"anon_aB_10_work.py": CODE, "anon_Ab_20_work.py": "n = 1"}
    found = find_class(zipped(tmp_path, members))  # type: ignore[arg-type]
    assert list(found.readers) == ["anon_Ab", "anon_aB-2"]
    assert "anon_aB is called anon_aB-2 here" in found.notes[0]
    assert [len(read(name).files) for name, read in found.readers.items()] == [1, 1]


def test_ids_that_are_no_names_of_files(tmp_path: Path) -> None:
    """Addresses and paths as ids become harmless, and stay two."""
    text = METADATA.replace("'0101'", "'../x'").replace("'0102'", "'x'").replace("'0103'", "''")
    found = find_class(zipped(tmp_path, {**GRADESCOPE, "assignment_7_export/submission_metadata.yml": text}))
    assert list(found.readers) == ["x", "x-2", "Student-Three"]
    assert {arrival.person.id for arrival in found.arrivals.values()} == {"../x", "x", "Student Three"}


def test_a_link_in_an_unpacked_export(tmp_path: Path) -> None:
    """Never followed; its student is told and everybody else is read."""
    secret = write(tmp_path, {"secret.py": "def convolve(): 1"}) / "secret.py"
    folder = unpacked(tmp_path, {"one_1_10_work.py": CODE, "two_2_20_more.py": CODE})
    (folder / "two_2_21_work.py").symlink_to(secret)
    (folder / "three_3_30_work").symlink_to(tmp_path)
    found = loaded(find_class(folder))
    assert found["2"].files == ("more.py",)
    assert found["2"].left_out[0].where == "work.py"
    assert "link" in found["2"].left_out[0].why
    assert "no Python file" in found["3"].problem


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_members_of_a_zip(tmp_path: Path) -> None:
    """Each is left out where it is, and told; the others are read."""
    made = make_zip_of(
        tmp_path / "export.zip",
        [
            (zipfile.ZipInfo("one_1_10_work.py"), CODE.encode()),
            (special_member("two_2_20_work.py", stat.S_IFLNK | 0o777), b"/etc/passwd"),
            (zipfile.ZipInfo("../three_3_30_work.py"), CODE.encode()),
            (zipfile.ZipInfo("/four_4_40_work.py"), CODE.encode()),
            (zipfile.ZipInfo("five_5_50_a.py"), CODE.encode()),
            (zipfile.ZipInfo("five_5_50_a.py"), b"n = 1"),
        ],
    )
    found = loaded(find_class(made))
    assert set(found) == {"1", "2", "3", "4", "5"}
    assert found["1"].files == ("work.py",)
    for name, reason in [("2", "link"), ("3", "leads out"), ("4", "absolute"), ("5", "two members")]:
        assert found[name].files == ()
        assert reason in found[name].left_out[0].why


def test_a_bomb_is_one_students(tmp_path: Path) -> None:
    """A member that would unpack to far more than its size is not unpacked; the class is graded."""
    made = tmp_path / "export.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("one_1_10_work.py", CODE)
        with bomb.open("two_2_20_work.ipynb", "w") as member:
            for _ in range(60):
                member.write(b"\0" * 2**20)
    found = loaded(find_class(made))
    assert found["1"].problem == ""
    assert "unpack to far more" in found["2"].left_out[0].why


def test_an_archive_that_is_broken_or_forged_altogether(tmp_path: Path) -> None:
    """It is no export, and loading it says what is wrong."""
    (tmp_path / "broken.zip").write_bytes(b"PK")
    assert find_class(tmp_path / "broken.zip").platform is Platform.PLAIN
    with pytest.raises(UsageError, match=r"broken\.zip cannot be read.*damaged"):
        find_class(tmp_path / "broken.zip", Platform.CANVAS)
    assert find_class(overlapping_zip(tmp_path / "bomb.zip")).platform is Platform.PLAIN


def test_a_virtual_environment_is_not_read(tmp_path: Path) -> None:
    """Whatever it is called."""
    root = "Student One_1_assignsubmission_file"
    members = {f"{root}/work.py": CODE, f"{root}/env/pyvenv.cfg": "", f"{root}/env/lib/x.py": CODE}
    (submission,) = loaded(find_class(zipped(tmp_path, members))).values()  # type: ignore[arg-type]
    assert submission.files == ("work.py",)


def test_too_many_files_of_one_student(tmp_path: Path) -> None:
    """The limits of a single submission hold for each."""
    root = "Student One_1_assignsubmission_file"
    members: dict[str, str | bytes] = {f"{root}/{number}.txt": "" for number in range(5_001)}
    members["Student Two_2_assignsubmission_file/work.py"] = CODE
    found = loaded(find_class(zipped(tmp_path, members)))
    assert "more than 5,000 files" in found["1"].problem
    assert found["2"].problem == ""


def test_what_is_forced(tmp_path: Path) -> None:
    """An export can be taken as plain files, and plain files as no export."""
    folder = unpacked(tmp_path, CANVAS)
    assert len(find_class(folder, Platform.PLAIN).readers) == 5
    with pytest.raises(UsageError, match="no submission as Moodle names them"):
        find_class(folder, Platform.MOODLE)
    with pytest.raises(UsageError, match=r"no submission_metadata\.yml"):
        find_class(folder, Platform.GRADESCOPE)
    plain = write(tmp_path / "plain", {"ada/work.py": CODE})
    with pytest.raises(UsageError, match="no submission as Canvas"):
        find_class(plain, Platform.CANVAS)


def test_plain_classes_are_as_before(tmp_path: Path) -> None:
    """Nothing is said of anybody."""
    folder = write(tmp_path / "class", {"ada/work.py": CODE, "bob/work.py": CODE})
    found = find_class(folder)
    assert (found.platform, found.arrivals, found.notes) == (Platform.PLAIN, {}, ())
    assert found.places == {"ada": folder / "ada", "bob": folder / "bob"}
    with pytest.raises(UsageError, match="does not exist"):
        find_class(tmp_path / "absent")


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A file system allows any bytes; the student is told."""
    folder = unpacked(tmp_path, {"one_1_10_work.py": CODE})
    try:
        (folder / os.fsdecode(b"two_2_20_w\xff.py")).write_text(CODE)
    except OSError:
        pytest.skip("this file system takes text only")
    found = loaded(find_class(folder))
    assert "not valid text" in found["2"].left_out[0].why


def test_a_class_larger_than_one_submission_may_be(tmp_path: Path) -> None:
    """6,000 entries are too many for a student, and few for a class."""
    members: dict[str, str | bytes] = {
        f"s{number}_{number}_{number}_work.py": f"n = {number}" for number in range(1, 6_001)
    }
    path = make_zip(tmp_path / "class.zip", members, zipfile.ZIP_STORED)
    found = find_class(path)
    assert len(found.readers) == 6_000
    assert found.readers["77"]("77").modules[0].source == "n = 77"
    with pytest.raises(Exception, match="more than 5,000 entries"):
        read_zip(path)
