"""Archives: files with safe names from inside the archive, or the member that is at fault."""

from __future__ import annotations

import io
import os
import stat
import warnings
import zipfile
from pathlib import Path, PurePosixPath

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from grader.errors import GraderError
from grader.intake import IntakeProblem, find_submissions, load_submission
from grader.intake.archive import read_zip
from grader.intake.files import DEPTH_LIMIT, ENTRY_LIMIT, TOTAL_LIMIT, size_limit
from tests.fuzz.notebooks import check_submission
from tests.fuzz.spoil import edited
from tests.fuzz.target import (
    ACCEPTED,
    Target,
    refusal,
    require_harmless,
    require_hint,
    require_message,
    scratch_folder,
)
from tests.fuzz.zip_writer import Member, write_archive
from tests.intake.notebooks import notebook

_FOLDER = scratch_folder()
_REASONS = (
    "link or special", "encrypted", "unusual way", "folder with contents", "impossible size",
    "far more than its size", "unusual character", "no name", "leads out", "absolute", "backslash",
    "empty part", "too long", "one name", "a file and a folder", "overlaps", "another archive", "entries",
    "damaged", "unpack to more", "cannot be read",
)  # fmt: skip


def contract(case: bytes) -> str:
    path = Path(_FOLDER.name) / "work.zip"
    path.write_bytes(case)
    before = sorted(os.listdir(_FOLDER.name))
    _check_found(path)
    check_submission(load_submission(path))
    try:
        found = read_zip(path)
    except IntakeProblem as problem:
        require_message(str(problem))
        return refusal(problem, next((reason for reason in _REASONS if reason in str(problem)), ""))
    finally:
        assert sorted(os.listdir(_FOLDER.name)) == before, "something was unpacked to disk"
    _check_files(found.files)
    for left in found.left_out:
        require_harmless(left.where + left.why)
    assert len(found.digest) == 64
    return ACCEPTED if found.files else "accepted without files"


def _check_found(path: Path) -> None:
    """As one of a class, and alone on the command line."""
    try:
        found = find_submissions(path)
    except GraderError as error:
        require_hint(error)
    else:
        assert found == [path]


def _check_files(files: dict[str, bytes] | object) -> None:
    assert isinstance(files, dict)
    assert len(files) <= ENTRY_LIMIT
    assert sum(map(len, files.values())) <= TOTAL_LIMIT
    assert len({name.casefold() for name in files}) == len(files)
    for name, raw in files.items():
        parts = PurePosixPath(name).parts
        assert 0 < len(parts) <= DEPTH_LIMIT
        assert not name.startswith("/")
        assert not {"..", ".", ""} & set(name.split("/"))
        assert "\\" not in name
        assert name[1:2] != ":"
        assert len(raw) <= (size_limit(name) or 0)
        require_harmless(name)


# --- cases ---------------------------------------------------------------------------------------

CODE = b"def convolve(image, kernel):\n    return image\n"
GOOD_NAMES = (
    b"a.py",
    b"work/b.py",
    b"work/",
    b"answers.toml",
    b"nb.ipynb",
    "données.csv".encode(),
    b"x/y/z.txt",
    b"m.keras",
    b"README.md",
)
BAD_NAMES = (
    b"../evil.py", b"a/../../evil.py", b"/etc/evil.py", b"C:/evil.py", b"C:evil.py", b"a\\evil.py",
    b"..\\evil.py", b"..", b"evil\x1b[31m.py", "evil\u202eyp.py".encode(), b"evil\n.py", b"a//b.py",
    b"e" * 600 + b".py", b"a/" * 40 + b"e.py", b".", b"", b"a.py\0b.exe", b"A.PY", "ä.py".encode(),
    "a\u0308.py".encode(), "ﬁ.py".encode(), b"fi.py", b"./a.py", b"a.py/b.py", b"work", b"inner.zip",
    b"inner.tar.gz", b"inner.7Z", b"__MACOSX/._a.py", b".git/config", b"\xff\xfe.py", b"\xed\xa0\x80.py",
    b"a.py ", b" ", b"con.py", b"a.py.", "a\u200b.py".encode(), "\u2028.py".encode(), b"env/pyvenv.cfg",
    b"env/lib/x.py", b"x.py:stream", b"-rf.py",
)  # fmt: skip
CONTENTS = (
    CODE,
    CODE,
    b"",
    b"x = 1\n",
    b"x = 1\n",
    b"a = 1\n",
    b"a = 1\n",
    notebook("def f(): pass\n"),
    b"\0" * 100,
    b"\0" * 300_000,
    b"#" * 2_000_000,
    b"PK\x05\x06" * 9,
)
_MODES = (
    0,
    0,
    0,
    0o644,
    stat.S_IFREG | 0o644,
    stat.S_IFDIR | 0o755,
    stat.S_IFLNK | 0o777,
    stat.S_IFIFO,
    stat.S_IFSOCK,
    stat.S_IFCHR,
    0xFFFF,
)
_FLAGS = (0x800, 0x800, 0, 0, 0x1, 0x41, 0x2001, 0x8, 0x808, 0xFFFF)
_METHODS = (8, 8, 8, 8, 0, 0, 1, 9, 12, 14, 93, 99)
_NUMBERS = st.sampled_from((0, 1, 45, 46, 100, 65_535, 10**6, 10**7 + 1, 2**31, 2**32 - 1))
_FIELDS = st.sampled_from(("size", "packed", "crc", "name", "extra", "offset", "method", "flags"))
_SMALL = frozenset({"name", "extra", "method", "flags"})
_NAMES = st.sampled_from(GOOD_NAMES * 2 + BAD_NAMES)
_GOOD, _CONTENT = st.sampled_from(GOOD_NAMES), st.sampled_from(CONTENTS)
_ODDITY = st.integers(0, 11)


