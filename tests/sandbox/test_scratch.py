"""The folder of a worker without a file system of its own: counted and emptied whatever is in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox.box import scratch


def make_deep(folder: Path, depth: int) -> None:
    """Folders in one another, with a file in each, deeper than a path may be long."""
    here = os.open(folder, os.O_DIRECTORY)
    for _ in range(depth):
        os.mkdir("d" * 200, dir_fd=here)
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        inner = os.open("d" * 200, os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = inner
    os.fchmod(here, 0)
    os.close(here)


def test_deep_folders(tmp_path: Path) -> None:
    """Neither recursion nor the length of a path ends it."""
    make_deep(tmp_path, 2000)
    scratch.empty(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_names_that_it_uses_itself(tmp_path: Path) -> None:
    """Folders named like those that are moved up are not overwritten, and go as well."""
    for name in ("0", "1", "0/0", "0/1", "0/1/0", "1/x/0", "1/x/1"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "file").write_text("x")
    scratch.empty(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    """What they point to stays, with its permissions."""
    kept, folder = tmp_path / "kept", tmp_path / "folder"
    (kept / "inner").mkdir(parents=True)
    (kept / "inner").chmod(0o500)
    (folder / "sub").mkdir(parents=True)
    for place in (folder, folder / "sub"):
        (place / "link").symlink_to(kept)
        (place / "link2").symlink_to(kept / "inner")
    scratch.empty(str(folder))
    assert os.listdir(folder) == []
    assert os.listdir(kept) == ["inner"]
    assert (kept / "inner").stat().st_mode & 0o777 == 0o500


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_closed_folders(tmp_path: Path, mode: int) -> None:
    """Their owner opens them first."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").write_text("x")
    inner.chmod(mode)
    (tmp_path / "a").chmod(mode)
    scratch.empty(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_what_counts_as_too_much(tmp_path: Path) -> None:
    """Bytes, files, and what lies too deep to be counted; closed folders are among the attacks, which are
    not root's."""
    assert not scratch.is_over(str(tmp_path), 1)
    (tmp_path / "large").write_bytes(b"x" * (2 << 20))
    assert scratch.is_over(str(tmp_path), 1)
    assert not scratch.is_over(str(tmp_path), 3)
    make_deep(tmp_path, 40)
    assert scratch.is_over(str(tmp_path), 3)
