"""What was found about a class, as it is kept: who is like whom, nothing of anybody's code."""

from __future__ import annotations

from typing import Literal

from grader.evidence import Frozen


class SimilarPair(Frozen):
    """Two submissions that are alike.

    `shares` are the shares (0 to 1) of each one's own tokens, without given and common code, that lie in
    passages of both; `tokens` is how many. `spelled` is the share of names, numbers and texts in these
    passages that are spelled alike, None where there are none. `digests` say what was compared. `page` is the
    name of the file with both side by side.
    """

    students: tuple[str, str]
    digests: tuple[str, str]
    shares: tuple[float, float]
    tokens: int
    spelled: float | None
    comments: int
    page: str


class Findings(Frozen):
    """`compared` counts submissions with code, `usual` is the median over them of the share of shared short
    passages with the closest other one; `left_out` are pairs beyond those that are listed, `missing` those
    whose files were not found, `cut` those that were too long to be compared wholly."""

    schema_version: Literal[1] = 1
    compared: int
    usual: float
    pairs: tuple[SimilarPair, ...]
    left_out: int = 0
    missing: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()

    def without(self, student_id: str) -> Findings:
        """As if the student had never been compared."""
        return self.model_copy(
            update={
                "pairs": tuple(pair for pair in self.pairs if student_id not in pair.students),
                "missing": tuple(name for name in self.missing if name != student_id),
                "cut": tuple(name for name in self.cut if name != student_id),
            }
        )
