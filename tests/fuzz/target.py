"""What is fuzzed: how cases are made, and what must hold for every one of them."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from hypothesis.strategies import SearchStrategy

import grader
from grader.errors import GraderError

ACCEPTED = "accepted"
SEEDS = Path(__file__).parent / "seeds"

_GRADER = str(Path(grader.__file__).parent)
_MESSAGE_LENGTH = 3_000


@dataclass(frozen=True)
class Target:
    """One entrance for strangers' data.

    `contract` takes a case and returns ACCEPTED or the kind of refusal; it raises for whatever must
    not happen. `cases` are near-valid inputs; `genuine` ones and `tokens` of their format are what
    atheris starts from.
    """

    name: str
    contract: Callable[[bytes], str]
    cases: SearchStrategy[bytes]
    genuine: Callable[[], Sequence[bytes]]
    tokens: tuple[bytes, ...]


@dataclass(frozen=True)
class Entrance:
    """What the runner knows of a target before it loads it.

    `modules` are those in which atheris looks for branches that no case has taken yet. `accepted` is
    the least share of cases that must get through: a run in which the first check refuses everything
    proves nothing. `one_in` makes fewer cases of an expensive target.
    """

    modules: tuple[str, ...]
    accepted: float
    one_in: int = 1


def _modules(package: str, names: str) -> tuple[str, ...]:
    return tuple(f"{package}.{name}" for name in names.split())


ENTRANCES: dict[str, Entrance] = {
    "frames": Entrance(_modules("grader.sandbox", "box.wire box.encode explain session"), 0.02),
    "keras": Entrance(
        _modules(
            "grader.models", "strict_json keras_format fields parse graph shapes canonical compiled spec rows"
        ),
        0.1,
    ),
    "keras_builds": Entrance((), 0.1, one_in=50),
    "archives": Entrance(("zipfile", *_modules("grader.intake", "archive files find load")), 0.1),
    "exports": Entrance(
        ("zipfile", *_modules("grader.intake", "archive classes members parts platforms identity")), 0.3
    ),
    "notebooks": Entrance(_modules("grader.intake", "notebook decode sift modules"), 0.2),
    "answers": Entrance(
        ("tomllib._parser", "tomllib._re", *_modules("grader.intake", "answers answer_lists")), 0.1
    ),
    "names": Entrance(_modules("grader.intake", "identity folder find load"), 0.5),
    "pages": Entrance(("grader.report.words", "grader.text", "grader.commands.show"), 0.5, one_in=10),
}


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """Inside TMPDIR; else in memory, where the system has a folder there: cases write many small files."""
    memory = Path("/dev/shm")
    use_memory = "TMPDIR" not in os.environ and os.access(memory, os.W_OK)
    return tempfile.TemporaryDirectory(prefix="epochmark-fuzz-", dir=memory if use_memory else None)


def load_target(name: str) -> Target:
    """The TARGET of `tests/fuzz/NAME.py`."""
    target: Target = import_module(f"tests.fuzz.{name}").TARGET
    return target


def refusal(error: BaseException, kind: str = "") -> str:
    """The kind of an expected error: the line of the grader that raised it, and `kind` if that says more."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(_GRADER):
            place = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"refused at {place} {kind}".rstrip()


def require_message(text: str) -> None:
    """A message is a sentence or more, of bearable length, and can be shown anywhere."""
    assert len(text) <= _MESSAGE_LENGTH, f"a message of {len(text)} characters"
    assert text.rstrip().endswith((".", "!", "?", ")")), f"a message without an end: {text!r}"
    require_harmless(text)


def require_hint(error: GraderError) -> None:
    """What happened, and the next step."""
    require_message(error.message)
    assert error.hint


def require_harmless(text: str) -> None:
    """No control characters, direction marks or halves of surrogate pairs."""
    wrong = {c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert not wrong, f"{text!r} holds {sorted(map(ascii, wrong))}"


def require_encodable(text: str) -> None:
    """UTF-8 can hold it, so that files, databases and terminals can."""
    text.encode("utf-8")
