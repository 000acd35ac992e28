"""Archives and notebooks that no ordinary tool makes. Each function takes a folder and puts what the
attacker hands in in its place."""

from __future__ import annotations

import io
import json
import shutil
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

Builder = Callable[[Path], Path]
MIB = 1 << 20


def _zip(folder: Path, extra: Iterable[tuple[zipfile.ZipInfo, bytes]] = ()) -> Path:
    """The folder's files as an ordinary zip, with members that are not."""
    target = folder.with_name(f"{folder.name}.zip")
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # zipfile warns of names that come twice
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder))
        for member, content in extra:
            archive.writestr(member, content)
    shutil.rmtree(folder)
    return target


def _named(name: str, *, mode: int = 0, compressed: bool = False) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("placeholder")
    member.filename = name  # the constructor would tidy it
    member.external_attr = mode << 16
    member.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    return member


def _member(name: str, content: bytes = b"print('here')\n", *, mode: int = 0) -> Builder:
    return lambda folder: _zip(folder, [(_named(name, mode=mode), content)])


def _twice(first: str, second: str) -> Builder:
    return lambda folder: _zip(folder, [(_named(first), b"a = 1\n"), (_named(second), b"a = 2\n")])


def _patched(folder: Path, old: bytes, new: bytes) -> Path:
    """An ordinary zip in which some bytes are replaced afterwards."""
    target = _zip(folder, [(_named("notes.txt"), b"nothing much")])
    target.write_bytes(target.read_bytes().replace(old, new))
    return target


def encrypted(folder: Path) -> Path:
    """The flag that says "encrypted", on every member."""
    target = _zip(folder)
    raw = bytearray(target.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(signature)
        while at >= 0:
            raw[at + flags] |= 1
            at = raw.find(signature, at + 4)
    target.write_bytes(bytes(raw))
    return target


def bomb_by_ratio(folder: Path) -> Path:
    """A member of 300 MiB that takes 300 kB."""
    member = _named("data.csv", compressed=True)
    return _zip(folder, [(member, bytes(300 * MIB))])


def bomb_by_overlap(folder: Path) -> Path:
    """A hundred names in the directory for one member of 9 MiB."""
    target = _zip(folder, [(_named("table.csv", compressed=True), bytes(9 * MIB))])
    raw = target.read_bytes()
    end = raw.rfind(b"PK\x05\x06")
    start = struct.unpack("<I", raw[end + 16 : end + 20])[0]
    last = raw.rfind(b"PK\x01\x02", 0, end)
    entries = [raw[last:end].replace(b"table.csv", b"tab%02x.csv" % number) for number in range(100)]
    directory = raw[start:end] + b"".join(entries)
    count = raw[start:end].count(b"PK\x01\x02") + len(entries)
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    target.write_bytes(raw[:start] + directory + tail)
    return target


def size_lie(folder: Path) -> Path:
    """A member that says 10 bytes and unpacks to 50 MiB."""
    target = _zip(folder, [(_named("table.csv", compressed=True), bytes(50 * MIB))])
    size = struct.pack("<I", 50 * MIB)
    target.write_bytes(target.read_bytes().replace(size, struct.pack("<I", 10)))
    return target


def many_entries(folder: Path) -> Path:
    """Ten thousand files."""
    return _zip(folder, ((_named(f"notes/{number}.txt"), b"") for number in range(10_000)))


def nested(folder: Path) -> Path:
    """An archive in the archive."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("convolution.py", "def convolve(image, kernel): return image\n")
    return _zip(folder, [(_named("more.zip"), inner.getvalue())])


def truncated(folder: Path) -> Path:
    """The second half never arrived."""
    target = _zip(folder)
    raw = target.read_bytes()
    target.write_bytes(raw[: len(raw) // 2])
    return target


def tar_with_fifo(folder: Path) -> Path:
    """A tar file, with a pipe in it that would keep a reader waiting for ever."""
    target = folder.with_name(f"{folder.name}.tar.gz")
    with tarfile.open(target, "w:gz") as archive:
        archive.add(folder, "week8")
        pipe = tarfile.TarInfo("week8/notes.py")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(pipe)
    shutil.rmtree(folder)
    return target


def folder_with_link(folder: Path) -> Path:
    """A link in place of a module: whoever follows it reads a file of the grader's machine."""
    (folder / "convolution.py").unlink()
    (folder / "convolution.py").symlink_to("/etc/passwd")
    (folder / "results").symlink_to("/")
    return folder


def link_to_neighbour(folder: Path) -> Path:
    """A link in place of the whole submission, to that of another student."""
    shutil.rmtree(folder)
    folder.symlink_to("a-honest")
    return folder


# --- notebooks


def _notebook(folder: Path, cells: list[dict[str, object]], **top: object) -> Path:
    """The folder's modules as code cells, then `cells`."""
    own: list[dict[str, object]] = []
    for path in sorted(folder.glob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        own.append(_code("".join(line for line in lines if "from convolution" not in line)))
        path.unlink()
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": own + cells, **top}
    (folder / "week8.ipynb").write_text(json.dumps(content), encoding="utf-8")
    return folder


def _code(source: str, **more: object) -> dict[str, object]:
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
    return {**cell, **more}


_WRITES = "touch /tmp/epochmark-was-here"


def shell_lines(folder: Path) -> Path:
    """Commands in every form that a notebook knows."""
    sources = [f"!{_WRITES}", f"out = !{_WRITES}", f"%%bash\n{_WRITES}", f"%system {_WRITES}", f"!!{_WRITES}"]
    return _notebook(folder, [_code(source) for source in sources])


def magics(folder: Path) -> Path:
    """Magics that run code, load files or fetch addresses."""
    sources = [
        "%run /etc/passwd",
        "%load http://127.0.0.1:48151/x.py",
        "%%python\nimport os",
        "%pip install x",
    ]
    return _notebook(folder, [_code(source) for source in sources])


def stored_outputs(folder: Path) -> Path:
    """Right answers as stored outputs, and a script among them."""
    data = {"text/plain": "array([[1., 2.]])", "text/html": "<script>document.title='EPOCHMARK'</script>"}
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
    return _notebook(folder, [_code("convolve(image, kernel)", outputs=[output])])


def cell_metadata(folder: Path) -> Path:
    """Settings that make other tools run, skip or award something."""
    grades = {
        "grade": True,
        "points": 100,
        "grade_id": "test_square_images",
        "locked": True,
        "solution": False,
    }
    metadata = {"nbgrader": grades, "tags": ["skip", "raises-exception"], "init_cell": True}
    return _notebook(folder, [_code("x = 1", metadata=metadata)])


def other_kernel(folder: Path) -> Path:
    """Cells in the language of another kernel."""
    kernel = {"name": "bash", "language": "bash", "display_name": "Bash"}
    return _notebook(folder, [_code(_WRITES)], metadata={"kernelspec": kernel})


def deep_notebook(folder: Path) -> Path:
    """JSON nested 200,000 deep."""
    _notebook(folder, [])
    deep = "[" * 200_000 + "]" * 200_000
    (folder / "week8.ipynb").write_text(f'{{"nbformat": 4, "cells": {deep}}}', encoding="utf-8")
    return folder


def heavy_notebook(folder: Path) -> Path:
    """60 MiB of stored pictures."""
    output = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * (60 * MIB)}}
    return _notebook(folder, [_code("1", outputs=[output])])


