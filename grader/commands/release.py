"""`grader release`: the zip that students get. Nothing under reference/ is ever opened for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.assignment_folder import AssignmentFolder, clone_root
from grader.commands.check import WORK_FOLDER
from grader.errors import GraderError
from grader.report import templates_folder
from grader.zip_file import write_zip

_IGNORED_PARTS = {"__pycache__", ".pytest_cache", ".ipynb_checkpoints"}


def write_bundle(folder: AssignmentFolder, out: Path) -> tuple[str, ...]:
    """Writes the zip and returns the names in it. The same clone gives the same bytes.

    Raises GraderError outside a clone, where there is no source to build the wheel from.
    """
    with tempfile.TemporaryDirectory() as scratch:
        return write_zip(out, _members(folder, build_wheel(Path(scratch))))


def build_wheel(out: Path) -> Path:
    """The wheel of this program, built from the clone without network."""
    if not (clone_root() / "pyproject.toml").is_file():
        raise GraderError(
            "A bundle needs the grader's own wheel, which is built from a clone; this grader was installed.",
            hint="Clone the repository, run `bash bootstrap.sh`, and release from there.",
        )
    from hatchling.builders.wheel import WheelBuilder  # only instructors have it: the extra "dev"

    (built,) = WheelBuilder(str(clone_root())).build(directory=str(out), versions=["standard"])
    return Path(built)


def _members(folder: AssignmentFolder, wheel: Path) -> Iterator[tuple[str, bytes]]:
    top = folder.assignment.name
    for name in ("README.md", "assignment.toml"):
        yield f"{top}/{name}", (folder.public / name).read_bytes()
    yield from tree(folder.public_checks, f"{top}/checks")
    yield from tree(folder.public / "starter", f"{top}/{WORK_FOLDER}")
    yield from tree(folder.public / "modules", f"{top}/modules")
    yield f"{top}/wheel/{wheel.name}", wheel.read_bytes()
    tox = (templates_folder() / "bundle_tox.ini").read_text(encoding="utf-8")
    yield f"{top}/tox.ini", tox.replace("WHEEL", wheel.name).encode()


def tree(folder: Path, into: str) -> Iterator[tuple[str, bytes]]:
    """Members for a zip: all files of a folder but what tools leave behind."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _IGNORED_PARTS & set(path.parts):
            yield f"{into}/{path.relative_to(folder).as_posix()}", path.read_bytes()
