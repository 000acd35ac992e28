"""What students get: the bundle works in an empty environment and holds nothing of the reference."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from grader.assignment_folder import clone_root
from tests.e2e.command import grader

ASSIGNMENT = "cs7cs4_week8"
REFERENCE = clone_root() / "reference"

pytestmark = pytest.mark.xdist_group("bundle")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, made by the command."""
    path = tmp_path_factory.mktemp("release") / "bundle.zip"
    outcome = grader("release", ASSIGNMENT, "--out", path)
    assert outcome.code == 0, outcome.text
    return path


@pytest.fixture(scope="module")
def unpacked(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    return folder / ASSIGNMENT


def members(data: bytes) -> dict[str, bytes]:
    """Every file in a zip, and in the wheels inside it."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            found[name] = content
            if name.endswith(".whl"):
                found |= {f"{name}!{inner}": inside for inner, inside in members(content).items()}
    return found


def secret_lines() -> set[bytes]:
    """Lines that only reference/ has: long enough to be telling, and in no public file."""
    public = {
        line.strip()
        for folder in ("assignment", "grader", "templates")
        for path in (clone_root() / folder).rglob("*")
        if path.suffix in {".py", ".toml", ".md", ".json", ".ini", ".html"}
        for line in path.read_bytes().splitlines()
    }
    hidden = {
        line.strip()
        for path in REFERENCE.rglob("*")
        if path.suffix in {".py", ".toml", ".json"}
        for line in path.read_bytes().splitlines()
    }
    return {line for line in hidden - public if len(line) >= 30}


def test_nothing_of_the_reference_is_inside(bundle: Path) -> None:
    """No name, no file and no telling line of reference/ is in the bundle or in the wheel in it."""
    inside = members(bundle.read_bytes())
    wheel = [name.split("!")[1] for name in inside if "!" in name]
    assert {name.split("/")[0] for name in wheel if ".dist-info" not in name} == {"grader"}
    assert any(name.startswith("grader/templates/") for name in wheel)
    assert not [name for name in inside if "reference" in name or "calibration.json" in name]
    expect_no_secret(inside)


def expect_no_secret(inside: dict[str, bytes]) -> None:
    secrets = secret_lines()
    assert len(secrets) > 200
    for name, content in inside.items():
        leaked = secrets.intersection(line.strip() for line in content.splitlines())
        assert not leaked, f"{name} holds {sorted(leaked)[:3]}"


def test_a_notebook_comes_with_its_modules(tmp_path: Path) -> None:
    """Students of a notebook assignment get the notebook to work in, and the same functions as modules."""
    path = tmp_path / "bundle.zip"
    assert grader("release", "hw5_cnn", "--out", path).code == 0
    inside = members(path.read_bytes())
    names = {name.removeprefix("hw5_cnn/") for name in inside}
    work = {name for name in names if name.startswith(("submission/", "modules/"))}
    assert work == {
        "submission/hw5_cnn.ipynb",
        "submission/answers.toml",
        "modules/dataset.py",
        "modules/models.py",
    }
    expect_no_secret(inside)


def test_a_planted_secret_would_be_found(bundle: Path, tmp_path: Path) -> None:
    """The search above does find a solution that someone copied into the starter."""
    solution = next((REFERENCE / ASSIGNMENT / "solution").glob("*.py")).read_bytes()
    assert secret_lines().intersection(line.strip() for line in solution.splitlines())


def test_the_same_clone_gives_the_same_bundle(bundle: Path, tmp_path: Path) -> None:
    """Two releases are byte-identical, so that a bundle can be compared."""
    assert grader("release", ASSIGNMENT, "--out", tmp_path / "again.zip").code == 0
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def tox(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """tox as a student runs it: nothing of this clone's environment is inherited."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("TOX", "PYTHON", "VIRTUAL"))
    }
    return subprocess.run(
        [sys.executable, "-m", "tox", *words],
        cwd=folder,
        env={**clean, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        stdin=subprocess.DEVNULL,
    )


def test_starter_then_solution_through_the_three_environments(unpacked: Path) -> None:
    """In an empty environment: the starter is told that nothing is implemented; with the reference
    filled in, `tox`, `tox -e experiments` and `tox -e report` give feedback, results and a PDF."""
    first = tox(unpacked)
    assert first.returncode != 0
    assert "not implemented" in first.stdout, first.stdout + first.stderr
    assert "0 of " in first.stdout

    for path in (REFERENCE / ASSIGNMENT / "solution").iterdir():
        if path.is_file():
            shutil.copy(path, unpacked / "submission")
    checked = tox(unpacked)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    (unpacked / "submission" / "experiments.json").unlink(missing_ok=True)
    experiments = tox(unpacked, "-e", "experiments", "--", "--quick")
    assert experiments.returncode == 0, experiments.stdout + experiments.stderr
    assert (unpacked / "submission" / "experiments.json").is_file()

    report = tox(unpacked, "-e", "report")
    assert report.returncode == 0, report.stdout + report.stderr
    pages = PdfReader(unpacked / "lab-report.pdf").pages
    text = " ".join(page.extract_text() for page in pages)
    assert "37,146" in text
    assert "quick" in text.lower()
