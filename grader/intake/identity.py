"""Student ids from names of folders and files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

_LENGTH = 64
_BYTES = 200  # in UTF-8: file systems allow 255, and something may be added
# Names that Windows keeps for devices, whatever comes after a dot.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?:\.|$)", re.IGNORECASE)


def safe_student_id(name: str) -> str:
    """`name` as an id that is a plain file name on every system.

    Letters and digits of any script, "." "_" and "-" stay; everything else becomes "-", runs of which
    collapse; the ends are trimmed. An empty rest becomes "unnamed", and "id-" goes before the name of a
    device of Windows.
    """
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in "._-" else "-" for c in composed)
    collapsed = re.sub(r"\.{2,}", ".", re.sub(r"-{2,}", "-", kept))
    trimmed = collapsed.strip("-.")
    return _cut(f"id-{trimmed}" if _DEVICES.match(trimmed) else trimmed) or "unnamed"


def _cut(name: str, spare: int = 0) -> str:
    """The beginning that is short enough for a file's name, with room for `spare` letters more."""
    short = name[: _LENGTH - spare].encode()[: _BYTES - spare]
    return short.decode(errors="ignore").rstrip("-.")


def id_of(path: Path) -> str:
    """The id of a submission: a folder's name, or a file's name without its ending."""
    absolute = path.resolve() if path.name in ("", "..") else path
    stem = absolute.name if absolute.is_dir() else absolute.name.removesuffix(absolute.suffix)
    return safe_student_id(stem)


def assign_student_ids(paths: Sequence[Path]) -> dict[Path, str]:
    """One id for each path, no two equal even where upper and lower case are the same."""
    distinct = list(dict.fromkeys(paths))
    return dict(zip(distinct, distinct_ids([id_of(path) for path in distinct]), strict=True))


def distinct_ids(names: Sequence[str]) -> list[str]:
    """`names`, which are safe ids, so that no two are equal even where upper and lower case are the same.

    In the order given, the first keeps its id, the next of that name gets "-2", then "-3" and so on.
    """
    ids: list[str] = []
    taken: set[str] = set()
    reserved = {name.casefold() for name in names}
    for name in names:
        chosen = name
        if chosen.casefold() in taken:
            chosen = _free(name, taken | reserved)
        taken.add(chosen.casefold())
        ids.append(chosen)
    return ids


def _free(identity: str, taken: Iterable[str]) -> str:
    used = set(taken)
    candidates = (_cut(identity, len(f"-{number}")) + f"-{number}" for number in count(2))
    return next(free for free in candidates if free.casefold() not in used)
