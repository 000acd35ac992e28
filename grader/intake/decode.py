"""Bytes to Python text to syntax tree, without letting a hostile file hurt the trusted process."""

from __future__ import annotations

import ast
import codecs
import io
import re
import threading
import tokenize
import warnings

from grader.intake.files import SOURCE_LIMIT, megabytes, printable

# Encodings that people write Python in; others (zlib, punycode, ...) are no texts or are slow.
_ENCODINGS = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp\d+|koi8-[ru]|mac-\w+|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)"
)
# A chain of a million ".a" makes CPython's parser join the names of an import again and again, in
# memory that grows with the square of the chain. Other deep nesting it refuses by itself.
_LONG_CHAIN = re.compile(r"(?:\.[ \t\f\\\n]*[\w\x80-\U0010ffff]+[ \t\f\\\n]*){100}")
# A syntax tree takes some 500 bytes for each word and sign; 0.4 MB of ordinary code have so many.
_TOKENS = 150_000
_TOKEN = re.compile(r"\w+|[^\w\s]")
_WARNINGS = threading.Lock()


class SourceError(Exception):
    """Why a text is no Python; `line` (1-based) is None when no line is to blame."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}: {self.message}"


def decode_source(raw: bytes) -> str:
    """The text of a .py file: its declared encoding (PEP 263), else UTF-8; line ends become "\\n".

    Raises SourceError.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError("the file is saved as UTF-16; save it as UTF-8")
    if b"\0" in raw:
        raise SourceError(
            "the file holds a NUL byte, so it is no text", raw[: raw.index(b"\0")].count(b"\n") + 1
        )
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError as error:
        _decode(raw, "utf-8")  # names the line, when a byte is to blame
        raise SourceError(f"{printable(str(error))}; save the file as UTF-8") from error
    text = _decode(raw, encoding)
    return normalise_lines(text.removeprefix("\ufeff"))


def _decode(raw: bytes, encoding: str) -> str:
    if not _ENCODINGS.fullmatch(codecs.lookup(encoding).name.removesuffix("-sig")):
        raise SourceError(f"the encoding {printable(encoding)} is not accepted; save the file as UTF-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"byte 0x{raw[error.start]:02x} is not {error.encoding}; save the file as UTF-8"
        raise SourceError(what, line) from error


def normalise_lines(text: str) -> str:
    """Line ends of Windows and old Macs become "\\n", as Python itself reads them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_source(text: str) -> ast.Module:
    """The syntax tree; SourceError in words when it has none.

    Bounded in memory and time for any text of at most SOURCE_LIMIT characters.
    """
    if len(text) > SOURCE_LIMIT:
        raise SourceError(f"the source has more than {megabytes(SOURCE_LIMIT)}")
    if len(text) > _TOKENS and sum(1 for _ in _TOKEN.finditer(text)) > _TOKENS:
        raise SourceError(f"the source has more than {_TOKENS:,} words and signs")
    chain = _LONG_CHAIN.search(text)
    if chain is not None:
        raise SourceError("more than 100 names are joined by dots", text.count("\n", 0, chain.start()) + 1)
    try:
        # An invalid escape such as "\sigma" only warns; the student's business, not our terminal's.
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise SourceError(printable(error.msg), error.lineno) from error
    except ValueError as error:
        raise SourceError(printable(str(error))) from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("the code is nested too deeply to be read") from error


def names_in_broken(text: str) -> tuple[str, ...]:
    """Functions and classes that a text seems to define at top level, though it does not parse."""
    return tuple(dict.fromkeys(re.findall(r"^(?:async\s+def|def|class)\s+(\w+)", text, re.MULTILINE)))
