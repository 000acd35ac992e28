"""What a job needs besides the submission, as bytes: for machines that share no files with this one."""

from __future__ import annotations

import hashlib
import io
import platform
import zipfile
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from pathlib import Path

from grader.assignment_folder import load_assignment
from grader.data import EMBEDDED, DatasetDamaged, DatasetMissing, load_dataset
from grader.errors import GraderError
from grader.grading.grade import GradingContext
from grader.models.store import KnownRuns
from grader.results import Tier

LIBRARIES = {"epochmark": 3, "tensorflow": 2, "keras": 2}
"""What must be the same on every machine, and how many parts of the version decide."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_IGNORED = {"__pycache__", ".pytest_cache"}


@dataclass(frozen=True)
class Kit:
    """`files` is a zip of the assignment's public and hidden folders; `datasets` are (name, digest) of
    the data sets in force. It holds expected values and the secret seed: for trusted processes only.

    `owner` tells apart runs that are otherwise equal.
    """

    assignment: str
    files: bytes = field(repr=False)  # Dask writes what a failed call was given into its log
    datasets: tuple[tuple[str, str], ...]
    seed: int = field(repr=False)
    tier: Tier
    owner: str

    @classmethod
    def pack(cls, context: GradingContext, tier: Tier, owner: str) -> Kit:
        """Equal folders make equal bytes."""
        name = context.folder.assignment.name
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            _add_folder(archive, f"assignment/{name}", context.folder.public)
            _add_folder(archive, f"reference/{name}", context.folder.require_hidden())
        datasets = tuple((data, load_dataset(data).digest) for data in context.dataset_names)
        return cls(name, content.getvalue(), datasets, context.seed, tier, owner)

    @property
    def name(self) -> str:
        """Tells this kit from every other: a SHA-256 over all of it."""
        content = repr([getattr(self, item.name) for item in fields(self)])
        return f"epochmark-{hashlib.sha256(content.encode()).hexdigest()[:24]}"

    def unpack(self, folder: Path) -> GradingContext:
        """Writes the files below `folder`, an empty one that nobody else can read. The context
        knows no runs but those that jobs bring along."""
        with zipfile.ZipFile(io.BytesIO(self.files)) as archive:
            archive.extractall(folder)
        assignment = load_assignment(self.assignment, folder)
        names = tuple(name for name, _ in self.datasets)
        return GradingContext(assignment, assignment.hidden_checks, names, KnownRuns(), self.seed)

    def require_datasets(self) -> None:
        """Raises GraderError where this machine has not got the very data sets."""
        for name, digest in self.datasets:
            mend = f"Run there: grader data fetch {name}"
            if name in EMBEDDED:
                mend = "It is part of epochmark: install the same version there."
            try:
                found = load_dataset(name).digest
            except (DatasetMissing, DatasetDamaged) as error:
                raise GraderError(error.message, hint=mend) from None
            if found != digest:
                raise GraderError(
                    f"Its data set {name} is not ours (digest {found[:12]}, wanted {digest[:12]}).", hint=mend
                )


def _add_folder(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _IGNORED & set(path.parts):
            member = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", _EPOCH)
            archive.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)


def own_versions() -> dict[str, str]:
    """Those of LIBRARIES and of Python, on this machine."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def differences(versions: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """What keeps a machine with `versions` from giving the results of one with `wanted`."""
    parts = {"python": 2, **LIBRARIES}
    return [
        f"{name} {versions[name]} (wanted: {_cut(wanted[name], kept)})"
        for name, kept in parts.items()
        if _cut(versions[name], kept) != _cut(wanted[name], kept)
    ]


def _cut(text: str, parts: int) -> str:
    return ".".join(text.split(".")[:parts])
