"""What a check, a submission and a class came to: frozen types, no input or output.

Everything here is written to `result.json` and read back by reports, so the types are
pydantic models: unknown keys and wrong types are refused on the way in.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from grader.evidence import Claims, Evidence, Frozen, Standing


class Verdict(StrEnum):
    """How a check ended. Only PASSED earns all points; GRADER_ERROR and SKIPPED are unscored."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_IMPLEMENTED = "not_implemented"
    RAISED = "raised"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OVER_LIMIT = "over_limit"
    SKIPPED = "skipped"
    GRADER_ERROR = "grader_error"

    @property
    def label(self) -> str:
        """Words for people, e.g. "not implemented"."""
        return self.value.replace("_", " ")


UNSCORED = frozenset({Verdict.SKIPPED, Verdict.GRADER_ERROR})


class Tier(StrEnum):
    """The protection that a submission ran under; stated in every result and report."""

    T1 = "T1"
    T1B = "T1b"
    T2 = "T2"
    T3 = "T3"
    PLAIN = "plain"
    UNSANDBOXED = "UNSANDBOXED"

    @property
    def words(self) -> str:
        """Where code ran, for people; always with the tier's name."""
        return _WHERE[self]


_WHERE = {
    Tier.T1: "in a sandbox with its own namespaces (tier T1)",
    Tier.T1B: "in a sandbox with its own namespaces (tier T1b)",
    Tier.T2: "in a sandbox without namespaces (tier T2)",
    Tier.T3: "as a system user of its own (tier T3)",
    Tier.PLAIN: "on the student's own machine, without a sandbox (tier plain)",
    Tier.UNSANDBOXED: "UNSANDBOXED: without any protection",
}


class Platform(StrEnum):
    """Where a class of submissions was downloaded. PLAIN is none of them: folders, archives and files."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    BLACKBOARD = "blackboard"
    GRADESCOPE = "gradescope"
    PLAIN = "plain"

    @property
    def label(self) -> str:
        """Its name for people."""
        return self.value.capitalize()


class CheckResult(Frozen):
    """One check of one submission.

    `feedback` is the student's text and never holds a hidden value; `detail` is the
    instructor's (a traceback with expected values, or why the grader failed).
    `score` is None when unscored. `order` is its place among the checks. `digest` is SHA-256 over
    what the check was then: its own code and all that it depends on.
    """

    check: str
    order: int = 0
    task: str
    title: str
    points: float
    verdict: Verdict
    score: float | None
    feedback: str = ""
    detail: str = ""
    cases: int = 1
    cases_passed: int = 0
    evidence: tuple[Evidence, ...] = ()
    output: str = ""
    digest: str = ""


class Adjustment(Frozen):
    """A decision by hand: the score of `check`, in place of what the check gave.

    `check` may be the key of an answer in words, too. Where it is empty, `points` are added to the total
    instead. None withdraws what was decided before. `who` and `at` (UTC, ISO 8601) are for instructors; the
    student reads `why`.
    """

    check: str
    points: float | None
    who: str
    at: str
    why: str


class HandedIn(Frozen):
    """What is known of when it was handed in: from a platform's export, or the instructor's roster.

    `submitted` is ISO 8601, without an offset where none is known, "" for no time. `late` is the
    platform's own marker, None where it has none. `extension_days` move the due date.
    """

    platform: Platform = Platform.PLAIN
    submitted: str = ""
    late: bool | None = None
    extension_days: float = 0


class LeftOut(Frozen):
    """Something in the submission that was not run or not read, and why."""

    where: str
    what: str
    why: str


class FreeText(Frozen):
    """An answer kept for the instructor to read. `digest` is that of the text."""

    id: str
    task: str
    question: str
    text: str
    digest: str = ""

    @property
    def key(self) -> str:
        """What its mark is filed under, as an adjustment: another text has another key, so no mark yet."""
        return f"{ANSWER}{self.id}:{self.digest or digest_text(self.text)}"

    def outline(self) -> FreeText:
        """Without the words; the key stays."""
        return self.model_copy(update={"question": "", "text": "", "digest": self.key.rpartition(":")[2]})


ANSWER = "answer:"


def digest_text(text: str) -> str:
    """Eight hexadecimal digits, enough to tell the texts of one answer of one student apart."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


class Environment(Frozen):
    """What the marks depend on besides the submission."""

    tier: Tier
    dataset: str
    dataset_note: str
    seed: int
    versions: dict[str, str]


class SubmissionResult(Frozen):
    """All that a report needs about one submission.

    `digest` is SHA-256 over the submitted files; `checks_digest` over checks, reference and
    settings: equal digests and seed mean equal marks. `problem` is set when what was handed in
    could not be graded (not a submission, broken zip), `fault` when the grader itself failed; then
    `checks` is empty, everything is unscored and the instructor decides. `checks` hold what the checks
    gave; `adjustments` are what was decided by hand, all of it in order of time. `handed_in` is None where
    nothing is known of it.
    """

    schema_version: Literal[1] = 1
    assignment: str
    student_id: str
    digest: str
    checks_digest: str
    files: tuple[str, ...]
    environment: Environment
    checks: tuple[CheckResult, ...]
    left_out: tuple[LeftOut, ...] = ()
    answers: tuple[FreeText, ...] = ()
    problem: str = ""
    fault: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    handed_in: HandedIn | None = None

    @property
    def in_force(self) -> dict[str, Adjustment]:
        """The latest adjustment of each check ("" for the total), without those withdrawn."""
        return _latest(item for item in self.adjustments if not item.check.startswith(ANSWER))

    @property
    def marks(self) -> dict[str, Adjustment]:
        """The latest mark of each answer in words, by its key; also of texts that were replaced since."""
        return _latest(item for item in self.adjustments if item.check.startswith(ANSWER))

    def outline(self) -> SubmissionResult:
        """What pages about the whole class need of it: a class of them fits into memory."""
        checks = tuple(
            check.model_copy(
                update={
                    "evidence": tuple(item for item in check.evidence if isinstance(item, Claims | Standing)),
                    "detail": "",
                    "output": "",
                }
            )
            for check in self.checks
        )
        answers = tuple(answer.outline() for answer in self.answers)
        return self.model_copy(update={"checks": checks, "answers": answers})


def _latest(items: Iterable[Adjustment]) -> dict[str, Adjustment]:
    latest = {item.check: item for item in items}
    return {name: item for name, item in latest.items() if item.points is not None}
