"""The files of a whole class, in a folder or an archive: all are listed, some are read when asked for."""

from __future__ import annotations

import os
import stat
import unicodedata
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.intake.archive import Bounds, check_member, open_archive, read_member, safe_name
from grader.intake.files import DEPTH_LIMIT, MIB, IntakeProblem, is_junk, printable
from grader.intake.folder import is_text, read_plain_file

_CLASS = Bounds(entries=200_000, directory=64 * MIB, unpacked=2**40)
_TWICE = "two members of the archive have its name"
_DEPTH = DEPTH_LIMIT + 3  # the platform's folders lie around a student's own


@dataclass(frozen=True)
class Member:
    """A file of `size` bytes; `problem` is why it must not be read."""

    size: int
    problem: str = ""


@dataclass(frozen=True)
class Members:
    """The files below the folder, or in the archive, at `path`, by name with forward slashes; no junk."""

    path: Path
    listed: Mapping[str, Member]

    def read(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Each of `names` that has no problem, with its bytes. Raises IntakeProblem."""
        if self.path.is_dir():
            yield from ((name, read_plain_file(self.path / name, name)) for name in names)
            return
        with ExitStack() as stack:
            archive = stack.enter_context(_open(self.path, stack))
            for name, found in _named(archive):
                if name in names:
                    yield name, read_member(archive, found)


def list_members(path: Path) -> Members:
    """Raises IntakeProblem where it cannot be told at all what is there."""
    if path.is_dir():
        return Members(path, dict(_walk(path)))
    listed: dict[str, Member] = {}
    with ExitStack() as stack:
        for name, found in _named(stack.enter_context(_open(path, stack))):
            if not name.endswith("/") and not is_junk(tuple(name.split("/"))):
                problem = _TWICE if name in listed else _problem(found)
                listed[name] = Member(found.file_size, problem)
    return Members(path, listed)


def _open(path: Path, stack: ExitStack) -> zipfile.ZipFile:
    try:
        stream = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise IntakeProblem(f"{printable(path.name)} cannot be read: {error.strerror}.") from error
    return stack.enter_context(open_archive(stream, printable(path.name), _CLASS))


def _named(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Members with names that lead nowhere else. One with another name keeps it, made harmless, so that its
    student is found; it is not read."""
    for found in archive.infolist():
        try:
            yield safe_name(found), found
        except IntakeProblem:
            yield _harmless(found.orig_filename), found


def _harmless(name: str) -> str:
    parts = (part for part in printable(name).replace("\\", "/").split("/") if part not in ("", ".", ".."))
    return unicodedata.normalize("NFC", "/".join(parts)) or "(unnamed)"


def _problem(found: zipfile.ZipInfo) -> str:
    try:
        safe_name(found)
        check_member(found)
    except IntakeProblem as problem:
        return str(problem)
    return ""


def _walk(folder: Path) -> Iterator[tuple[str, Member]]:
    """Files in order of name. Links are listed and never followed."""
    for current, folders, files in os.walk(folder, onerror=_refuse):
        inside = Path(current).relative_to(folder)
        deep = len(inside.parts) >= _DEPTH
        closed = {name for name in folders if deep or Path(current, name).is_symlink()}
        folders[:] = sorted(name for name in folders if not is_junk((name,)) and name not in closed)
        for name in sorted([*files, *closed]):
            relative = (inside / name).as_posix()
            if not is_junk((name,)):
                yield relative, _look_at(Path(current) / name, relative)


def _refuse(error: OSError) -> NoReturn:
    raise IntakeProblem(f"{printable(str(error.filename))} cannot be read: {error.strerror}.") from error


def _look_at(path: Path, relative: str) -> Member:
    if not is_text(relative):
        return Member(0, "its name is not valid text; give it a plain name")
    if path.is_dir() and not path.is_symlink():
        return Member(0, f"it lies more than {_DEPTH} folders deep")
    try:
        found = path.lstat()
    except OSError as error:
        return Member(0, f"it cannot be read: {error.strerror}")
    if not stat.S_ISREG(found.st_mode):
        return Member(0, "it is a link or special file; hand in the file itself")
    return Member(found.st_size)
