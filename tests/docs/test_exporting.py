"""docs/exporting.md: every target is there, and its commands do what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root
from grader.export import Target
from tests.docs.commands import parse, told_by
from tests.e2e.command import grader
from tests.export.platform_files import BLACKBOARD_TABS, CANVAS, MOODLE
from tests.export.test_command import Course

PAGE = (clone_root() / "docs" / "exporting.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    grader (export .+)$", PAGE, re.MULTILINE)
DOWNLOADS = {"Grades.csv": CANVAS.encode(), "worksheet.csv": MOODLE.encode(), "gc_full.xls": BLACKBOARD_TABS}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """As the page has it: results/ and the downloaded files in the folder where the commands are given."""
    course = Course(tmp_path_factory.mktemp("course"))
    for name, content in DOWNLOADS.items():
        (course.root / name).write_bytes(content)
    return course


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_run(line: str, course: Course) -> None:
    """One after another in one folder; --assignments only says where this class's assignment is."""
    words = shlex.split(line)
    outcome = grader(
        *words, "--assignments", course.root, "--force", cwd=course.root, PYTHONPATH=str(clone_root())
    )
    assert outcome.code == 0, outcome.text
    assert (course.root / Path(words[words.index("--out") + 1])).exists()


@pytest.mark.parametrize("line", told_by(PAGE))
def test_its_commands_can_be_given(line: str) -> None:
    """With these words and options, also those that take long."""
    parse(line)


def test_every_target_is_on_the_page() -> None:
    """In a command and in words."""
    assert sorted(re.findall(r"--to (\S+)", "\n".join(COMMANDS))) == sorted(Target)
    assert not [target for target in Target if f"`{target}`" not in PAGE]
