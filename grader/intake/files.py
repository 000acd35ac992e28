"""The files of one submission in memory, and what intake accepts of them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.results import LeftOut

MIB = 2**20

ENTRY_LIMIT = 5_000  # files and folders in one submission, ignored ones included
DEPTH_LIMIT = 20  # folders inside folders
SOURCE_LIMIT = 1 * MIB  # one Python file; a long course project has 0.1
NOTEBOOK_LIMIT = 100 * MIB  # pictures in stored outputs make notebooks large
ANSWERS_LIMIT = 1 * MIB
EXPERIMENTS_LIMIT = 5 * MIB
DATA_LIMIT = 5 * MIB  # all data files together
TOTAL_LIMIT = 200 * MIB  # everything that is read

CODE_SUFFIXES = frozenset({".py", ".ipynb"})
DATA_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".npy", ".txt", ".csv", ".tsv", ".json"})
ARCHIVE_ENDINGS = (".zip", ".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
ANSWERS_NAME = "answers.toml"
EXPERIMENTS_NAME = "experiments.json"

_JUNK = frozenset({"__MACOSX", "__pycache__", "node_modules", "venv", "Thumbs.db", "desktop.ini"})
# Lie beside the work in every starter folder; listing them as left out would tell nobody anything.
_HOUSEKEEPING = frozenset(
    {"readme.md", "license", "tox.ini", "pyproject.toml", "assignment.toml", "setup.cfg", "requirements.txt"}
)

ACCEPTED = "Hand in a folder, a .zip, a .py or an .ipynb file."


class IntakeProblem(Exception):
    """Why a submission, or one file of it, cannot be taken in; the text is for student and instructor."""


@dataclass(frozen=True)
class FileSet:
    """Files that were read, by relative path with forward slashes, and those that were not."""

    files: Mapping[str, bytes]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def has_code(self) -> bool:
        """True when a module or notebook is among them."""
        return any(PurePosixPath(name).suffix.lower() in CODE_SUFFIXES for name in self.files)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over (name, length, bytes) of every file, sorted by name."""
        sha256 = hashlib.sha256()
        for name in sorted(self.files):
            raw, encoded = self.files[name], name.encode()
            sha256.update(f"{len(encoded)}:{len(raw)}:".encode() + encoded)
            sha256.update(raw)
        return sha256.hexdigest()


def is_junk(parts: tuple[str, ...]) -> bool:
    """True for what systems and tools leave behind: hidden files, caches, environments."""
    return any(part.startswith(".") or part in _JUNK for part in parts)


def is_archive(name: str) -> bool:
    """True for names of archives of any kind, readable or not."""
    return name.lower().endswith(ARCHIVE_ENDINGS)


def environments(names: Iterable[str]) -> set[PurePosixPath]:
    """Folders that are virtual environments, under whatever name."""
    paths = map(PurePosixPath, names)
    return {path.parent for path in paths if path.name == "pyvenv.cfg"}


def size_limit(path: str) -> int | None:
    """The most bytes that a file of this name may have; None when files of its kind are not read."""
    name = PurePosixPath(path).name
    suffix = PurePosixPath(path).suffix.lower()
    if name == ANSWERS_NAME:
        return ANSWERS_LIMIT
    if name == EXPERIMENTS_NAME:
        return EXPERIMENTS_LIMIT
    if suffix == ".py":
        return SOURCE_LIMIT
    if suffix == ".ipynb":
        return NOTEBOOK_LIMIT
    return DATA_LIMIT if suffix in DATA_SUFFIXES else None


def megabytes(size: int) -> str:
    """A size in bytes for people, e.g. "2.5 MB"."""
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"


@dataclass
class Selection:
    """Decides, file by file, what is read; the same for folders and archives."""

    left_out: list[LeftOut] = field(default_factory=list)
    _total: int = 0

    def wants(self, path: str, size: int) -> bool:
        """True when the file `path` of `size` bytes is to be read; otherwise notes why not.

        Raises IntakeProblem when the whole becomes too large.
        """
        limit = size_limit(path)
        name = PurePosixPath(path).name
        if limit is None or name.lower() in _HOUSEKEEPING:
            if name.lower() not in _HOUSEKEEPING:
                self.skip(path, "the grader reads code, notebooks, answers and small data files only")
            return False
        if size > limit:
            self.skip(path, f"it has {megabytes(size)}, and at most {megabytes(limit)} are read")
            return False
        self._total += size
        if self._total > TOTAL_LIMIT:
            raise IntakeProblem(
                f"The files come to more than {megabytes(TOTAL_LIMIT)}. "
                "Clear the outputs of the notebooks, leave data out and hand in again."
            )
        return True

    def skip(self, path: str, why: str) -> None:
        """Note that `path` is not read."""
        self.left_out.append(LeftOut(where=printable(path), what="file", why=why))


def printable(text: str) -> str:
    """`text` without control and direction-changing characters, for messages and reports."""
    return "".join(c if unicodedata.category(c)[0] != "C" else f"<{ord(c):02x}>" for c in text)


def unwrap(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Take away folders that hold everything else, unless they are Python packages."""
    current = dict(files)
    while current:
        tops = {name.partition("/")[0] for name in current}
        (top,) = tops if len(tops) == 1 else ("",)
        if not top or top in current or f"{top}/__init__.py" in current:
            break
        current = {name.partition("/")[2]: raw for name, raw in current.items()}
    return current
