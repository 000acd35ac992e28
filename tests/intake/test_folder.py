"""Folders are read without following anything out of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.intake import folder
from grader.intake.files import FileSet, IntakeProblem, unwrap
from grader.intake.folder import read_folder
from tests.intake.archives import CODE


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """These files below `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def test_files_are_found_at_any_depth(tmp_path: Path) -> None:
    """With relative names; junk of systems, tools and environments is passed over."""
    files = {
        "a.py": CODE, "pkg/b.py": CODE, ".git/c.py": CODE, "__pycache__/d.py": CODE, "__MACOSX/f.py": CODE,
        ".ipynb_checkpoints/e.ipynb": "", "node_modules/g.py": CODE, "env/pyvenv.cfg": "",
        "env/lib/h.py": CODE, ".DS_Store": "",
    }  # fmt: skip
    assert set(read_folder(write(tmp_path, files)).files) == {"a.py", "pkg/b.py"}  # type: ignore[arg-type]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    """Links to files, to folders and to the parent are listed, not followed."""
    secret = write(tmp_path / "secret", {"solution.py": "SECRET = 1"})
    work = write(tmp_path / "work", {"a.py": CODE})
    (work / "link.py").symlink_to(secret / "solution.py")
    (work / "folder").symlink_to(secret)
    (work / "loop").symlink_to(work)
    read = read_folder(work)
    assert set(read.files) == {"a.py"}
    assert {left.where for left in read.left_out} == {"link.py", "folder", "loop"}


def test_pipes_do_not_hold_the_grader_up(tmp_path: Path) -> None:
    """A named pipe without a writer would block whoever opens it."""
    os.mkfifo(write(tmp_path, {"a.py": CODE}) / "pipe.py")
    read = read_folder(tmp_path)
    assert set(read.files) == {"a.py"}
    assert read.left_out[0].where == "pipe.py"
    with pytest.raises(IntakeProblem, match="not a plain file"):
        folder.read_plain_file(tmp_path / "pipe.py", "pipe.py")


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files and too deep folders are refused, with the next step."""
    monkeypatch.setattr(folder, "ENTRY_LIMIT", 20)
    with pytest.raises(IntakeProblem, match="more than 20 files"):
        read_folder(write(tmp_path / "many", {f"{n}.py": "" for n in range(21)}))
    with pytest.raises(IntakeProblem, match="more than 20 deep"):
        read_folder(write(tmp_path / "deep", {"d/" * 25 + "a.py": ""}))


def test_one_large_file_costs_only_itself(tmp_path: Path) -> None:
    """It is listed with its size, whatever kind it is."""
    read = read_folder(write(tmp_path, {"a.py": CODE, "b.py": b"#" * 2_000_000, "c.npy": b"\0" * 6_000_000}))
    assert set(read.files) == {"a.py"}
    assert [left.where for left in read.left_out] == ["b.py", "c.npy"]
    assert read.left_out[0].why == "it has 2.0 MB, and at most 1.0 MB are read"


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_names_that_are_no_text(tmp_path: Path) -> None:
    """They are listed in printable characters."""
    (write(tmp_path, {"a.py": CODE}) / os.fsdecode(b"\xff.py")).write_text(CODE)
    read = read_folder(tmp_path)
    assert set(read.files) == {"a.py"}
    assert read.left_out[0].where.isprintable()


def test_unreadable_files_are_nobodys_zero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole submission becomes a problem for the instructor, who may have set the permissions."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, {"a.py": CODE})
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(IntakeProblem, match=r"a\.py cannot be read: Permission denied"):
        read_folder(tmp_path)


def test_folders_around_everything_are_taken_away() -> None:
    """But not a package, whose name its own imports use."""
    assert set(unwrap({"x/y/a.py": b"", "x/y/z/b.py": b""})) == {"a.py", "z/b.py"}
    assert set(unwrap({"pkg/__init__.py": b"", "pkg/a.py": b""})) == {"pkg/__init__.py", "pkg/a.py"}
    assert set(unwrap({"x/a.py": b"", "b.py": b""})) == {"x/a.py", "b.py"}
    assert unwrap({}) == {}


def test_the_digest_depends_on_names_and_bytes_only() -> None:
    """Not on the order of reading; moving a byte from name to content changes it."""
    one = FileSet({"a": b"1", "b": b"2"})
    assert one.digest == FileSet({"b": b"2", "a": b"1"}).digest
    assert len({one.digest, FileSet({"a": b"1b2"}).digest, FileSet({"a1": b"", "b": b"2"}).digest}) == 3
