"""One digest over everything that decides marks besides the submission and the seed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grader import __version__
from grader.assignment import AssignmentFolder

_IGNORED = {"__pycache__", ".pytest_cache"}


def checks_digest(folder: AssignmentFolder, dataset_digest: str) -> str:
    """SHA-256 (hex) over assignment.toml, checks, solution and calibration, the data and our version."""
    digest = hashlib.sha256(f"{__version__} {dataset_digest}".encode())
    files = [folder.public / "assignment.toml", *_files(folder.require_hidden())]
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _IGNORED & set(path.parts))
