"""The entry pages of students and instructors do what they say, in their order."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment_folder import load_assignment
from grader.commands.new import make_assignment
from grader.commands.release import write_bundle
from tests.docs.commands import read_page
from tests.docs.guide import assert_all_is_run, make_shell, run_guide

PAGES = ("instructors.md", "students.md")


def test_instructors(tmp_path: Path) -> None:
    """From an empty folder."""
    empty = tmp_path / "work"
    empty.mkdir()
    run_guide(read_page("instructors.md"), empty, make_shell(tmp_path))


def test_students(tmp_path: Path) -> None:
    """From the zip that the page begins with."""
    course, work = tmp_path / "course", tmp_path / "work"
    course.mkdir()
    work.mkdir()
    make_assignment("week3_pixels", course)
    write_bundle(load_assignment("week3_pixels", course), work / "week3_pixels.zip")
    run_guide(read_page("students.md"), work, make_shell(tmp_path))


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_a_file_or_a_command(page: str) -> None:
    """Nothing that looks like a step is passed over."""
    assert_all_is_run(read_page(page))