@st.composite
def _member(draw: DrawFn, number: int) -> Member:
    """Mostly in order; else one or two things about it are not."""
    content, oddity = draw(_CONTENT), draw(_ODDITY)
    if oddity > 5:
        name = draw(_GOOD)
        return Member(
            name if name.endswith(b"/") else b"%d" % number + name, b"" if name.endswith(b"/") else content
        )
    if oddity == 0:
        return Member(draw(_NAMES), content, flags=draw(st.sampled_from(_FLAGS)))
    if oddity == 1:
        return Member(
            draw(_GOOD),
            content,
            draw(st.sampled_from(_METHODS)),
            attributes=draw(st.sampled_from(_MODES)) << 16,
        )
    lie = {
        key: value & (0xFFFF if key in _SMALL else 0xFFFFFFFF)
        for key, value in draw(st.dictionaries(_FIELDS, _NUMBERS, min_size=1, max_size=2)).items()
    }
    if oddity == 2:
        return Member(draw(_GOOD), content, local=lie)
    if oddity == 3:
        return Member(draw(_GOOD), content, central=lie)
    if oddity == 4:
        return Member(draw(_GOOD), content, draw(st.sampled_from((0, 8))), local=lie, central=lie)
    return Member(b"%d.py" % number, content, shares=True)


_MEMBERS = [_member(number) for number in range(4)]
_COUNT, _SELDOM = st.integers(1, 4), st.integers(0, 15)
_LIES = st.dictionaries(st.sampled_from(("start", "count", "size")), _NUMBERS, max_size=2)
_MANY = st.sampled_from((50, 1_000, 5_001, 10_000))


@st.composite
def _archives(draw: DrawFn) -> bytes:
    members = [draw(_MEMBERS[number]) for number in range(draw(_COUNT))]
    seldom = draw(_SELDOM)
    lies = draw(_LIES) if seldom == 1 else {}
    if seldom == 2 and draw(_SELDOM) == 2:
        shared = draw(_SELDOM)
        members += [Member(b"%d.py" % n, b"", method=0, shares=n % 16 < shared) for n in range(draw(_MANY))]
    return write_archive(
        members,
        lies=lies,
        before=b"#!/bin/sh\n" if seldom == 3 else b"",
        comment=b"PK" if seldom == 4 else b"",
    )


def genuine() -> list[bytes]:
    """Written by zipfile itself, with and without compression, as a stream, and a zip64."""
    found = []
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
            archive.writestr("work/a.py", CODE)
            archive.writestr("work/answers.toml", "a = 1\n")
            with archive.open("work/nb.ipynb", "w", force_zip64=method == zipfile.ZIP_STORED) as member:
                member.write(notebook("def f(): pass\n"))
        found.append(buffer.getvalue())
    found.append(write_archive([Member(b"a.py", CODE), Member(b"b.py", CODE, shares=True)], lies={}))
    return found


TOKENS = (
    b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"\x01\x00\x10\x00",
    b"\xff\xff\xff\xff", b"\x00", b"../", b"/", b"\\", b"\x00\x00", b"\xff\xff", b"a.py",
    b"\x08\x00", b"up\x10\x00",
)  # fmt: skip

TARGET = Target(
    name="archives",
    contract=contract,
    cases=edited(_archives(), TOKENS, one_in=6),
    genuine=genuine,
    tokens=TOKENS,
)
