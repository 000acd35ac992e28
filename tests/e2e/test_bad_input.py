"""A class in which much is broken: each fault gets its message, nobody else loses a result."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.assignment_folder import clone_root
from grader.errors import ExitCode
from grader.results import SubmissionResult, Verdict
from tests.ctrl_c import heed_ctrl_c
from tests.e2e.command import PLAIN_TERMINAL, Outcome, grader

pytestmark = pytest.mark.xdist_group("bad")
CONVOLVE = """\
def convolve(image, kernel):
    n, m = len(image) - len(kernel) + 1, len(image[0]) - len(kernel[0]) + 1
    return [[sum(float(image[i + a][j + b]) * float(kernel[a][b]) for a in range(len(kernel))
             for b in range(len(kernel[0]))) for j in range(m)] for i in range(n)]
"""


def grade(folder: Path, out: Path, *more: str, **environment: str) -> Outcome:
    return grader("grade", folder, "--assignment", "cs7cs4_week8", "--out", out, *more, **environment)


def read(out: Path) -> dict[str, SubmissionResult]:
    paths = out.glob("instructor/*/result.json")
    return {path.parent.name: SubmissionResult.model_validate_json(path.read_bytes()) for path in paths}


def make_class(folder: Path) -> None:
    """Ten entries, one of them sound."""
    folder.mkdir()
    (folder / "sound.py").write_text(CONVOLVE)
    (folder / "screenshot.png").write_bytes(b"\x89PNG\r\n")
    (folder / "essay.docx").write_bytes(b"PK\x03\x04")
    (folder / "torn.zip").write_bytes(b"PK\x03\x04 this is the first half")
    (folder / "torn.ipynb").write_text('{"cells": [')
    (folder / "syntax.py").write_text("def convolve(image, kernel)\n    return image\n")
    (folder / "signature.py").write_text("def convolve(image):\n    return image\n")
    (folder / "nothing-in-it").mkdir()
    (folder / "answers").mkdir()
    (folder / "answers" / "work.py").write_text(CONVOLVE)
    (folder / "answers" / "answers.toml").write_text("strided_parameters = 37.146.000\n")
    with zipfile.ZipFile(folder / "slip.zip", "w") as archive:
        archive.writestr("../../escaped.py", CONVOLVE)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    root = tmp_path_factory.mktemp("bad")
    make_class(root / "class")
    return root, grade(root / "class", root / "out", "--seed", "5")


def test_the_run_ends_well(graded: tuple[Path, Outcome]) -> None:
    """Broken submissions are the normal case: the command is done, without a traceback."""
    root, outcome = graded
    assert outcome.code == 0, outcome.text
    assert "Traceback" not in outcome.text
    assert len(read(root / "out")) == 10
    assert not (root / "escaped.py").exists()


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("screenshot", "screenshot.png is a picture"),
        ("essay", "essay.docx"),
        ("torn.zip", "torn.zip"),
        ("torn.ipynb", "torn.ipynb"),
        ("nothing-in-it", "There are no files in it"),
        ("slip", "../../escaped.py"),
    ],
)
def test_what_cannot_be_graded_says_why(graded: tuple[Path, Outcome], student: str, words: str) -> None:
    """Each has a page with the reason, no verdict, and no zero: the instructor decides."""
    root, _ = graded
    found = {name: result for name, result in read(root / "out").items() if name.startswith(student)}
    found = found or {n: r for n, r in read(root / "out").items() if n.startswith(student.split(".")[0])}
    problems = [result.problem for result in found.values()]
    assert any(words in problem for problem in problems), problems
    assert all(result.checks == () for result in found.values() if result.problem)


def test_faulty_code_is_graded_and_explained(graded: tuple[Path, Outcome]) -> None:
    """Syntax errors, wrong signatures and a broken answers.toml cost their checks and name the place."""
    results = read(graded[0] / "out")
    syntax = next(check for check in results["syntax"].checks if check.task == "i.a")
    assert syntax.verdict in {Verdict.NOT_IMPLEMENTED, Verdict.RAISED}
    assert "line 1" in syntax.feedback
    signature = next(check for check in results["signature"].checks if check.task == "i.a")
    assert signature.verdict is Verdict.RAISED
    assert "convolve(image)" in signature.feedback
    answers = next(check for check in results["answers"].checks if check.check == "test_total_parameters")
    assert "line 1" in answers.feedback


def test_the_sound_one_is_marked_as_if_it_were_alone(graded: tuple[Path, Outcome], tmp_path: Path) -> None:
    """The same seed alone and among the broken gives the same checks."""
    root, _ = graded
    alone = grade(root / "class" / "sound.py", tmp_path / "out", "--seed", "5")
    assert alone.code == 0, alone.text
    (result,) = read(tmp_path / "out").values()
    assert result.checks == read(root / "out")["sound"].checks
    assert all(check.score == check.points for check in result.checks if check.task == "i.a")


def test_no_bubblewrap_and_no_other_tier_is_refused(tmp_path: Path) -> None:
    """Where nothing protects, nothing is graded, and the line that mends it is printed."""
    make_class(tmp_path / "class")
    outcome = grade(tmp_path / "class", tmp_path / "out", "--tier", "T1", PATH=str(tmp_path))
    assert outcome.code == 3
    assert "bubblewrap" in outcome.text
    assert not read(tmp_path / "out")


def test_another_assignment_in_the_same_folder_is_refused(
    graded: tuple[Path, Outcome], tmp_path: Path
) -> None:
    """Results of two assignments never mix."""
    shutil.copytree(clone_root() / "assignment" / "cs7cs4_week8", tmp_path / "assignment" / "other")
    shutil.copytree(clone_root() / "reference" / "cs7cs4_week8", tmp_path / "reference" / "other")
    toml = tmp_path / "assignment" / "other" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('name = "cs7cs4_week8"', 'name = "other"', 1))
    root, _ = graded
    words = (
        "grade",
        root / "class",
        "--assignment",
        "other",
        "--assignments",
        tmp_path,
        "--out",
        root / "out",
    )
    outcome = grader(*words)
    assert outcome.code == 2
    assert "holds results of cs7cs4_week8" in outcome.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_said_and_finished_results_are_kept(
    graded: tuple[Path, Outcome], tmp_path: Path
) -> None:
    """On a disk of 400 KiB: one message, exit code 3, no traceback."""
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)], check=True)
    try:
        outcome = grade(graded[0] / "class", small / "out")
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)
    assert outcome.code == 3, outcome.text
    assert "Traceback" not in outcome.text
    assert "No space left" in outcome.text or "disk is full" in outcome.text or "full" in outcome.text


def test_interrupt_and_start_again(graded: tuple[Path, Outcome], tmp_path: Path) -> None:
    """Ctrl-C ends the command with a message and without leftovers; the same command finishes."""
    root, _ = graded
    command = [sys.executable, "-m", "grader.cli", "grade", str(root / "class")]
    command += ["--assignment", "cs7cs4_week8", "--out", str(tmp_path / "out"), "--seed", "5"]
    environment = {**os.environ, **PLAIN_TERMINAL, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, cwd=clone_root(), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Checking 2/"):
            os.killpg(process.pid, signal.SIGINT)
            break
    _, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "What was finished is kept" in err
    assert "Traceback" not in err
    assert 0 < len(read(tmp_path / "out")) < 10
    assert grade(root / "class", tmp_path / "out").code == 0
    undisturbed, resumed = read(root / "out"), read(tmp_path / "out")
    assert {name: result.checks for name, result in resumed.items()} == {
        name: result.checks for name, result in undisturbed.items()
    }
