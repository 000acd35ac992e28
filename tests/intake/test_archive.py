"""Ordinary archives are read; every forged one is refused with the member named, in bounded memory."""

from __future__ import annotations

import contextlib
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake import archive
from grader.intake import files as limits
from grader.intake.archive import read_zip
from grader.intake.files import IntakeProblem
from tests.intake.archives import CODE, forge, make_zip, make_zip_of, overlapping_zip, special_member


def refused(path: Path) -> str:
    with pytest.raises(IntakeProblem) as caught:
        read_zip(path)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_an_ordinary_archive(tmp_path: Path) -> None:
    """Folders, stored and compressed members, letters of any script."""
    path = make_zip(tmp_path / "work.zip", {"work/": b"", "work/a.py": CODE, "work/données.csv": "1,2\n"})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as more:
        more.writestr("work/stored.py", CODE * 100)
    read = read_zip(path)
    assert set(read.files) == {"work/a.py", "work/données.csv", "work/stored.py"}
    assert read.files["work/a.py"] == CODE.encode()
    assert read.left_out == ()


def test_names_as_macos_writes_them(tmp_path: Path) -> None:
    """UTF-8 without the flag that says so, decomposed letters, and its own folders."""
    path = make_zip(tmp_path / "work.zip", {"XXXe.py": CODE, "__MACOSX/._XXXe.py": b"\0", ".DS_Store": b"\0"})
    path.write_bytes(path.read_bytes().replace(b"XXXe.py", "ae\u0301.py".encode()[:3] + b"\x81.py"))
    path.write_bytes(path.read_bytes())
    assert set(read_zip(path).files) == {"aé.py"}


def test_archives_written_as_a_stream(tmp_path: Path) -> None:
    """Sizes behind the data, as `zip -` writes them."""
    path = tmp_path / "work.zip"
    code = (
        "import sys, zipfile as z\nwith z.ZipFile(sys.stdout.buffer, 'w') as f: f.writestr('a.py', 'n = 1')"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    path.write_bytes(done.stdout)
    assert read_zip(path).files == {"a.py": b"n = 1"}


def test_junk_is_not_mentioned_and_unread_kinds_are(tmp_path: Path) -> None:
    """Caches and environments vanish; a saved model or a report is listed."""
    members = {
        "a.py": CODE, "__pycache__/a.pyc": b"\0", ".git/config": b"", "node_modules/x/y.py": CODE,
        ".venv/lib/z.py": CODE, "env/pyvenv.cfg": b"", "env/lib/site.py": CODE, "README.md": b"",
        "model.keras": b"\0" * 99, "report.pdf": b"%PDF",
    }  # fmt: skip
    read = read_zip(make_zip(tmp_path / "work.zip", members))  # type: ignore[arg-type]
    assert set(read.files) == {"a.py"}
    assert [left.where for left in read.left_out] == ["model.keras", "report.pdf"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.py", "leads out of the archive"),
        ("a/../../evil.py", "leads out of the archive"),
        ("/etc/evil.py", "absolute"),
        ("C:/evil.py", "absolute"),
        ("C:evil.py", "absolute"),
        ("a\\evil.py", "backslash"),
        ("..\\evil.py", "backslash"),
        ("evil\x1b[31m.py", "unusual character"),
        ("evil\u202eyp.py", "unusual character"),
        ("evil\n.py", "unusual character"),
        ("a//evil.py", "empty part"),
        ("e" * 600 + ".py", "too long"),
        ("a/" * 40 + "evil.py", "too long"),
        (".", "no name"),
    ],
)
def test_names_that_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    """Wherever it would lead, the member is named in printable characters, and nothing is read."""
    message = refused(make_zip(tmp_path / "work.zip", {"fine.py": CODE, name: CODE}))
    assert reason in message
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert name[:4].strip("./\\\n") in message


