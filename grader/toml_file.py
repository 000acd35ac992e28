"""TOML as a typed object; errors name file, line, key and what is allowed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from grader.errors import GraderError
from grader.evidence import Frozen

Content = TypeVar("Content", bound=Frozen)


def read_toml(kind: type[Content], path: Path, *, manual: str = "docs/authors.md") -> Content:
    """`manual` is where the keys are described. Raises GraderError for anything that is not allowed,
    OSError when there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise GraderError(
            f"{path}: not UTF-8: byte {error.start} cannot be read.",
            hint="Save the file with the encoding UTF-8.",
        ) from None
    return parse_toml(kind, text, str(path), manual=manual)


def parse_toml(kind: type[Content], text: str, source: str, *, manual: str = "docs/authors.md") -> Content:
    """`source` names the file in errors. Raises GraderError with the line of each mistake."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GraderError(
            f"{source}: not valid TOML: {error}.", hint="Mend that line and try again."
        ) from None
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        lines = [_located(text, source, item["loc"], item["msg"], item["input"]) for item in error.errors()]
        raise GraderError("\n".join(lines), hint=f"{manual} lists every key and what it allows.") from None


def _located(text: str, source: str, location: tuple[int | str, ...], message: str, given: object) -> str:
    key = ".".join(str(part) for part in location) or "the file"
    line = _line_of(text, location)
    place = f"{source}, line {line}" if line else source
    shown = "" if isinstance(given, dict) else f" (given: {given!r})"
    return f"{place}: {key}: {message.removeprefix('Value error, ')}{shown}"


def _line_of(text: str, location: tuple[int | str, ...]) -> int | None:
    """The line of a key, found by counting table headers; None when the key is absent."""
    lines = text.splitlines()
    start = 0
    table = str(location[0]) if location else ""
    headers = [i for i, line in enumerate(lines) if re.match(rf"\s*\[\[?{re.escape(table)}\]\]?", line)]
    if headers:
        index = location[1] if len(location) > 1 and isinstance(location[1], int) else 0
        start = headers[min(index, len(headers) - 1)]
    names = [part for part in location if isinstance(part, str)]
    for i in range(start, len(lines)):
        if names and re.match(rf"\s*{re.escape(names[-1])}\s*=", lines[i]):
            return i + 1
        if i > start and headers and lines[i].lstrip().startswith("["):
            break
    return start + 1 if headers else None
