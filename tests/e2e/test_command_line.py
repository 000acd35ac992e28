"""The command line: every command is documented, and every wrong use gets one clear message."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from grader.assignment_folder import clone_root
from grader.cli.app import app
from grader.errors import ExitCode
from tests.ctrl_c import heed_ctrl_c
from tests.e2e.command import grader

ASSIGNMENT = "cs7cs4_week8"

INTERRUPTED_AT_ONCE = {
    "while it imports": """
import signal
import sys
from importlib.abc import MetaPathFinder
from grader.cli import main

class CtrlC(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "typer":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, CtrlC())
main()
""",
    "while typer reads what commands there are": """
import signal
import typer.main
from grader.cli import main

typer.main.get_command = lambda _: signal.raise_signal(signal.SIGINT)
main()
""",
}


def command_names() -> list[str]:
    """Every command as typed, e.g. "data fetch"."""
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    names = []
    for name, command in root.commands.items():
        if isinstance(command, TyperGroup):
            names += [f"{name} {inner}" for inner in command.commands]
        elif not command.hidden:
            names.append(name)
    return names


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_in_the_readme_and_has_an_example(name: str) -> None:
    """The README shows the command, and its help ends with an example of it."""
    assert f"grader {name}" in (clone_root() / "README.md").read_text(encoding="utf-8")
    helped = grader(*name.split(), "--help")
    assert helped.code == ExitCode.DONE
    assert f"Example: grader {name}" in helped.text


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("grade", "{missing}", "--assignment", ASSIGNMENT, "--out", "{out}"), 2, "does not exist"),
        (("grade", "{empty}", "--assignment", ASSIGNMENT, "--out", "{out}"), 2, "empty"),
        (("grade", "{work}", "--assignment", "no_such", "--out", "{out}"), 2, f"Choose one of: {ASSIGNMENT}"),
        (("grade", "{work}", "--assignment", ASSIGNMENT, "--out", "{out}", "--jobs", "0"), 2, "--jobs"),
        (
            ("grade", "{work}", "--assignment", ASSIGNMENT, "--out", "{out}", "--format", "docx"),
            2,
            '"docx" is not a format',
        ),
        (("check", "{missing}"), 2, "does not exist"),
        (("check", "{empty}"), 2, "not an unpacked assignment"),
        (("report", "{empty}"), 2, "not a folder of results"),
        (("report", "{empty}", "--format", "docx"), 2, '"docx" is not a format'),
        (("release", "no_such", "--out", "{out}/b.zip"), 2, "There is no assignment"),
        (("data", "fetch", "imagenet"), 2, "imagenet"),
        (("experiments", "{empty}"), 2, "not an unpacked assignment"),
        (("lab-report", "{empty}"), 2, "not an unpacked assignment"),
        (("no-such-command",), 2, "No such command"),
    ],
)
def test_wrong_use_gets_a_message_and_the_documented_code(
    words: tuple[str, ...], code: int, expected: str, tmp_path: Path
) -> None:
    """Wrong paths, names and options: what was given and what to do, never a traceback."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "work.py").write_text("def convolve(image, kernel):\n    return image\n")
    names = {name: str(tmp_path / name) for name in ("missing", "empty", "work", "out")}
    outcome = grader(*(word.format(**names) for word in words))
    assert (outcome.code, "Traceback" in outcome.text) == (code, False), outcome.text
    assert expected in outcome.text


def test_broken_assignment_is_located(tmp_path: Path) -> None:
    """An error in assignment.toml names file, line, key and what is allowed; exit code 3."""
    shutil.copytree(clone_root() / "assignment" / ASSIGNMENT, tmp_path / "assignment" / ASSIGNMENT)
    (tmp_path / "reference" / ASSIGNMENT).mkdir(parents=True)
    path = tmp_path / "assignment" / ASSIGNMENT / "assignment.toml"
    text = path.read_text(encoding="utf-8").replace("max_runs = 5", "max_runs = 3000")
    path.write_text(text, encoding="utf-8")
    line = text.splitlines().index("max_runs = 3000") + 1
    words = (
        "grade",
        tmp_path,
        "--assignment",
        ASSIGNMENT,
        "--out",
        tmp_path / "out",
        "--assignments",
        tmp_path,
    )
    outcome = grader(*words)
    assert outcome.code == ExitCode.GRADER_FAULT
    assert f"assignment.toml, line {line}: statistics.max_runs" in outcome.text
    assert "less than or equal to 1000" in outcome.text


def test_grading_without_the_reference_says_where_it_belongs(tmp_path: Path) -> None:
    """Whoever has the public part only cannot grade, and is told why."""
    shutil.copytree(clone_root() / "assignment" / ASSIGNMENT, tmp_path / "assignment" / ASSIGNMENT)
    words = (
        "grade",
        tmp_path,
        "--assignment",
        ASSIGNMENT,
        "--out",
        tmp_path / "out",
        "--assignments",
        tmp_path,
    )
    outcome = grader(*words)
    assert outcome.code == ExitCode.GRADER_FAULT
    assert "reference solution" in outcome.text


@pytest.mark.parametrize("when", INTERRUPTED_AT_ONCE)
def test_ctrl_c_before_a_command_begins(when: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_AT_ONCE[when]],
        cwd=clone_root(), capture_output=True, text=True, check=False, preexec_fn=heed_ctrl_c,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.INTERRUPTED, "", "\nInterrupted.\n")
