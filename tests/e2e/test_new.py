"""`grader new`: what it writes works at once, and it never writes where it should not."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.assignment_folder import load_assignment
from grader.commands.release import build_wheel
from grader.results import SubmissionResult
from tests.checks import test_content
from tests.e2e.command import grader

NAME = "week3_softmax"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the skeleton in it."""
    folder = tmp_path_factory.mktemp("a course")
    made = grader("new", NAME, "--assignments", folder)
    assert made.code == 0, made.text
    return folder


def test_the_starter_is_told_that_nothing_is_implemented(course: Path) -> None:
    """`grader check` works on the skeleton as it is."""
    starter = course / "assignment" / NAME / "starter"
    checked = grader("check", starter, "--assignment", NAME, "--assignments", course)
    assert checked.code == 1
    assert "(not implemented)" in checked.text
    assert "0 of 1 public checks passed." in checked.text


def test_its_own_solution_gets_full_marks(course: Path, tmp_path: Path) -> None:
    """`grader grade` works on the skeleton as it is, in the sandbox."""
    solution = course / "reference" / NAME / "solution"
    graded = grader("grade", solution, "--assignment", NAME, "--assignments", course, "--out", tmp_path)
    assert graded.code == 0, graded.text
    result = SubmissionResult.model_validate_json((tmp_path / "instructor/solution/result.json").read_bytes())
    maximum = load_assignment(NAME, course).assignment.max_score
    assert sum(check.score or 0 for check in result.checks) == maximum == 100


def test_without_experiments_there_is_nothing_to_calibrate(course: Path) -> None:
    """The skeleton trains nothing: calibrating and reproducing it are refused with what is missing."""
    for command, words in (("calibrate", "has no experiments"), ("reproduce", "reported.toml is missing")):
        refused = grader(command, NAME, "--assignments", course)
        assert (refused.code, "Traceback" in refused.text) == (2, False), refused.text
        assert words in refused.text
        assert "docs/authors.md" in refused.text


def test_it_holds_to_the_rules_for_assignments(course: Path) -> None:
    """Points, handout, starter and answers agree, as those of every assignment of the clone."""
    folder = load_assignment(NAME, course)
    test_content.test_points_add_up(folder)
    test_content.test_checks_have_names_of_their_own_and_words(folder)
    test_content.test_every_function_has_a_public_check(folder)
    test_content.test_starter_has_every_function_and_answer(folder)
    test_content.test_handout_names_all_tasks_and_gives_nothing_away(folder)
    test_content.test_solution_answers_every_question(folder)


def test_the_commands_that_it_prints_can_be_pasted(tmp_path: Path) -> None:
    """Even where the folder's name has a blank in it."""
    course = tmp_path / "my course"
    course.mkdir()
    printed = grader("new", NAME, "--assignments", course).out
    (line,) = [line for line in printed.splitlines() if line.startswith("  grader check")]
    shell = line.replace("grader", f"{sys.executable} -m grader.cli", 1)
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=120)
    assert (done.returncode, "0 of 1 public checks passed." in done.stdout) == (1, True), done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("Week3", "--assignments", "{empty}"), "cannot be the name of an assignment"),
        (("../escape", "--assignments", "{empty}"), "cannot be the name of an assignment"),
        (("week3\n", "--assignments", "{empty}"), "cannot be the name of an assignment"),
        (("w" * 65, "--assignments", "{empty}"), "64 characters at most"),
        (("", "--assignments", "{empty}"), "cannot be the name of an assignment"),
        (("half", "--assignments", "{taken}"), "reference/half is there already"),
        (("dangling", "--assignments", "{taken}"), "assignment/dangling is there already"),
        (("good", "--assignments", "{missing}"), "does not exist"),
        (("good", "--assignments", "{file}"), "is not a folder"),
        (("good", "--assignments", "{blocked}"), "is in the way"),
        (("good", "--assignments", "{taken}/reference"), "Give the folder above"),
        (("cs7cs4_week8",), "is there already"),
        ((), "Missing argument"),
    ],
)
def test_wrong_use_is_refused_and_leaves_nothing(
    words: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    """Bad names, taken names and wrong places: one message, exit code 2, nothing written."""
    for folder in ("empty", "taken/reference/half", "taken/assignment", "blocked"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "taken" / "assignment" / "dangling").symlink_to("nowhere")
    (tmp_path / "file").touch()
    (tmp_path / "blocked" / "reference").touch()
    before = sorted(tmp_path.rglob("*"))
    places = {name: str(tmp_path / name) for name in ("empty", "taken", "missing", "file", "blocked")}
    outcome = grader("new", *(word.format(**places) for word in words))
    assert (outcome.code, "Traceback" in outcome.text) == (2, False), outcome.text
    assert expected in outcome.text
    assert sorted(tmp_path.rglob("*")) == before


def test_works_from_the_wheel(tmp_path: Path) -> None:
    """Installed rather than cloned: it needs a place, and then writes the same skeleton."""
    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        wheel.extractall(tmp_path / "installed")
    (tmp_path / "course").mkdir()

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader.cli", "new", NAME, *words]
        environment = {**os.environ, "COLUMNS": "200"}
        return subprocess.run(
            command, cwd=tmp_path / "installed", env=environment, capture_output=True, text=True, timeout=120
        )

    homeless = run()
    assert homeless.returncode == 2
    assert "Say where with --assignments DIR" in homeless.stderr
    made = run("--assignments", str(tmp_path / "course"))
    assert made.returncode == 0, made.stderr
    assert load_assignment(NAME, tmp_path / "course").assignment.name == NAME
