"""What a machine needs to grade, as bytes."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from grader.assignment_folder import AssignmentFolder, load_assignment
from grader.batch.kit import Kit, differences
from grader.data import load_dataset
from grader.errors import GraderError
from grader.grading.grade import GradingContext
from grader.results import Tier
from tests.batch.course import NAME, make_course

WANTED = {"python": "3.12.1", "epochmark": "0.4.2", "tensorflow": "2.20.1", "keras": "3.11.0"}


@pytest.fixture
def folder(tmp_path: Path) -> AssignmentFolder:
    return make_course(tmp_path / "course")


def pack(folder: AssignmentFolder) -> Kit:
    return Kit.pack(GradingContext(folder, folder.hidden_checks, ("digits32",), {}, 5), Tier.T1, "owner")


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_it_unpacks_to_what_was_packed(folder: AssignmentFolder, tmp_path: Path) -> None:
    """Both folders, seed and data sets; leftovers of Python stay behind."""
    root = tmp_path / "course"
    before = files(root)
    (root / "reference" / NAME / "checks" / "__pycache__").mkdir()
    (root / "reference" / NAME / "checks" / "__pycache__" / "test_hidden.pyc").touch()
    kit = pack(folder)
    (tmp_path / "there").mkdir()
    context = kit.unpack(tmp_path / "there")
    assert files(tmp_path / "there") == before
    assert context.checks == tmp_path / "there" / "reference" / NAME / "checks"
    assert (context.dataset_names, context.seed) == (("digits32",), 5)
    assert context.folder.assignment == folder.assignment
    assert dict(kit.datasets) == {"digits32": load_dataset("digits32").digest}


def test_equal_content_equal_name(folder: AssignmentFolder, tmp_path: Path) -> None:
    """Wherever the folders lie and whenever they were written; anything else makes another kit."""
    kit = pack(folder)
    shutil.copytree(tmp_path / "course", tmp_path / "copy", copy_function=shutil.copyfile)
    assert pack(load_assignment(NAME, tmp_path / "copy")) == kit
    assert pack(load_assignment(NAME, tmp_path / "copy")).name == kit.name
    (tmp_path / "copy" / "reference" / NAME / "checks" / "test_more.py").touch()
    others = [
        pack(load_assignment(NAME, tmp_path / "copy")),
        replace(kit, seed=6),
        replace(kit, tier=Tier.T2),
        replace(kit, owner="somebody else"),
    ]
    assert len({other.name for other in (kit, *others)}) == 5


def test_secrets_stay_out_of_logs(folder: AssignmentFolder) -> None:
    """Dask writes the arguments of a call that failed into the worker's log."""
    kit = replace(pack(folder), seed=123456789)
    assert "123456789" not in repr(kit)
    assert "PK" not in repr(kit)
    assert zipfile.ZipFile(BytesIO(kit.files)).testzip() is None


@pytest.mark.parametrize(
    ("name", "digest", "words"),
    [
        ("cifar10", "0" * 64, "CIFAR-10 is not in the cache. Run there: grader data fetch cifar10"),
        ("digits32", "0" * 64, "It is part of epochmark: install the same version there."),
    ],
)
def test_other_data_are_refused(folder: AssignmentFolder, name: str, digest: str, words: str) -> None:
    """With the command that mends it."""
    kit = replace(pack(folder), datasets=(("digits32", load_dataset("digits32").digest), (name, digest)))
    with pytest.raises(GraderError) as caught:
        kit.require_datasets()
    assert words in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("python", "3.12.9", []),
        ("python", "3.11.9", ["python 3.11.9 (wanted: 3.12)"]),
        ("epochmark", "0.4.3", ["epochmark 0.4.3 (wanted: 0.4.2)"]),
        ("tensorflow", "2.20.0", []),
        ("tensorflow", "2.19.1", ["tensorflow 2.19.1 (wanted: 2.20)"]),
        ("keras", "3.12.0", ["keras 3.12.0 (wanted: 3.11)"]),
    ],
)
def test_what_decides_results_must_be_equal(name: str, version: str, told: list[str]) -> None:
    """The parts of a version that training runs are known by; of epochmark all of it."""
    assert differences({**WANTED, name: version}, WANTED) == told
