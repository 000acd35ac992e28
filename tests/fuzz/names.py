"""Names of students and of their files: ids, paths, messages. What pages make of them is in `pages`."""

from __future__ import annotations

import io
import os
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from rich.console import Console

from grader.cli import app
from grader.errors import GraderError
from grader.intake import assign_student_ids, find_submissions, load_submission, safe_student_id
from grader.layout import ResultsFolder, write_whole
from grader.results import SubmissionResult
from grader.submission import Submission
from grader.terminal import Terminal
from tests.fuzz.notebooks import check_submission
from tests.fuzz.spoil import edited
from tests.fuzz.target import ACCEPTED, Target, refusal, require_harmless, scratch_folder
from tests.unit.builders import make_check, make_result

_FOLDER = scratch_folder()
_MOST, _BYTES = 4, 255  # names in a case, bytes in a name as Linux has it
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}


def contract(case: bytes) -> str:
    """The names that stand between slashes hand in a file each, called like the next one."""
    names = [os.fsdecode(part[:_BYTES]) for part in case.replace(b"\0", b"").split(b"/")]
    names = list(dict.fromkeys(name for name in names if name not in ("", ".", "..")))[:_MOST]
    place = Path(_FOLDER.name) / "class"
    try:
        paths = _hand_in(place, names)
        found = find_submissions(place)
        assert set(found) <= {place, *paths}
        _check_absent(paths)
        submissions = _load(found)
    except GraderError as error:
        _check_complaint(error)
        return refusal(error)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    _check_ids([submission.student_id for submission in submissions])
    _check_paths([_result(submission) for submission in submissions])
    return ACCEPTED


def _hand_in(place: Path, names: Sequence[str]) -> list[Path]:
    """A class of folders, each with a file, as far as the system allows such names."""
    place.mkdir()
    for name, inner in zip(names, [*names[1:], *names[:1]], strict=True):
        (place / name).mkdir()
        for ending in (".py", ".pdf"):
            stem = os.fsdecode(os.fsencode(inner)[: _BYTES - len(ending)])
            (place / name / f"{stem}{ending}").write_bytes(b"def f(x):\n    return x\nf(1)\n")
    return [place / name for name in names]


def _check_absent(paths: Sequence[Path]) -> None:
    """A name that is not there stands in what the command line prints."""
    for path in paths[:1]:
        try:
            find_submissions(path / path.name)
        except GraderError as error:
            _check_complaint(error)


def _load(paths: list[Path]) -> list[Submission]:
    """As `grader grade` loads a class."""
    ids = assign_student_ids(paths)
    loaded = [load_submission(path, identity) for path, identity in ids.items()]
    assert [submission.student_id for submission in loaded] == list(ids.values())
    for submission in loaded:
        check_submission(submission)
    return loaded


def _check_ids(ids: Sequence[str]) -> None:
    """Plain file names on every system, distinct where upper and lower case are the same."""
    assert len(
        {unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold()) for name in ids}
    ) == len(ids)
    for name in ids:
        require_harmless(name)
        assert safe_student_id(name) == name
        assert len(name.encode()) <= _BYTES - 10
        assert name.strip(" .") == name != ""
        assert not set(name) & set('/\\:*?"<>|\n\t ')
        assert name.partition(".")[0].upper() not in _RESERVED


def _result(submission: Submission) -> SubmissionResult:
    result = make_result(submission.student_id, make_check(), problem=submission.problem)
    changes = {"files": submission.files, "left_out": submission.left_out}
    return SubmissionResult.model_validate_json(result.model_copy(update=changes).model_dump_json())


def _check_paths(results: Sequence[SubmissionResult]) -> None:
    """Every file lies in the results folder, in a folder of its own, and can be written."""
    root = Path(_FOLDER.name).resolve() / "results"
    files = ResultsFolder(root)
    for result in results:
        report = files.report(result.student_id, "html")
        assert report.resolve().relative_to(root).parts == ("students", result.student_id, "report.html")
        files.write_result(result)
        write_whole(report, b"")
        assert os.listdir(report.parent) == ["report.html"]
    shutil.rmtree(root, ignore_errors=True)


def printed(console: Console) -> str:
    console.file.flush()
    return console.file.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


def console_of_80() -> Console:
    """A terminal of UTF-8, as strict as a real one."""
    terminal = Terminal()
    terminal.file = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    terminal.width = 80
    return terminal


def _check_complaint(error: GraderError) -> None:
    """What the command line prints of an error."""
    console = console_of_80()
    with patch.object(app, "errors", console):
        app._complain(error.message, error.hint)
    require_harmless(printed(console))
    assert error.hint


# --- cases ---------------------------------------------------------------------------------------

PIECES = (
    "a",
    "A",
    "Ä",
    "a\u0308",
    "ß",
    "ẞ",
    "SS",
    "ﬁ",
    "fi",
    "ı",
    "İ",
    "K",
    "\u212a",
    "٣",
    "½",
    "木",
    "𠀀",
    "💥",
    "👩\u200d💻",
    "é",
    "e\u0301",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\x1b[31m",
    "\x07",
    "\n",
    "\r",
    "\t",
    " ",
    ".",
    "..",
    "-",
    "_",
    "--",
    "-rf",
    "~",
    "$HOME",
    "`id`",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&amp;",
    "'",
    "{{ 7*7 }}",
    "{% raw %}",
    "[red]",
    "[/red]",
    "[link=x]",
    "\\",
    ":",
    "*",
    "?",
    "|",
    "%00",
    "%2e%2e%2f",
    "C:",
    "con",
    "NUL",
    "com1",
    "aux.txt",
    "=1+1",
    "@x",
    "+1",
    ",",
    ";",
    "\u2028",
    "\ue000",
    "\u0301",
    "\U000e0001",
    "student-2",
    "student",
    ".hidden",
    "__MACOSX",
    "venv",
    "work.py",
    "x.ipynb",
    "y.zip",
    "z.tar.gz",
    "answers.toml",
    "x" * 60,
    "木" * 60,
    "𠀀" * 63,
    "\u0301" * 100,
    "x" * 250,
    "-2",
    "unnamed",
    "\x7f",
    "\x9b31m",
    "ﷺ",
    "ΐ",
    "ŉ",
    "javascript:alert(1)",
)
TOKENS = (
    *(piece.encode() for piece in PIECES),
    b"\xff",
    b"\xed\xb2\x80",
    b"\xc3",
    b"/",
    b"\xf4\x90\x80\x80",
)
NAME: SearchStrategy[bytes] = st.lists(
    st.sampled_from(TOKENS[:-2]) | st.text(max_size=3).map(lambda text: text.encode("utf-8", "replace")),
    min_size=1,
    max_size=4,
).map(b"".join)
CASES = edited(st.lists(NAME, min_size=1, max_size=3).map(b"/".join), TOKENS, one_in=8)


def genuine() -> list[bytes]:
    return [b"student-07", b"Mary-Jane O'Neil/student_8 (2)", "Ангелина Π. Ω/王小明".encode()]


TARGET = Target(
    name="names",
    contract=contract,
    cases=CASES,
    genuine=genuine,
    tokens=TOKENS,
)
