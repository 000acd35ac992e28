"""Exports of platforms: every student's part is found and read, or the whole is refused in words."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from grader.errors import UsageError
from grader.intake import find_class, safe_student_id
from grader.results import Platform
from tests.fuzz.notebooks import check_submission
from tests.fuzz.spoil import edited
from tests.fuzz.target import (
    ACCEPTED,
    Target,
    refusal,
    require_harmless,
    require_hint,
    scratch_folder,
)
from tests.intake.exports import BLACKBOARD, CANVAS, GRADESCOPE, METADATA, MOODLE, MOODLE_FLAT

_FOLDER = scratch_folder()


def contract(case: bytes) -> str:
    """The first byte picks who says whose export it is; the rest is the archive."""
    path = Path(_FOLDER.name) / "export.zip"
    path.write_bytes(case[1:])
    platforms = [None, *Platform]
    try:
        found = find_class(path, platforms[case[0] % len(platforms)] if case else None)
    except UsageError as error:
        require_hint(error)
        return refusal(error, str(error).replace(str(path), "")[:30])
    assert len({name.casefold() for name in found.readers}) == len(found.readers), "two students are one"
    mates = [mate for others in found.groups.values() for mate in others]
    assert len(set(mates)) == len(mates)
    assert {*mates, *found.groups, *found.arrivals} <= found.readers.keys()
    for note in found.notes:
        require_harmless(note)
    for name, read in found.readers.items():
        assert safe_student_id(name) == name
        submission = read(name)
        assert submission.student_id == name
        check_submission(submission)
    return ACCEPTED if found.platform is not Platform.PLAIN else "plain"


# --- cases ---------------------------------------------------------------------------------------

_GENUINE = (CANVAS, MOODLE, MOODLE_FLAT, BLACKBOARD, GRADESCOPE)
TOKENS = (
    b"_", b"LATE_", b"1001", b"_5001_", b"anon_", b"_assignsubmission_", b"file", b"/", b"_attempt_",
    b"2027-02-01-16-30-00", b".txt", b".py", b".zip", b"submission_metadata.yml", b"submission_101",
    b":submitters:", b"- :name: ", b":sid: ", b"\n", b"  ", b"[", b"{", b"&a ", b"*a", b"!!python/name:os ",
    b"'", b"../", b"Name: Student One (one)", b"\x00", b"<<: *a",
)  # fmt: skip
_MEMBERS = [
    (name.encode(), content.encode() if isinstance(content, str) else content)
    for members in _GENUINE
    for name, content in members.items()
]
_NAMES = edited(st.sampled_from([name for name, _ in _MEMBERS]), TOKENS, one_in=3)
_CONTENTS = edited(st.sampled_from([content for _, content in _MEMBERS]), TOKENS, one_in=3)
_PIECES = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=8).map(b"".join)
_YAML = edited(st.just(METADATA.encode()), TOKENS, one_in=2)


def _zip(members: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name or "x"), content)
    return raw.getvalue()


@st.composite
def _exports(draw: DrawFn) -> bytes:
    """A genuine one with a few members more, whose names and contents are nearly right."""
    base = draw(st.sampled_from((*_GENUINE, {})))
    members = {name: text.encode() if isinstance(text, str) else text for name, text in base.items()}
    for _ in range(draw(st.integers(0, 4))):
        name = draw(st.one_of(_NAMES, _PIECES))[:300].decode("utf-8", errors="replace")
        members[name] = draw(_CONTENTS)
    if base is GRADESCOPE:
        members["assignment_7_export/submission_metadata.yml"] = draw(_YAML)
    return bytes([draw(st.sampled_from((0, 0, 0, 1, 2, 3, 4, 5)))]) + _zip(members)


def genuine() -> list[bytes]:
    """One of each platform, as it is downloaded."""
    found = []
    for members in _GENUINE:
        raw = {name: text.encode() if isinstance(text, str) else text for name, text in members.items()}
        found.append(b"\0" + _zip(raw))
    return found


TARGET = Target(name="exports", contract=contract, cases=_exports(), genuine=genuine, tokens=TOKENS)
