"""From some files of a class to a Submission, as `load` does it for a folder or archive of one student's."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from grader.intake.archive import ZIP_LIMIT, read_zip_stream
from grader.intake.files import (
    ENTRY_LIMIT,
    FileSet,
    IntakeProblem,
    Selection,
    environments,
    is_archive,
    is_junk,
    megabytes,
    printable,
    unwrap,
)
from grader.intake.load import add_archive, assemble, refused
from grader.intake.members import Members
from grader.intake.platforms import Work
from grader.submission import Submission


def load_part(members: Members, work: Work, student_id: str) -> Submission:
    """The submission that consists of the work's files. What is wrong with it is said in its `problem`."""
    try:
        found = _gather(members, work.files)
        submission = assemble(student_id, FileSet(unwrap(found.files), found.left_out))
    except IntakeProblem as error:
        submission = refused(student_id, str(error))
    return replace(submission, left_out=(*work.left_out, *submission.left_out))


def _gather(members: Members, paths: Mapping[str, str]) -> FileSet:
    """`paths` maps members to paths inside the submission."""
    if len(paths) > ENTRY_LIMIT:
        raise IntakeProblem(
            f"There are more than {ENTRY_LIMIT:,} files. Leave environments and data sets out."
        )
    selection = Selection()
    wanted, archives = {}, {}
    hidden = environments(paths.values())
    for member, inner in sorted(paths.items(), key=lambda item: item[1]):
        path, listed = PurePosixPath(inner), members.listed[member]
        if is_junk(path.parts) or hidden.intersection(path.parents):
            continue
        if listed.problem:
            selection.skip(inner, listed.problem)
        elif selection.wants(inner, listed.size):
            wanted[member] = inner
        elif is_archive(inner):
            archives[inner] = partial(_read_archive, members, member, inner)
    files = {wanted[member]: raw for member, raw in members.read(wanted)}
    found = FileSet(files, tuple(selection.left_out))
    return found if found.has_code else add_archive(found, archives)


def _read_archive(members: Members, member: str, inner: str) -> FileSet:
    if members.listed[member].size > ZIP_LIMIT:
        raise IntakeProblem(
            f"{printable(inner)} has more than {megabytes(ZIP_LIMIT)}. Leave data and models out."
        )
    ((_, raw),) = members.read([member])
    return read_zip_stream(io.BytesIO(raw), printable(PurePosixPath(inner).name))
