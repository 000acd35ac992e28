"""Zips that are the same bytes whenever the same goes in, and there whole or not at all."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path

_STAMP = (2000, 1, 1, 0, 0, 0)
_REGULAR = 0o100000


def write_zip(
    out: Path, members: Iterable[tuple[str, bytes]], executable: Collection[str] = ()
) -> tuple[str, ...]:
    """Writes names and contents in the order given, each when it is taken; returns the names.

    Whatever goes wrong, also in `members`, leaves what was at `out` before.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    names = []
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for name, content in members:
                member = zipfile.ZipInfo(name, _STAMP)
                member.external_attr = (_REGULAR | (0o755 if name in executable else 0o644)) << 16
                archive.writestr(member, content, zipfile.ZIP_DEFLATED)
                names.append(name)
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return tuple(names)
