"""Read a folder into memory; nothing in it is trusted to be a plain file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.intake.files import (
    DEPTH_LIMIT,
    ENTRY_LIMIT,
    FileSet,
    IntakeProblem,
    Selection,
    is_junk,
    printable,
)

# O_NONBLOCK so that a named pipe does not hold the grader up; both are absent on Windows.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def read_folder(folder: Path) -> FileSet:
    """All files worth reading below `folder`.

    Symbolic links, pipes and devices are never opened but listed as left out. Raises IntakeProblem
    when there are too many files, they are too large, or one cannot be read.
    """
    selection = Selection()
    files: dict[str, bytes] = {}
    for count, entry in enumerate(_walk(folder, selection)):
        if count >= ENTRY_LIMIT:
            raise IntakeProblem(
                f"There are more than {ENTRY_LIMIT:,} files. Leave environments and data sets out."
            )
        relative = Path(entry.path).relative_to(folder).as_posix()
        if not is_text(relative):
            selection.skip(relative, "its name is not valid text; give it a plain name")
        elif selection.wants(relative, entry.stat(follow_symlinks=False).st_size):
            files[relative] = read_plain_file(Path(entry.path), relative)
    return FileSet(files, tuple(selection.left_out))


def _walk(folder: Path, selection: Selection) -> Iterator[os.DirEntry[str]]:
    """Plain files below `folder` in order of name, folder by folder."""
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        if len(current.relative_to(folder).parts) > DEPTH_LIMIT:
            raise IntakeProblem(
                f"Folders lie more than {DEPTH_LIMIT} deep in one another. Hand in a flat folder."
            )
        entries = _entries(current)
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue  # a virtual environment under whatever name
        folders = []
        for entry in entries:
            relative = Path(entry.path).relative_to(folder).as_posix()
            if is_junk((entry.name,)):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry
            else:
                selection.skip(relative, "it is a link or special file; hand in the file itself")
        waiting.extend(reversed(folders))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise IntakeProblem(
            f"The folder {printable(folder.name)} cannot be read: {error.strerror}."
        ) from error


def read_plain_file(path: Path, label: str) -> bytes:
    """The bytes of a regular file; IntakeProblem naming `label` when it is none or cannot be read.

    The kind is checked on the open file, so that it cannot be exchanged in between.
    """
    try:
        with open(os.open(path, _OPEN_FLAGS | getattr(os, "O_BINARY", 0)), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise IntakeProblem(f"{printable(label)} is not a plain file. Hand in the file itself.")
            return stream.read()
    except OSError as error:
        raise IntakeProblem(
            f"{printable(label)} cannot be read: {error.strerror}. This may be no fault of the student's: "
            "check the permissions and grade again."
        ) from error


def is_text(name: str) -> bool:
    """False for bytes of a file system that are no UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
