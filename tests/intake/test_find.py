"""Which submissions lie at a path, and what their students are called."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.intake import assign_student_ids, find_submissions, load_submission, safe_student_id
from tests.fuzz.zip_writer import Member, write_archive
from tests.intake.archives import CODE, make_zip
from tests.intake.notebooks import notebook
from tests.intake.test_folder import write


def found(path: Path) -> list[str]:
    return [item.name for item in find_submissions(path)]


def test_a_class_of_every_kind(tmp_path: Path) -> None:
    """Folders, archives, files and notebooks, in order of name; junk is passed over."""
    write(
        tmp_path,
        {
            "ada/solution.py": CODE,
            "cem.py": CODE,
            "dee.ipynb": notebook(CODE),
            ".DS_Store": "",
            "__MACOSX/x": "",
        },
    )
    make_zip(tmp_path / "bob.zip", {"a.py": CODE})
    assert found(tmp_path) == ["ada", "bob.zip", "cem.py", "dee.ipynb"]


def test_a_student_with_a_picture_only_is_not_forgotten(tmp_path: Path) -> None:
    """What is no submission is listed too; loading it says so."""
    assert found(write(tmp_path, {"ada/a.py": CODE, "bob.png": b"", "cem.docx": b""})) == [
        "ada",
        "bob.png",
        "cem.docx",
    ]


def test_a_class_of_single_files(tmp_path: Path) -> None:
    """Two files that define the same function come from two students."""
    assert found(write(tmp_path / "py", {"ada.py": CODE, "bob.py": CODE})) == ["ada.py", "bob.py"]
    notebooks = {"ada.ipynb": notebook("n = 1\n" + CODE), "bob.ipynb": notebook(CODE), "cem.py": "n = 1"}
    assert found(write(tmp_path / "ipynb", notebooks)) == ["ada.ipynb", "bob.ipynb", "cem.py"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "files",
    [
        {"solution.py": CODE},
        {"solution.py": CODE, "answers.toml": ""},
        {"answers.toml": "", "part/solution.py": CODE},
        {
            "models.py": "def build(): pass\ndef main(): pass",
            "images.py": CODE + "def main(): pass\ndef test_a(): pass",
        },
        {"a.py": CODE, "b.py": CODE, "answers.toml": ""},
        {"main.py": CODE, "pkg/__init__.py": "", "pkg/models.py": "def build(): pass"},
        {"work.ipynb": notebook(CODE), "picture.png": b""},
    ],
)
def test_one_submission(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    """A folder with code of one student is that student's."""
    assert find_submissions(write(tmp_path / "ada", files)) == [tmp_path / "ada"]


@pytest.mark.parametrize("name", ["ada.py", "ada.ipynb", "ada.zip"])
def test_one_file(tmp_path: Path, name: str) -> None:
    """A file is a submission."""
    write(tmp_path, {name: b""})
    assert find_submissions(tmp_path / name) == [tmp_path / name]


def test_nothing_there(tmp_path: Path) -> None:
    """Each with the next step."""
    write(tmp_path, {"empty/.DS_Store": "", "others/a.pdf": "", "others/b.txt": "", "a.pdf": ""})
    for name, message in {
        "absent": "does not exist",
        "empty": "is empty",
        "others": r"holds no submission, only other files \(a.pdf, b.txt\)",
        "a.pdf": "is no submission",
    }.items():
        with pytest.raises(UsageError, match=message) as caught:
            find_submissions(tmp_path / name)
        assert caught.value.hint


def test_a_zip_of_zips_is_a_class(tmp_path: Path) -> None:
    """It is to be unpacked first."""
    path = make_zip(tmp_path / "class.zip", {"ada.zip": b"PK", "bob.zip": b"PK"})
    with pytest.raises(UsageError, match="whole class"):
        find_submissions(path)


def test_a_first_look_at_a_huge_directory_costs_little(tmp_path: Path) -> None:
    """Before loading refuses it, nobody lists the hundred thousand names of an archive."""
    members = [Member(b"", b"", method=0)] + [Member(b"", b"", method=0, shares=True)] * 110_000
    path = tmp_path / "work.zip"
    path.write_bytes(write_archive(members, lies={}))
    tracemalloc.start()
    assert find_submissions(path) == [path]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "Ada-Lovelace"),
        ("Zoë Müller_123", "Zoë-Müller_123"),
        ("李华", "李华"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("-rf", "rf"),
        ("a\x00b\n\u202ec", "a-b-c"),
        ("<script>", "script"),
        ("=cmd", "cmd"),
        ("a" * 100, "a" * 64),
        ("𠀀" * 64, "𠀀" * 50),
        ("NUL", "id-NUL"),
        ("com1.tar", "id-com1.tar"),
        ("console", "console"),
    ],
)
def test_safe_ids(name: str, identity: str) -> None:
    """Letters of any script stay; nothing leads out of a folder or into a spreadsheet or page."""
    assert safe_student_id(name) == identity


@given(st.text(max_size=200))
def test_any_id_is_a_plain_file_name(name: str) -> None:
    """For any text; and making it safe twice changes nothing."""
    identity = safe_student_id(name)
    assert identity == Path(identity).name
    assert identity not in ("", ".", "..")
    assert len(identity) <= 64
    assert len(identity.encode()) <= 200
    assert safe_student_id(identity) == identity


def test_ids_of_a_class_are_distinct(tmp_path: Path) -> None:
    """The first in order keeps its id, the next gets -2; upper and lower case count as the same."""
    names = ["Ada.py", "ada", "ada-2.py", "ada.zip", "bob.tar.gz"]
    (tmp_path / "ada").mkdir()
    ids = assign_student_ids([tmp_path / name for name in names])
    assert list(ids.values()) == ["Ada", "ada-3", "ada-2", "ada-4", "bob.tar"]


def test_long_names_that_begin_alike(tmp_path: Path) -> None:
    """What is added to tell them apart is not cut off again when the submission is loaded."""
    paths = [tmp_path / f"{beginning}{end}" for beginning in ("x" * 70, "𠀀" * 60) for end in "ab"]
    for path in paths:
        path.mkdir()
    loaded = [load_submission(path, name).student_id for path, name in assign_student_ids(paths).items()]
    assert loaded == ["x" * 64, "x" * 62 + "-2", "𠀀" * 50, "𠀀" * 49 + "-2"]


@given(st.lists(st.text(st.sampled_from("aAé-2. /"), min_size=1, max_size=4), max_size=12, unique=True))
def test_any_class_gets_distinct_ids(names: list[str]) -> None:
    """As many ids as submissions, also on systems that do not tell case apart."""
    paths = list(dict.fromkeys(Path("class") / name.replace("/", "_") for name in names))
    ids = assign_student_ids(paths)
    assert len({identity.casefold() for identity in ids.values()}) == len(paths)
