"""The findings about similar submissions, on disk."""

from __future__ import annotations

from pydantic import ValidationError

from grader.errors import GraderError
from grader.layout import ResultsFolder, write_whole
from grader.similar import Findings


def read_findings(files: ResultsFolder) -> Findings | None:
    """None where `grader similar` has not run. Raises GraderError for a file that it did not write."""
    try:
        return Findings.model_validate_json(files.findings.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        raise GraderError(
            f"{files.findings} cannot be used: {first['msg']}.",
            hint="Remove it and run `grader similar` again.",
        ) from None


def write_findings(findings: Findings, files: ResultsFolder) -> None:
    """Also removes the pages of pairs that are not among the findings any more."""
    write_whole(files.findings, findings.model_dump_json(indent=1).encode())
    kept = {pair.page for pair in findings.pairs}
    for page in files.similar.glob("pair-*.html"):
        if page.name not in kept:
            page.unlink()
