"""Where an assignment lives: its public and its hidden half."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.assignment import Assignment, read_assignment
from grader.errors import GraderError, UsageError


@dataclass(frozen=True)
class AssignmentFolder:
    """Where an assignment lives: `public` may be seen by students, `hidden` must not.

    `hidden` is None in a student's bundle.
    """

    assignment: Assignment
    public: Path
    hidden: Path | None

    @property
    def public_checks(self) -> Path:
        return self.public / "checks"

    @property
    def hidden_checks(self) -> Path:
        """Raises GraderError in a bundle, which has none."""
        return self.require_hidden() / "checks"

    @property
    def calibration(self) -> Path:
        return self.require_hidden() / "calibration.json"

    @property
    def rubric(self) -> Path:
        return self.require_hidden() / "rubric.toml"

    def require_hidden(self) -> Path:
        if self.hidden is None or not self.hidden.is_dir():
            raise GraderError(
                f"The reference solution of {self.assignment.name} was not found.",
                hint="Work in a clone of the repository, or point --assignments at a folder that holds "
                f"assignment/{self.assignment.name} and reference/{self.assignment.name}.",
            )
        return self.hidden


def clone_root() -> Path:
    """The folder that holds grader/ and, in a clone, assignment/ and reference/."""
    return Path(__file__).resolve().parents[1]


def load_assignment(name: str, root: Path) -> AssignmentFolder:
    """Finds `root/assignment/name`. Raises UsageError when it is not there, GraderError when broken."""
    public = root / "assignment" / name
    if not (public / "assignment.toml").is_file():
        there = sorted(path.parent.name for path in (root / "assignment").glob("*/assignment.toml"))
        raise UsageError(
            f'There is no assignment "{name}" in {root / "assignment"}.',
            hint=f"Choose one of: {', '.join(there)}."
            if there
            else "Point --assignments at a folder that "
            "holds assignment/NAME/assignment.toml and reference/NAME.",
        )
    assignment = read_assignment(public / "assignment.toml")
    if assignment.name != name:
        raise GraderError(
            f'{public / "assignment.toml"}: name = "{assignment.name}", but its folder is "{name}".',
            hint="Make the two equal.",
        )
    return AssignmentFolder(assignment, public, root / "reference" / name)