def wrong_types(folder: Path) -> Path:
    """Numbers where text belongs, text where lists belong."""
    cells = [{**_code(""), "source": 7}, _code("y = 1", outputs="none", metadata=[]), {"cell_type": ["code"]}]
    return _notebook(folder, [*cells, "no cell"])  # type: ignore[list-item]


BUILDERS: dict[str, Builder] = {
    "zip_slip": _member("../../epochmark-was-here.py"),
    "absolute": _member("/tmp/epochmark-was-here.py"),
    "drive": _member("C:/epochmark-was-here.py"),
    "backslash": _member("..\\..\\epochmark-was-here.py"),
    "link": _member("shadow.py", b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
    "fifo": _member("pipe.py", b"", mode=stat.S_IFIFO | 0o666),
    "device": _member("zero.py", b"", mode=stat.S_IFCHR | 0o666),
    "control_character": _member("conv\x1b[31molution.py"),
    "right_to_left": _member("convolution\u202eyp.txt"),
    "long_name": _member("a" * 600 + ".py"),
    "deep_folders": _member("a/" * 200 + "b.py"),
    "empty_name": _member("//"),
    "duplicate": _twice("models.py", "models.py"),
    "case_clash": _twice("models.py", "MODELS.py"),
    "file_and_folder": _twice("models", "models/solution.py"),
    "encrypted": encrypted,
    "bomb_by_ratio": bomb_by_ratio,
    "bomb_by_overlap": bomb_by_overlap,
    "size_lie": size_lie,
    "many_entries": many_entries,
    "nested": nested,
    "truncated": truncated,
    "tar_with_fifo": tar_with_fifo,
    "folder_with_link": folder_with_link,
    "link_to_neighbour": link_to_neighbour,
    "shell_lines": shell_lines,
    "magics": magics,
    "stored_outputs": stored_outputs,
    "cell_metadata": cell_metadata,
    "other_kernel": other_kernel,
    "deep_notebook": deep_notebook,
    "heavy_notebook": heavy_notebook,
    "wrong_types": wrong_types,
}
