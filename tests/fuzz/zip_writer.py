"""Zip archives written field by field, so that every field can lie."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cache

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True)
class Member:
    """One entry; `local` and `central` are fields that say something else there than the truth."""

    name: bytes
    content: bytes
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0x800
    attributes: int = 0
    system: int = 3
    local: dict[str, int] = field(default_factory=dict)
    central: dict[str, int] = field(default_factory=dict)
    shares: bool = False  # its record points to the member before it


@dataclass
class _Written:
    body: bytearray = field(default_factory=bytearray)
    directory: bytearray = field(default_factory=bytearray)
    offset: int = 0


def write_archive(
    members: list[Member], *, lies: dict[str, int], before: bytes = b"", comment: bytes = b""
) -> bytes:
    """A zip archive as its format is defined (APPNOTE 4.3), with whatever lies are wanted."""
    written = _Written(bytearray(before))
    for member in members:
        _write_member(member, written)
    start = lies.get("start", len(written.body)) & 0xFFFFFFFF
    count = lies.get("count", len(members)) & 0xFFFF
    size = lies.get("size", len(written.directory)) & 0xFFFFFFFF
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, len(comment))
    return bytes(written.body + written.directory + end + comment)


def _write_member(member: Member, written: _Written) -> None:
    packed = _packed(member.content, member.method)
    truth = {
        "flags": member.flags,
        "method": member.method,
        "crc": zlib.crc32(member.content),
        "packed": len(packed),
        "size": len(member.content),
        "name": len(member.name),
        "extra": 0,
        "offset": len(written.body),
    }
    if member.shares:
        truth["offset"] = written.offset
    local, central = truth | member.local, truth | member.central
    if not member.shares:
        written.offset = len(written.body)
        written.body += _LOCAL.pack(b"PK\x03\x04", 20, *_shared(local)) + member.name + packed
    written.directory += (
        _CENTRAL.pack(
            b"PK\x01\x02",
            20,
            member.system,
            20,
            0,
            *_shared(central),
            0,
            0,
            0,
            member.attributes,
            central["offset"],
        )
        + member.name
    )


def _shared(fields: dict[str, int]) -> tuple[int, ...]:
    """What both headers have, in the order of the format; the date is a day in 1980."""
    sizes = (fields[name] for name in ("crc", "packed", "size", "name", "extra"))
    return fields["flags"], fields["method"], 0, 0x21, *sizes


@cache
def _packed(content: bytes, method: int) -> bytes:
    if method != zipfile.ZIP_DEFLATED:
        return content
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()
