"""`grader package`: the zip that a platform runs to grade each submission as it comes."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.assignment import Assignment
from grader.assignment_folder import AssignmentFolder
from grader.commands.release import build_wheel, tree
from grader.data import EMBEDDED
from grader.errors import UsageError
from grader.export.container import ContainerSettings
from grader.report import templates_folder
from grader.zip_file import write_zip

_SEED_BITS = 48
_RUN = "run_autograder"


def new_seed() -> int:
    """A secret one for all submissions that the package will grade."""
    return secrets.randbits(_SEED_BITS)


def write_package(
    folder: AssignmentFolder, settings: ContainerSettings, out: Path, *, force: bool
) -> tuple[str, ...]:
    """Writes the zip and returns the names in it. The same seed gives the same bytes.

    Raises UsageError where `out` is there already, GraderError outside a clone or without the reference.
    """
    folder.require_hidden()
    if out.exists() and not force:
        raise UsageError(f"{out} is there already.", hint="Choose another path with --out, or give --force.")
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build_wheel(Path(scratch))
        return write_zip(out, _members(folder, settings, wheel), executable=("setup.sh", _RUN))


def _members(
    folder: AssignmentFolder, settings: ContainerSettings, wheel: Path
) -> Iterator[tuple[str, bytes]]:
    scripts, name = templates_folder() / "gradescope", folder.assignment.name
    setup = (scripts / "setup.sh").read_text(encoding="utf-8")
    yield "setup.sh", setup.replace("DATASETS", " ".join(_to_fetch(folder.assignment))).encode()
    yield _RUN, (scripts / _RUN).read_bytes()
    yield "settings.json", settings.model_dump_json(indent=1).encode()
    yield f"wheel/{wheel.name}", wheel.read_bytes()
    yield from tree(folder.public, f"assignment/{name}")
    yield from tree(folder.require_hidden(), f"reference/{name}")


def _to_fetch(assignment: Assignment) -> list[str]:
    """The data sets that the assignment means; stand-ins are in the wheel."""
    wanted = dict.fromkeys(names[0] for names in assignment.dataset_lists)
    return [name for name in wanted if name not in EMBEDDED]
