"""Where results lie. What students may have and what only the instructor may have are kept apart."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.results import SubmissionResult


@dataclass(frozen=True)
class ResultsFolder:
    """`students/ID/` may be handed out; `instructor/ID/` holds tracebacks with expected values."""

    root: Path

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.sqlite"

    @property
    def training(self) -> Path:
        return self.root / "training.sqlite"

    @property
    def spreadsheet(self) -> Path:
        return self.root / "gradebook.csv"

    @property
    def index(self) -> Path:
        return self.root / "index.html"

    @property
    def similar(self) -> Path:
        """Findings about similar submissions, and a page for each pair; for the instructor only."""
        return self.root / "similar"

    @property
    def findings(self) -> Path:
        return self.similar / "findings.json"

    @property
    def anonymous(self) -> ResultsFolder:
        """A copy of the pages without names, fit to be given away as a whole."""
        return ResultsFolder(self.root / "anonymous")

    @property
    def pseudonym_key(self) -> Path:
        """What leads pseudonyms back to students: never to be given away."""
        return self.root / "pseudonyms.key"

    @property
    def pseudonyms(self) -> Path:
        """Who has which pseudonym; never to be given away either."""
        return self.root / "pseudonyms.csv"

    def report(self, student_id: str, kind: str) -> Path:
        """`kind` is "html" or "pdf"."""
        return self.root / "students" / student_id / f"report.{kind}"

    def instructor(self, student_id: str) -> Path:
        return self.root / "instructor" / student_id

    def _files(self, student_id: str, kinds: Iterable[str]) -> list[Path]:
        own = self.instructor(student_id)
        return [own / "result.json", own / "report.html", *(self.report(student_id, kind) for kind in kinds)]

    def discard(self, student_id: str) -> None:
        """Removes what an earlier result of this student left."""
        for path in self._files(student_id, ("html", "pdf")):
            path.unlink(missing_ok=True)

    def is_complete(self, student_id: str, kinds: Iterable[str]) -> bool:
        """True when every file of a student is there; an interrupted run may have left some out, and a
        power cut some empty."""
        return all(path.is_file() and path.stat().st_size for path in self._files(student_id, kinds))

    def write_result(self, result: SubmissionResult) -> None:
        """`instructor/ID/result.json`, whole or not at all."""
        write_whole(
            self.instructor(result.student_id) / "result.json", result.model_dump_json(indent=1).encode()
        )


def write_whole(path: Path, content: bytes) -> None:
    """Writes beside the target and renames, so that no reader ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
