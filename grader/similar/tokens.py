"""A submission as a row of tokens in which what is easily changed looks alike."""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.submission import Module

MOST_TOKENS = 50_000
"""Of one submission; an ordinary one has one to three thousand."""
_SHORT_COMMENT = 12  # characters: "# train" says nothing about who wrote it

_NAME, _NUMBER, _TEXT = "name", "0", '""'
_STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_START", tokenize.STRING)}
_SILENT = {
    tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER,
    *(getattr(tokenize, name) for name in ("FSTRING_MIDDLE", "FSTRING_END") if hasattr(tokenize, name)),
}  # fmt: skip


class Token(NamedTuple):
    """`kind` is what is compared, `text` what was written, from `start` to `end` (line from 1, column from 0)
    of module number `module`."""

    kind: str
    text: str
    module: int
    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True)
class Work:
    """`codes` has one uint64 for each token; equal kinds have equal codes, and a code that nothing else has
    stands where a module begins, so that nothing runs across. `comments` are those long enough to tell
    something. `cut` is True where there were more than MOST_TOKENS tokens."""

    student_id: str
    digest: str
    modules: tuple[Module, ...]
    tokens: tuple[Token, ...]
    codes: NDArray[np.uint64]
    comments: frozenset[str]
    cut: bool


def read_work(student_id: str, digest: str, modules: Sequence[Module]) -> Work:
    """What is compared of a submission. Code that is no Python counts as far as it can be read."""
    comments: set[str] = set()
    everything = chain.from_iterable(
        _read(module, number, student_id, comments) for number, module in enumerate(modules)
    )
    tokens = tuple(islice(everything, MOST_TOKENS))
    cut = next(everything, None) is not None
    # CRC-32 because it is the same in every process, as hash() is not.
    codes = np.array(
        [zlib.crc32(token.kind.encode(errors="surrogatepass")) for token in tokens], dtype=np.uint64
    )
    return Work(student_id, digest, tuple(modules), tokens, codes, frozenset(comments), cut)


def _read(module: Module, number: int, student_id: str, comments: set[str]) -> Iterator[Token]:
    yield Token(f"{student_id}/{module.path}", "", number, (1, 0), (1, 0))
    own = _own_names(module.source)
    fresh = True  # at the beginning of a statement, where a text is a docstring
    for token in _tokenize(module.source):
        if token.type == tokenize.COMMENT:
            comment = " ".join(token.string.lstrip("#").split())
            if len(comment) >= _SHORT_COMMENT:
                comments.add(comment)
        if token.type in _SILENT:
            fresh = fresh or token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
            continue
        if not (fresh and token.type in _STRINGS):
            yield Token(_kind(token, own), token.string, number, token.start, token.end)
        fresh = False


def _tokenize(source: str) -> Iterable[tokenize.TokenInfo]:
    """Up to where the code is no Python any more."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _kind(token: tokenize.TokenInfo, own: frozenset[str]) -> str:
    """Names of the student's own are alike, whatever they are; those of libraries nobody can change."""
    if token.type == tokenize.NUMBER:
        return _NUMBER
    if token.type in _STRINGS:
        return _TEXT
    if token.type == tokenize.NAME and token.string in own and not keyword.iskeyword(token.string):
        return _NAME
    return token.string


def _own_names(source: str) -> frozenset[str]:
    """Names that the code itself gives: to variables, arguments, functions, classes and imports."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(asname=str(name)):
                names.add(name)
    return frozenset(names)
