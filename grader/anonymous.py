"""Results without persons: keyed pseudonyms, and texts without what names somebody. Pure."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from pathlib import PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel

from grader.results import Adjustment, FreeText, SubmissionResult

KEY_BYTES = 32
LEFT_OUT = "Left out of anonymous pages."
_NOBODY = "[name]"
_LETTERS = 10  # of 5 bits: among 1,000 students two are equal with a chance of one in two billion
# Parts of ids that name nobody; platforms put some of them there.
_GENERIC = frozenset(
    {"student", "submission", "submissions", "group", "team", "work", "works", "late", "file", "files"}
    | {"assignsubmission", "onlinetext", "final", "homework", "assignment", "solution", "project", "user"}
    | {"unnamed", "attempt", "copy", "new", "the", "and"}
)
# What leads from one part of a result to another, or is one of a few words.
_NOT_TEXT = frozenset(
    {"assignment", "check", "checks_digest", "class_name", "class_names", "digest", "id", "role", "status"}
    | {"student_id", "submitted", "task", "tier", "type", "verdict", "versions"}
)

AnyModel = TypeVar("AnyModel", bound=BaseModel)


class Pseudonyms:
    """Names that only who has the key can lead back: HMAC-SHA256 (RFC 2104) of the id.

    An unkeyed hash would not do: whoever has the list of students hashes it, and compares.
    """

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key that is too short to be secret."""
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
        self._key = key

    def of(self, student_id: str) -> str:
        """ "p-" and ten letters or digits; the same for the same key and id."""
        return "p-" + base64.b32encode(self._mac(student_id)).decode("ascii")[:_LETTERS].lower()

    def digest(self, digest: str) -> str:
        """In place of a digest of files, which whoever has the files could make again."""
        return self._mac(f"digest {digest}").hex()

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(errors="surrogatepass"), "sha256")


def anonymise(
    result: SubmissionResult,
    pseudonyms: Pseudonyms,
    given_files: Collection[str] = (),
    known_as: Iterable[str] = (),
) -> SubmissionResult:
    """The result under its pseudonym, fit for a student's page.

    In all texts, the id, whatever else the student is `known_as` (names, addresses, numbers of platforms),
    and what these are made of become "[name]", and names of files, but those in `given_files`, become
    "file-1.py", "file-2.ipynb". What the student wrote or printed and what only
    instructors read is left out. Of decisions by hand the reasons stay, who and when do not.
    """
    files = _rename_files(result.files, given_files)
    names = frozenset[str]().union(*map(names_in, (result.student_id, *known_as)))
    hide = _hider(names, files)
    hidden = _mapped(result, hide)
    checks = tuple(check.model_copy(update={"output": "", "detail": ""}) for check in hidden.checks)
    return hidden.model_copy(
        update={
            "student_id": pseudonyms.of(result.student_id),
            "digest": pseudonyms.digest(result.digest),
            "files": tuple(files.get(name, name) for name in result.files),
            "checks": checks,
            "answers": tuple(_without_words(answer) for answer in result.answers),
            "adjustments": tuple(_without_who(item, hide) for item in result.adjustments),
        }
    )


def _without_words(answer: FreeText) -> FreeText:
    """The digest stays: its mark is filed under it."""
    digest = answer.key.rpartition(":")[2]
    return answer.model_copy(update={"text": LEFT_OUT if answer.text else "", "digest": digest})


def _without_who(item: Adjustment, hide: Callable[[str], str]) -> Adjustment:
    return item.model_copy(update={"who": "", "at": "", "why": hide(item.why)})


def _rename_files(files: Iterable[str], given: Collection[str]) -> dict[str, str]:
    """New names for those that students chose, by path."""
    chosen = [name for name in files if PurePosixPath(name).name not in given or "/" in name]
    return {
        name: f"file-{number}{PurePosixPath(name).suffix}"
        for number, name in enumerate(sorted(chosen), start=1)
    }


def _hider(names: Iterable[str], files: Mapping[str, str]) -> Callable[[str], str]:
    """A function that takes names of files and persons out of a text."""
    spellings: dict[str, str] = {}
    for name, new in files.items():
        path, alias = PurePosixPath(name), PurePosixPath(new)
        # A notebook is a module, too, and has its name in tracebacks without its folder.
        for old, other in ((path, alias), (path.with_suffix(".py"), alias.with_suffix(".py"))):
            spellings[str(old)] = spellings[old.name] = str(other)
    spellings |= dict.fromkeys(names, _NOBODY)
    words = sorted(spellings, key=lambda word: (-len(word), word))
    # Between letters and digits of other words; an underscore parts words here.
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![^\W_])", re.IGNORECASE)
    by_case = {word.casefold(): new for word, new in spellings.items()}
    return lambda text: pattern.sub(lambda found: by_case.get(found[0].casefold(), _NOBODY), text)


def names_in(name: str) -> frozenset[str]:
    """An id, name or address, and those of its parts that may name somebody: words of three letters, numbers
    of four digits. Of an address, the part before the @."""
    parts = re.findall(r"[^\W\d_]{3,}|\d{4,}", name.partition("@")[0])
    return frozenset({name, *(part for part in parts if part.casefold() not in _GENERIC)} - {""})


def _mapped(model: AnyModel, change: Callable[[str], str]) -> AnyModel:
    """The same with every text changed that is one."""
    updates = {
        name: _changed(getattr(model, name), change)
        for name in type(model).model_fields
        if name not in _NOT_TEXT
    }
    return model.model_copy(update=updates)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return change(value)
        case BaseModel():
            return _mapped(value, change)
        case tuple():
            return tuple(_changed(item, change) for item in value)
        case dict():
            return {change(key): _changed(item, change) for key, item in value.items()}
    return value
