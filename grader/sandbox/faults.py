"""The two ways in which a sandbox fails: the student's code, and the machine."""

from __future__ import annotations

from functools import partial

from grader.errors import GraderError
from grader.results import Verdict
from grader.submission import Place


class SubmissionFault(Exception):
    """The student's code did not answer. `message` is for the student, `detail` for the instructor.

    `place` is the innermost line of the student's own code, where one is known. `unexplained` is true when
    something killed the worker that neither its code nor our limits account for, as the machine does when
    memory runs out: another try may end otherwise.
    """

    def __init__(
        self,
        verdict: Verdict,
        message: str,
        place: Place | None = None,
        detail: str = "",
        *,
        unexplained: bool = False,
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message
        self.place = place
        self.detail = detail
        self.unexplained = unexplained

    def __reduce__(self) -> tuple[object, ...]:
        rebuild = partial(type(self), unexplained=self.unexplained)
        return rebuild, (self.verdict, self.message, self.place, self.detail)


class SandboxUnavailable(GraderError):
    """No tier of protection can be had on this machine; `hint` is the line that mends it."""


class SandboxBroken(GraderError):
    """A sandbox that was started does not work any more."""
