"""The digests of an assignment's checks, read from its folders."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import grader
from grader.assignment import Assignment
from grader.assignment_folder import AssignmentFolder
from grader.checks_digest import CheckDigests, digest_checks, digest_of, normalised

_SILENT = frozenset({"batch", "commands", "policy", "report", "reproduction"})
"""Packages of the grader that decide nothing about a check."""
_POLICY = {"late", "drop"}  # of assignment.toml: applied to totals, after all checks
_CHECKS = "checks/"
_NO_CHECK = ("reported.toml", "rubric.toml")
"""Files beside the checks for `grader reproduce` and `grader mark` only."""


def checks_digests(folder: AssignmentFolder, dataset_digest: str) -> CheckDigests:
    """Over checks, solution, calibration, assignment.toml, the data and the grader itself."""
    files = _contents(folder.require_hidden())
    checks = {path.removeprefix(_CHECKS): files.pop(path) for path in list(files) if path.startswith(_CHECKS)}
    for name in _NO_CHECK:
        files.pop(name, None)
    shared = digest_of(
        [
            _grader_digest(),
            dataset_digest,
            _deciding(folder.assignment),
            *(part for path, content in files.items() for part in (path, normalised(path, content))),
        ]
    )
    return digest_checks(checks, shared, folder.assignment.model_dump_json(exclude=_POLICY))


def _deciding(assignment: Assignment) -> str:
    """What of assignment.toml may decide a check. Titles, questions and the student's lab report only show
    in reports; a check's points are in its own mark, and those of its task have to follow them."""
    return assignment.model_dump_json(
        exclude={
            **dict.fromkeys(_POLICY, True),
            "title": True,
            "sections": True,
            "lab": True,
            "tasks": {"__all__": {"title", "points", "credit"}},
            "answers": {"__all__": {"question", "points"}},
        }
    )


def _contents(folder: Path) -> dict[str, bytes]:
    """Files by path from `folder`; what an editor or Python leaves behind is passed over."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(folder): path for path in paths}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in named.items()
        if not any(part.startswith(".") or part == "__pycache__" for part in name.parts)
    }


@cache
def _grader_digest() -> str:
    """Over our version and our own code: an updated clone may judge otherwise under the same version."""
    package = Path(grader.__file__).resolve().parent
    digest = sha256(grader.__version__.encode())
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package)
        if path.suffix in (".py", ".toml") and name.parts[0] not in _SILENT:
            content = path.read_bytes()
            digest.update(f"{name.as_posix()} {len(content)} ".encode())
            digest.update(content)
    return digest.hexdigest()
