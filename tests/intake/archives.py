"""Zip archives for tests, ordinary and forged."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

CODE = "def convolve(image, kernel):\n    return image\n"


def make_zip(path: Path, members: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """An ordinary archive."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def make_zip_of(path: Path, members: list[tuple[zipfile.ZipInfo, bytes]]) -> Path:
    """An archive of members with attributes of their own; names may repeat."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            archive.writestr(info, content)
    return path


def special_member(name: str, mode: int) -> zipfile.ZipInfo:
    """A member that claims a Unix file mode, such as that of a link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def forge(
    path: Path, offset_in_entry: int, value: bytes, *, entry: int = 0, local: int | None = None
) -> None:
    """Overwrite bytes in the `entry`-th record of the central directory (and of the local header)."""
    raw = bytearray(path.read_bytes())
    directory = _find(raw, b"PK\x01\x02", entry)
    raw[directory + offset_in_entry : directory + offset_in_entry + len(value)] = value
    if local is not None:
        header = _find(raw, b"PK\x03\x04", entry)
        raw[header + local : header + local + len(value)] = value
    path.write_bytes(raw)


def _find(raw: bytearray, signature: bytes, count: int) -> int:
    position = -1
    for _ in range(count + 1):
        position = raw.index(signature, position + 1)
    return position


def overlapping_zip(path: Path, copies: int = 50) -> Path:
    """Many directory records that all point to one block of data."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a0.py", b"#" * 100_000)
    raw = buffer.getvalue()
    start = raw.index(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    record = raw[start:end]
    records = b"".join(
        record.replace(b"a0.py", b"%c%c.py" % (97 + n // 26, 97 + n % 26)) for n in range(copies)
    )
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(records), start, 0)
    path.write_bytes(raw[:start] + records + tail)
    return path
