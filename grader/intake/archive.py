"""Read a zip archive into memory, member by member; nothing is ever extracted to disk.

Every member's name, kind, size and place in the file is checked before the first byte is unpacked,
because Python 3.11's zipfile itself accepts overlapping members and reads an unbounded directory.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from grader.intake.files import (
    DEPTH_LIMIT,
    ENTRY_LIMIT,
    MIB,
    FileSet,
    IntakeProblem,
    Selection,
    environments,
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
NEXT_STEP = "Make a new zip of the files themselves with the system's own tool and hand in again."


class _DirectoryTooLarge(Exception):
    pass


_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError)


class _BoundedReads:
    """A stream that refuses large reads while it is `bounded`: zipfile reads the directory in one go, as
    large as the archive says it is."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable
        self.bounded = True
        self._stream = stream
        self._limit = limit

    def read(self, size: int = -1, /) -> bytes:
        if not self.bounded:
            return self._stream.read(size)
        if size > self._limit:
            raise _DirectoryTooLarge
        raw = self._stream.read(size if size >= 0 else self._limit + 1)
        if len(raw) > self._limit:
            raise _DirectoryTooLarge
        return raw


@dataclass(frozen=True)
class Bounds:
    """What an archive may have: entries, bytes of the list of them, bytes when unpacked."""

    entries: int
    directory: int
    unpacked: int


@contextlib.contextmanager
def open_archive(stream: BinaryIO, label: str, bounds: Bounds) -> Iterator[zipfile.ZipFile]:
    """An archive whose members lie apart and within `bounds`; none of them has been looked at.

    Raises IntakeProblem, also for what goes wrong while it is read.
    """
    try:
        bounded = _BoundedReads(stream, bounds.directory)
        with zipfile.ZipFile(cast(BinaryIO, bounded)) as archive:
            bounded.bounded = False
            members = archive.infolist()
            if len(members) > bounds.entries:
                raise _DirectoryTooLarge
            _check_layout(members, stream, archive.start_dir, bounds.unpacked)
            yield archive
    except _DirectoryTooLarge:
        raise IntakeProblem(f"{label} has more than {bounds.entries:,} entries. {NEXT_STEP}") from None
    except _DAMAGED as error:
        raise IntakeProblem(
            f"{label} is damaged or no zip archive ({printable(str(error))}). {NEXT_STEP}"
        ) from error
    except OSError as error:
        raise IntakeProblem(f"{label} cannot be read: {error.strerror or error}. {NEXT_STEP}") from error


def read_zip(path: Path) -> FileSet:
    """All files worth reading in the archive at `path`.

    Raises IntakeProblem, naming the member at fault, for anything that an ordinary archive of
    coursework does not have.
    """
    label = printable(path.name)
    if path.stat().st_size > ZIP_LIMIT:
        raise IntakeProblem(f"{label} has more than {megabytes(ZIP_LIMIT)}. Leave data and models out.")
    try:
        with path.open("rb") as stream:
            return read_zip_stream(stream, label)
    except OSError as error:
        raise IntakeProblem(f"{label} cannot be read: {error.strerror or error}. {NEXT_STEP}") from error


def read_zip_stream(stream: BinaryIO, label: str) -> FileSet:
    """As `read_zip`, from an open file or from memory; `label` names it in messages."""
    bounds = Bounds(ENTRY_LIMIT, _DIRECTORY_LIMIT, UNPACKED_LIMIT)
    with open_archive(stream, label, bounds) as archive:
        return _read_members(archive)


def member_names(path: Path) -> list[str]:
    """Names as the archive at `path` lists them; none when it cannot be read. For a first look only."""
    try:
        with path.open("rb") as stream:
            bounded = _BoundedReads(stream, _DIRECTORY_LIMIT)
            with zipfile.ZipFile(cast(BinaryIO, bounded)) as archive:
                return archive.namelist()
    except (OSError, _DirectoryTooLarge, *_DAMAGED):
        return []


def _read_members(archive: zipfile.ZipFile) -> FileSet:
    members = archive.infolist()
    for member in members:
        check_member(member)
    named = sorted(((safe_name(member), member) for member in members), key=lambda pair: pair[0])
    _check_distinct(name for name, _ in named)
    selection = Selection()
    files: dict[str, bytes] = {}
    inside_environment = environments(name for name, _ in named)
    for name, member in named:
        path = PurePosixPath(name)
        if name.endswith("/") or is_junk(path.parts) or inside_environment.intersection(path.parents):
            continue
        if is_archive(name):
            raise IntakeProblem(f"The zip holds another archive, {printable(name)}. {NEXT_STEP}")
        if selection.wants(name, member.file_size):
            # zipfile stops at the declared size and then compares the checksum.
            files[name] = read_member(archive, member)
    return FileSet(files, tuple(selection.left_out))


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Raises zipfile.BadZipFile and the like when it is not as the archive says."""
    raw = archive.read(member)
    if len(raw) != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename} is shorter than the archive says")
    return raw


def check_member(member: zipfile.ZipInfo) -> None:
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


def safe_name(member: zipfile.ZipInfo) -> str:
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
                f"The zip's member {printable(name[:200]) or '(unnamed)'} {reason}. {NEXT_STEP}"
            )


def _check_distinct(names: Iterable[str]) -> None:
    """No two members may be one file on some system: equal, equal but for case, or file and folder."""
    seen: dict[str, str] = {}
    for name in names:
        key = unicodedata.normalize("NFKC", name.rstrip("/")).casefold()
        if key in seen:
            raise IntakeProblem(
                f"The zip's members {printable(seen[key])} and {printable(name)} are one name. {NEXT_STEP}"
            )
        seen[key] = name
    for key in seen:
        for parent in PurePosixPath(key).parents:
            holder = seen.get(str(parent))
            if holder is not None and not holder.endswith("/"):
                raise IntakeProblem(
                    f"The zip's member {printable(holder)} is both a file and a folder. {NEXT_STEP}"
                )


def _check_layout(members: list[zipfile.ZipInfo], stream: BinaryIO, directory: int, unpacked: int) -> None:
    """Members must lie one after the other before the directory, and add up to a bearable size."""
    if sum(member.file_size for member in members) > unpacked:
        raise IntakeProblem(
            f"The zip would unpack to more than {megabytes(unpacked)}. Leave data and models out."
        )
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [member.header_offset for member in ordered[1:]] + [directory]
    for member, end in zip(ordered, ends, strict=True):
        stream.seek(max(member.header_offset, 0), os.SEEK_SET)
        fields = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        start = member.header_offset + _LOCAL_HEADER.size + fields[9] + fields[10]
        if member.header_offset < 0 or fields[0] != b"PK\x03\x04" or start + member.compress_size > end:
            raise IntakeProblem(
                f"The zip's member {printable(member.orig_filename)} overlaps another or is cut. {NEXT_STEP}"
            )
