"""The two kinds of trouble: ours (the grader's) and the student's. They never mix."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the `grader` command returns to the shell."""

    DONE = 0
    CHECK_FAILED = 1
    DIFFERENT = 1
    USAGE = 2
    GRADER_FAULT = 3
    INTERRUPTED = 130  # what typer makes of Ctrl-C, as shells do


class GraderError(Exception):
    """The grader cannot do its job. `str(error)` says what happened; `hint` is the next step."""

    exit_code = ExitCode.GRADER_FAULT

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders; keyword arguments would be lost by the default."""
        return _rebuild, (type(self), self.message, self.hint)


def _rebuild(kind: type[GraderError], message: str, hint: str) -> GraderError:
    return kind(message, hint=hint)


class UsageError(GraderError):
    """The command was given something that it cannot use: a wrong path, name or option."""

    exit_code = ExitCode.USAGE
