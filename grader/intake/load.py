"""From a path to a Submission; faults of the student's become its `problem`, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.intake.archive import read_zip
from grader.intake.files import (
    ACCEPTED,
    ANSWERS_NAME,
    CODE_SUFFIXES,
    DATA_LIMIT,
    EXPERIMENTS_NAME,
    FileSet,
    IntakeProblem,
    is_archive,
    is_junk,
    megabytes,
    printable,
    size_limit,
    unwrap,
)
from grader.intake.folder import read_folder, read_plain_file
from grader.intake.identity import id_of, safe_student_id
from grader.intake.modules import read_modules
from grader.results import LeftOut
from grader.submission import Submission

_LISTED = 500  # things left out of one submission
_DOCUMENTS = {
    ".pdf": "a PDF",
    ".docx": "a Word document",
    ".doc": "a Word document",
    ".odt": "a text document",
    ".png": "a picture",
    ".jpg": "a picture",
    ".jpeg": "a picture",
    ".heic": "a picture",
    ".html": "a web page",
    ".txt": "a text file",
    ".h5": "a saved model",
    ".keras": "a saved model",
}


def load_submission(path: Path, student_id: str | None = None) -> Submission:
    """Read a folder, .zip, .py or .ipynb into memory and sift its code; nothing is run or unpacked.

    The id is `student_id` made safe, or comes from the name of `path`. Whatever is wrong with the
    submission is said in its `problem`. Raises UsageError only when there is nothing at `path`.
    """
    if not path.exists() and not path.is_symlink():
        raise UsageError(f"{path} does not exist.", hint=ACCEPTED)
    identity = safe_student_id(student_id) if student_id is not None else id_of(path)
    try:
        found = _read(path)
    except IntakeProblem as error:
        return refused(identity, str(error))
    except OSError as error:
        return refused(identity, f"{printable(path.name)} cannot be read: {error.strerror or error}.")
    return assemble(identity, FileSet(unwrap(found.files), found.left_out))


def refused(student_id: str, problem: str) -> Submission:
    """What cannot be taken in. The digest stands for the problem: another problem is another submission."""
    return Submission(student_id, FileSet({"problem": problem.encode()}).digest, (), (), problem=problem)


def assemble(student_id: str, found: FileSet) -> Submission:
    """The submission that consists of `found`."""
    read = read_modules(found.files)
    answers, spare_answers = _nearest(found.files, ANSWERS_NAME)
    experiments, spare_experiments = _nearest(found.files, EXPERIMENTS_NAME)
    data, too_much = _choose_data(found.files)
    problem = ""
    if not read.modules and answers is None and experiments is None:
        problem = " ".join(read.problems) or _nothing_to_grade(found)
    return Submission(
        student_id=student_id,
        digest=found.digest,
        files=tuple(sorted(found.files)),
        modules=read.modules,
        data=data,
        answers=answers,
        experiments=experiments,
        left_out=_shortened([*read.left_out, *spare_answers, *spare_experiments, *too_much, *found.left_out]),
        problem=problem,
    )


def _shortened(left_out: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    """As many as anybody would read, and how many more there are."""
    more = len(left_out) - _LISTED
    if more <= 0:
        return tuple(left_out)
    rest = LeftOut(where="elsewhere", what=f"{more:,} more", why="only so many are listed")
    return (*left_out[:_LISTED], rest)


def _read(path: Path) -> FileSet:
    if path.is_symlink():
        # It may lead to another student's work or out of the folder of submissions.
        raise IntakeProblem(f"{printable(path.name)} is a link. Put the work itself there. {ACCEPTED}")
    if path.is_dir():
        return _read_handed_in_folder(path)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return read_zip(path)
    if suffix in CODE_SUFFIXES:
        return _read_single(path)
    what = "an archive that is not a .zip" if is_archive(path.name) else _DOCUMENTS.get(suffix, "no code")
    raise IntakeProblem(f"{printable(path.name)} is {what}. {ACCEPTED}")


def _read_single(path: Path) -> FileSet:
    limit = size_limit(path.name) or 0
    size = path.stat().st_size
    if size > limit:
        raise IntakeProblem(
            f"{printable(path.name)} has {megabytes(size)}, more than {megabytes(limit)}. "
            "Clear the outputs or take data out of it and hand in again."
        )
    return FileSet({printable(path.name): read_plain_file(path, path.name)})


def _read_handed_in_folder(path: Path) -> FileSet:
    """A folder; when its code is in one zip, as learning platforms store it, that zip."""
    found = read_folder(path)
    if found.has_code:
        return found
    archives = {
        item.relative_to(path).as_posix(): partial(read_zip, item)
        for item in sorted(path.rglob("*"))
        if is_archive(item.name) and not is_junk(item.relative_to(path).parts) and not item.is_symlink()
    }
    return add_archive(found, archives)


def add_archive(found: FileSet, archives: Mapping[str, Callable[[], FileSet]]) -> FileSet:
    """What lies in the one of `archives` beside `found`, which has no code of its own; each can be read.

    Raises IntakeProblem where they are several, or one that is no .zip.
    """
    if not archives:
        return found
    if len(archives) > 1:
        names = ", ".join(printable(PurePosixPath(name).name) for name in list(archives)[:5])
        raise IntakeProblem(
            f"The folder holds no code but {len(archives)} archives ({names}). Keep the right one only."
        )
    ((name, read),) = archives.items()
    if PurePosixPath(name).suffix.lower() != ".zip":
        raise IntakeProblem(
            f"{printable(PurePosixPath(name).name)} is an archive that is not a .zip. {ACCEPTED}"
        )
    inside = read()
    left_out = tuple(left for left in found.left_out if left.where != printable(name))
    return FileSet({**found.files, **inside.files}, (*left_out, *inside.left_out))


def _nearest(files: Mapping[str, bytes], wanted: str) -> tuple[bytes | None, list[LeftOut]]:
    """The file of that name nearest to the top, then first by path; the others are left out."""
    found = sorted(
        (name for name in files if PurePosixPath(name).name == wanted), key=lambda n: (n.count("/"), n)
    )
    if not found:
        return None, []
    why = f"{printable(found[0])} is nearer to the top, and that one counts"
    return files[found[0]], [LeftOut(where=printable(name), what="file", why=why) for name in found[1:]]


def _choose_data(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[LeftOut]]:
    """Small files beside the code, smallest first until the limit; the rest is left out."""
    names = [
        name
        for name in files
        if PurePosixPath(name).suffix.lower() not in CODE_SUFFIXES
        and PurePosixPath(name).name not in (ANSWERS_NAME, EXPERIMENTS_NAME)
    ]
    chosen: dict[str, bytes] = {}
    left_out = []
    total = 0
    for name in sorted(names, key=lambda name: (len(files[name]), name)):
        total += len(files[name])
        if total <= DATA_LIMIT:
            chosen[name] = files[name]
        else:
            why = f"the data files together have more than {megabytes(DATA_LIMIT)}"
            left_out.append(LeftOut(where=printable(name), what="file", why=why))
    return chosen, left_out


def _nothing_to_grade(found: FileSet) -> str:
    others = [*found.files, *(left.where for left in found.left_out)]
    if not others:
        return f"There are no files in it. {ACCEPTED}"
    shown = ", ".join(printable(PurePosixPath(name).name) for name in sorted(others)[:5])
    return f"There is no Python file or notebook in it, only {shown}. {ACCEPTED}"
