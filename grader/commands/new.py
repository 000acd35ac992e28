"""`grader new`: a small assignment that works at once, to be changed into one's own."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from shlex import quote
from string import Template

from rich.console import Console

from grader.assignment import NAME_PATTERN
from grader.assignment_folder import clone_root
from grader.errors import UsageError
from grader.report import templates_folder

PARTS = {"assignment": "public", "reference": "hidden"}
"""Where each part of the skeleton goes. In a student's wheel no file is named after reference/."""


def make_assignment(name: str, root: Path | None) -> Path:
    """Writes root/assignment/NAME and root/reference/NAME, both or neither; returns the root.

    None stands for this clone. Raises UsageError for a bad name, a place that is no folder for
    assignments, and where there is something already; nothing is ever overwritten.
    """
    _refuse_bad_name(name)
    root = _settle_root(root)
    targets = {part: root / part / name for part in PARTS}
    for target in targets.values():
        if target.exists() or target.is_symlink():
            raise UsageError(
                f"{target} is there already, and nothing is overwritten.",
                hint="Choose another name, or move that folder away.",
            )
        if target.parent.exists() and not target.parent.is_dir():
            raise UsageError(
                f"{target.parent} is in the way: it is not a folder.",
                hint="Move it away, or choose another folder with --assignments.",
            )
    with tempfile.TemporaryDirectory(prefix=".new-", dir=root) as scratch:
        for part, source in PARTS.items():
            _fill(templates_folder() / "skeleton" / source, Path(scratch) / part, name)
        for part, target in targets.items():
            target.parent.mkdir(exist_ok=True)
            (Path(scratch) / part).rename(target)
    return root


def _refuse_bad_name(name: str) -> None:
    if not re.fullmatch(NAME_PATTERN, name):
        raise UsageError(
            f'"{name}" cannot be the name of an assignment.',
            hint="Use lower-case letters, digits and _, a letter first and 64 characters at most, "
            "such as week3_softmax.",
        )


def _settle_root(root: Path | None) -> Path:
    if root is None:
        if not (clone_root() / "pyproject.toml").is_file():
            raise UsageError(
                "This grader was installed, not cloned, so it has no folder for assignments of its own.",
                hint="Say where with --assignments DIR: any folder of yours.",
            )
        return clone_root()
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "does not exist"
        raise UsageError(f"{root} {what}.", hint="Make the folder first, or give another with --assignments.")
    place = root.resolve()
    if place.name in PARTS or (place / "assignment.toml").is_file():
        raise UsageError(
            f"{root} is itself a part of a folder of assignments.",
            hint="Give the folder above: the one that holds, or shall hold, assignment/ and reference/.",
        )
    return root


def _fill(source: Path, target: Path, name: str) -> None:
    """Copies a part of the skeleton, with the names put in."""
    words = {"name": name, "title": name.replace("_", " ").capitalize()}
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in target.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            path.write_text(Template(text).substitute(words), encoding="utf-8")


def show_next_steps(name: str, root: Path, console: Console) -> None:
    """What was written, and the commands that try it out."""

    def say(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    for part, readers in (("assignment", "students get all of it"), ("reference", "for instructors only")):
        folder = root / part / name
        say(f"{folder}  ({readers})")
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            say(f"  {path.relative_to(folder)}")
    more = f"--assignment {name}"
    if root != clone_root():
        more += f" --assignments {quote(str(root))}"
    say("\nIt works as it is. Try it, then change it into yours:")
    say(f"  grader check {quote(str(root / 'assignment' / name / 'starter'))} {more}")
    say(f"  grader grade {quote(str(root / 'reference' / name / 'solution'))} {more} --out results")
    say("docs/first-assignment.md builds one step by step; docs/authors.md lists everything.")
