"""Read a zip archive into memory, member by member; nothing is ever extracted to disk.

Every member's name, kind, size and place in the file is checked before the first byte is unpacked,
because Python 3.11's zipfile itself accepts overlapping members and reads an unbounded directory.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from grader.intake.files import (
    DEPTH_LIMIT,
    ENTRY_LIMIT,
    MIB,
    FileSet,
    IntakeProblem,
    Selection,
    is_archive,
    is_junk,
    megabytes,
    printable,
)

ZIP_LIMIT = 500 * MIB  # the archive itself, as handed in
UNPACKED_LIMIT = 1024 * MIB  # all members as declared, read or not
RATIO_LIMIT = 200  # code and text shrink to a tenth, notebooks of plain plots to a fiftieth
RATIO_FREE = 10 * MIB  # members smaller than this may shrink as they like
_DIRECTORY_LIMIT = 4 * MIB  # 5,000 entries with long names have 1
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8_NAME = 0x800
_NEXT_STEP = "Make a new zip of the files themselves with the system's own tool and hand in again."


class _DirectoryTooLarge(Exception):
    pass


_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError)


class _BoundedReads(io.FileIO):
    """A file that refuses large reads while `bounded`: zipfile reads the directory in one go, as large
    as the archive says it is."""

    bounded = True

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = -1 if size is None else size
        if not self.bounded:
            return super().read(wanted) or b""
        if wanted > _DIRECTORY_LIMIT:
            raise _DirectoryTooLarge
        raw = super().read(wanted if wanted >= 0 else _DIRECTORY_LIMIT + 1) or b""
        if len(raw) > _DIRECTORY_LIMIT:
            raise _DirectoryTooLarge
        return raw


def read_zip(path: Path) -> FileSet:
    """All files worth reading in the archive at `path`.

    Raises IntakeProblem, naming the member at fault, for anything that an ordinary archive of
    coursework does not have.
    """
    label = printable(path.name)
    if path.stat().st_size > ZIP_LIMIT:
        raise IntakeProblem(f"{label} has more than {megabytes(ZIP_LIMIT)}. Leave data and models out.")
    try:
        with _BoundedReads(path) as stream, zipfile.ZipFile(stream) as archive:
            stream.bounded = False
            return _read_members(archive, stream)
    except _DirectoryTooLarge:
        raise IntakeProblem(f"{label} has more than {ENTRY_LIMIT:,} entries. {_NEXT_STEP}") from None
    except _DAMAGED as error:
        raise IntakeProblem(
            f"{label} is damaged or no zip archive ({printable(str(error))}). {_NEXT_STEP}"
        ) from error
    except OSError as error:
        raise IntakeProblem(f"{label} cannot be read: {error.strerror or error}. {_NEXT_STEP}") from error


def member_names(path: Path) -> list[str]:
    """Names as the archive at `path` lists them; none when it cannot be read. For a first look only."""
    try:
        with _BoundedReads(path) as stream, zipfile.ZipFile(stream) as archive:
            return archive.namelist()
    except (OSError, _DirectoryTooLarge, *_DAMAGED):
        return []


def _read_members(archive: zipfile.ZipFile, stream: BinaryIO | io.FileIO) -> FileSet:
    members = archive.infolist()
    if len(members) > ENTRY_LIMIT:
        raise IntakeProblem(f"The zip has more than {ENTRY_LIMIT:,} entries. {_NEXT_STEP}")
    for member in members:
        _check_member(member)
    named = sorted(((_safe_name(member), member) for member in members), key=lambda pair: pair[0])
    _check_distinct(name for name, _ in named)
    _check_layout(members, stream, archive.start_dir)
    selection = Selection()
    files: dict[str, bytes] = {}
    environments = {PurePosixPath(n).parent for n, _ in named if PurePosixPath(n).name == "pyvenv.cfg"}
    for name, member in named:
        path = PurePosixPath(name)
        if name.endswith("/") or is_junk(path.parts) or environments.intersection(path.parents):
            continue
        if is_archive(name):
            raise IntakeProblem(f"The zip holds another archive, {printable(name)}. {_NEXT_STEP}")
        if selection.wants(name, member.file_size):
            # zipfile stops at the declared size and then compares the checksum.
            files[name] = archive.read(member)
            if len(files[name]) != member.file_size:
                raise zipfile.BadZipFile(f"{name} is shorter than the archive says")
    return FileSet(files, tuple(selection.left_out))


def _check_member(member: zipfile.ZipInfo) -> None:
    """Kind, encryption and sizes of one member; IntakeProblem names it."""
    mode = member.external_attr >> 16
    stored = member.compress_type == zipfile.ZIP_STORED
    reasons = {
        "is a link or special file": stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR),
        "is encrypted": bool(member.flag_bits & _ENCRYPTED),
        "is compressed in an unusual way": not stored and member.compress_type != zipfile.ZIP_DEFLATED,
        "is a folder with contents": member.orig_filename.endswith("/") and member.file_size > 0,
        "claims an impossible size": stored and member.file_size != member.compress_size,
        "would unpack to far more than its size": member.file_size > RATIO_FREE
        and member.file_size > RATIO_LIMIT * member.compress_size,
    }
    _refuse_first(member.orig_filename, reasons)


def _safe_name(member: zipfile.ZipInfo) -> str:
    """The member's name in NFC without "." parts; IntakeProblem when it is no plain relative name.

    macOS writes UTF-8 without saying so, which zipfile then reads as cp437.
    """
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = name.split("/")
    reasons = {
        "has an unusual character in its name": any(unicodedata.category(c)[0] == "C" for c in name),
        "has no name": not name.strip("/."),
        "has a name that leads out of the archive": ".." in parts,
        "has an absolute name": name.startswith("/") or name[1:2] == ":",
        "has a backslash in its name": "\\" in name,
        "has an empty part in its name": "" in parts[:-1],
        "has a name that is too long": len(name) > 500 or len(parts) > DEPTH_LIMIT,
    }
    _refuse_first(name, reasons)
    return unicodedata.normalize("NFC", "/".join(part for part in parts if part != "."))


def _refuse_first(name: str, reasons: Mapping[str, bool]) -> None:
    for reason, applies in reasons.items():
        if applies:
            raise IntakeProblem(
                f"The zip's member {printable(name[:200]) or '(unnamed)'} {reason}. {_NEXT_STEP}"
            )


def _check_distinct(names: Iterable[str]) -> None:
    """No two members may be one file on some system: equal, equal but for case, or file and folder."""
    seen: dict[str, str] = {}
    for name in names:
        key = unicodedata.normalize("NFKC", name.rstrip("/")).casefold()
        if key in seen:
            raise IntakeProblem(
                f"The zip's members {printable(seen[key])} and {printable(name)} are one name. {_NEXT_STEP}"
            )
        seen[key] = name
    for key in seen:
        for parent in PurePosixPath(key).parents:
            holder = seen.get(str(parent))
            if holder is not None and not holder.endswith("/"):
                raise IntakeProblem(
                    f"The zip's member {printable(holder)} is both a file and a folder. {_NEXT_STEP}"
                )


def _check_layout(members: list[zipfile.ZipInfo], stream: BinaryIO | io.FileIO, directory: int) -> None:
    """Members must lie one after the other before the directory, and add up to a bearable size."""
    if sum(member.file_size for member in members) > UNPACKED_LIMIT:
        raise IntakeProblem(
            f"The zip would unpack to more than {megabytes(UNPACKED_LIMIT)}. Leave data and models out."
        )
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [member.header_offset for member in ordered[1:]] + [directory]
    for member, end in zip(ordered, ends, strict=True):
        stream.seek(max(member.header_offset, 0), os.SEEK_SET)
        fields = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        start = member.header_offset + _LOCAL_HEADER.size + fields[9] + fields[10]
        if member.header_offset < 0 or fields[0] != b"PK\x03\x04" or start + member.compress_size > end:
            raise IntakeProblem(
                f"The zip's member {printable(member.orig_filename)} overlaps another or is cut. {_NEXT_STEP}"
            )
