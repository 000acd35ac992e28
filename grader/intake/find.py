"""Which submissions lie at a path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.intake.archive import member_names
from grader.intake.files import ACCEPTED, ANSWERS_NAME, CODE_SUFFIXES, EXPERIMENTS_NAME, is_archive, is_junk

_LAYOUT = "Give the folder that holds one folder, .zip, .py or .ipynb for each student."
# These lie only in a student's own folder, never beside the submissions of a class.
_OWN_FILES = frozenset({ANSWERS_NAME, EXPERIMENTS_NAME, "__init__.py", "assignment.toml"})
_PEEK = 2**20  # bytes of a code file that are looked at to tell a class from a student
_IN_PYTHON = re.compile(rb"^(?:async )?def (\w+)", re.MULTILINE)
_IN_NOTEBOOK = re.compile(rb'(?:"|\\n)(?:async )?def (\w+)')  # code is kept in JSON strings
_EVERYBODY = frozenset({b"main"})


def find_submissions(path: Path) -> list[Path]:
    """The submissions at `path`, in order of name.

    A file is one submission. So is a folder with code or answers directly in it, unless two of its
    entries define the same function: then it is a class that handed in single files. A folder of folders
    or archives is a class. In a class every visible entry counts, also one that is no submission, so
    that its student is not forgotten; loading it says what is wrong.

    Raises UsageError when there is nothing at `path` or nothing in it.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.", hint=_LAYOUT)
    if not path.is_dir():
        return [_single_file(path)]
    try:
        entries = sorted(entry for entry in path.iterdir() if not is_junk((entry.name,)))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", hint=_LAYOUT) from error
    if not entries:
        raise UsageError(f"{path} is empty.", hint=_LAYOUT)
    if _is_one_submission(entries):
        return [path]
    if not any(_may_be_submission(entry) for entry in entries):
        shown = ", ".join(entry.name for entry in entries[:3])
        raise UsageError(f"{path} holds no submission, only other files ({shown}).", hint=_LAYOUT)
    return entries


def _single_file(path: Path) -> Path:
    """`path` itself; UsageError for an archive of archives, which is a class in a zip."""
    if not _may_be_submission(path):
        raise UsageError(f"{path} is no submission. {ACCEPTED}", hint=_LAYOUT)
    if path.suffix.lower() == ".zip" and any(is_archive(name) for name in member_names(path)):
        raise UsageError(
            f"{path} holds other archives: it looks like a whole class.",
            hint="Unpack it and give the folder that comes out.",
        )
    return path


def _is_one_submission(entries: list[Path]) -> bool:
    if any(entry.name in _OWN_FILES for entry in entries):
        return True
    code = [entry for entry in entries if entry.suffix.lower() in CODE_SUFFIXES and entry.is_file()]
    if not code or any(is_archive(entry.name) for entry in entries):
        return False
    seen: set[bytes] = set()
    for entry in entries:
        names = {name for file in _code_in(entry) for name in _defined_in(file)} - _EVERYBODY
        if names & seen:
            return False
        seen |= names
    return True


def _code_in(entry: Path) -> Iterator[Path]:
    candidates = entry.rglob("*") if entry.is_dir() and not entry.is_symlink() else [entry]
    return (
        file
        for file in candidates
        if file.suffix.lower() in CODE_SUFFIXES
        and not is_junk(file.relative_to(entry.parent).parts)
        and file.is_file()
        and not file.is_symlink()
    )


def _defined_in(file: Path) -> set[bytes]:
    """Names of public functions, by their look; none when the file cannot be read, as loading will say."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(_PEEK)
    except OSError:
        return set()
    pattern = _IN_NOTEBOOK if file.suffix.lower() == ".ipynb" else _IN_PYTHON
    return {name for name in pattern.findall(raw) if not name.startswith((b"_", b"test"))}


def _may_be_submission(entry: Path) -> bool:
    return entry.is_dir() or entry.suffix.lower() in CODE_SUFFIXES or is_archive(entry.name)