def test_a_nul_in_a_name(tmp_path: Path) -> None:
    """zipfile would cut the name at the NUL."""
    path = make_zip(tmp_path / "work.zip", {"a.py_b.exe": CODE})
    path.write_bytes(path.read_bytes().replace(b"a.py_b", b"a.py\0b"))
    assert "unusual character" in refused(path)


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK], ids=hex
)
def test_links_and_special_files(tmp_path: Path, kind: int) -> None:
    """A link could point out of the archive."""
    info = special_member("link.py", kind | 0o777)
    assert "link.py is a link or special file" in refused(
        make_zip_of(tmp_path / "w.zip", [(info, b"/etc/passwd")])
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.py", "a.py"),
        ("a.py", "A.PY"),
        ("ä.py", "a\u0308.py"),
        ("a", "a/b.py"),
        ("ﬁ.py", "fi.py"),
        ("b.py", "./b.py"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_are_one_on_some_system(tmp_path: Path, first: str, second: str) -> None:
    """Which of two would count must not depend on the machine."""
    path = make_zip_of(tmp_path / "w.zip", [(zipfile.ZipInfo(first), b"1"), (zipfile.ZipInfo(second), b"2")])
    assert "one name" in (message := refused(path)) or "both a file and a folder" in message


@pytest.mark.parametrize("nested", ["inner.zip", "data/inner.ZIP", "inner.7z", "inner.rar", "inner.tar.gz"])
def test_nested_archives(tmp_path: Path, nested: str) -> None:
    """They are named, not opened."""
    assert nested in refused(make_zip(tmp_path / "work.zip", {"a.py": CODE, nested: b"PK"}))


def test_nested_archives_in_junk_do_not_matter(tmp_path: Path) -> None:
    """A cache may hold what it likes."""
    path = make_zip(
        tmp_path / "work.zip", {"a.py": CODE, ".tox/x.zip": b"PK", "epochmark-0.1-py3-none-any.whl": b"PK"}
    )
    assert set(read_zip(path).files) == {"a.py"}


def test_a_bomb_by_ratio(tmp_path: Path) -> None:
    """300 MB of zeros in 300 kB are refused before the first is unpacked."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb, bomb.open("bomb.py", "w") as member:
        for _ in range(300):
            member.write(b"\0" * 2**20)
    assert "bomb.py would unpack to far more than its size" in refused(path)


def test_a_bomb_of_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each below the limit, together above it, and none of a kind that is read."""
    monkeypatch.setattr(archive, "UNPACKED_LIMIT", 50 * 2**20)
    path = make_zip(tmp_path / "bomb.zip", {f"{n}.dat": b"\0" * 9 * 2**20 for n in range(6)})
    assert "would unpack to more than" in refused(path)


def test_overlapping_members(tmp_path: Path) -> None:
    """Python 3.11 would read one block fifty times over."""
    assert "overlaps" in refused(overlapping_zip(tmp_path / "bomb.zip"))


@pytest.mark.parametrize("claimed", [1, 10**6])
def test_a_size_that_is_a_lie(tmp_path: Path, claimed: int) -> None:
    """Too small or too large: the checksum or the end of the data shows it."""
    path = make_zip(tmp_path / "lie.zip", {"a.py": CODE})
    forge(path, 24, struct.pack("<L", claimed), local=22)
    assert "damaged" in refused(path)


def test_a_stored_size_that_is_a_lie(tmp_path: Path) -> None:
    """A stored member has one size, not two."""
    path = make_zip(tmp_path / "lie.zip", {"a.py": CODE}, zipfile.ZIP_STORED)
    forge(path, 24, struct.pack("<L", 10**6), local=22)
    assert "a.py claims an impossible size" in refused(path)


@pytest.mark.parametrize("flag", [0x1, 0x41, 0x2001])
def test_encrypted_members(tmp_path: Path, flag: int) -> None:
    """Nobody can grade what nobody can read."""
    path = make_zip(tmp_path / "work.zip", {"a.py": CODE})
    forge(path, 8, struct.pack("<H", flag), local=6)
    assert "a.py is encrypted" in refused(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_unusual_compression(tmp_path: Path, method: int) -> None:
    """LZMA lets the archive choose how much memory unpacking takes."""
    assert "compressed in an unusual way" in refused(make_zip(tmp_path / "work.zip", {"a.py": CODE}, method))


def test_too_many_entries(tmp_path: Path) -> None:
    """10,000 empty files are refused."""
    path = make_zip(tmp_path / "work.zip", {f"{n}.txt": b"" for n in range(10_000)})
    assert "more than 5,000 entries" in refused(path)


def test_a_directory_that_claims_to_be_huge(tmp_path: Path) -> None:
    """The size of the directory is the archive's own word, and is not taken."""
    path = make_zip(tmp_path / "work.zip", {"pad.txt": b"\0" * 10**7}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    end = raw.rindex(b"PK\x05\x06")
    raw[end + 12 : end + 20] = struct.pack("<LL", 9 * 10**6, end - 9 * 10**6)
    path.write_bytes(raw)
    assert "entries" in refused(path)


def test_large_files_are_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    """One data set too many does not cost the code."""
    path = make_zip(tmp_path / "work.zip", {"a.py": CODE, "big.csv": bytes(range(250)) * 40_000})
    read = read_zip(path)
    assert set(read.files) == {"a.py"}
    assert "at most" in read.left_out[0].why


def test_what_is_no_archive(tmp_path: Path) -> None:
    """Empty, cut short, or something else under that name."""
    path = tmp_path / "work.zip"
    make_zip(path, {"a.py": CODE * 100})
    raw = path.read_bytes()
    for broken in (b"", b"no archive", raw[:-30], raw[50:], raw[: len(raw) // 2]):
        path.write_bytes(broken)
        message = refused(path)
        assert "work.zip is damaged or no zip archive" in message or "is cut" in message


def test_damaged_contents(tmp_path: Path) -> None:
    """A flipped bit in the data is noticed by the checksum."""
    path = make_zip(tmp_path / "work.zip", {"a.py": CODE * 10}, zipfile.ZIP_STORED)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"convolve", b"convolvE", 1))
    assert "damaged" in refused(path)


def test_total_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many files, none too large, may still be too much."""
    monkeypatch.setattr(limits, "TOTAL_LIMIT", 10_000)
    path = make_zip(tmp_path / "work.zip", {f"{n}.py": CODE * 30 for n in range(20)})
    assert "come to more than" in refused(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_is_survived(tmp_path: Path, flips: list[tuple[int, int]]) -> None:
    """Whatever bytes change, the archive is read or refused in words."""
    path = make_zip(tmp_path / "work.zip", {"d/": b"", "d/a.py": CODE, "b.ipynb": "{}", "c.txt": "x" * 99})
    raw = bytearray(path.read_bytes())
    for position, value in flips:
        raw[position % len(raw)] = value
    path.write_bytes(raw)
    with contextlib.suppress(IntakeProblem):
        read_zip(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_survived(tmp_path: Path, raw: bytes) -> None:
    """Also with an archive's end at their end."""
    path = tmp_path / "work.zip"
    path.write_bytes(raw + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(raw), 0, 0))
    with contextlib.suppress(IntakeProblem):
        read_zip(path)
