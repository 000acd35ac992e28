"""Marks in the forms that learning platforms read: one small pure module a form, results to text or bytes.

Who reads or writes files is `grader.commands.export`.
"""

from __future__ import annotations

from enum import StrEnum


class Target(StrEnum):
    """Where marks may go, as `--to` names it."""

    GRADESCOPE = "gradescope"
    CANVAS = "canvas"
    MOODLE = "moodle"
    MOODLE_FEEDBACK = "moodle-feedback"
    BLACKBOARD = "blackboard"
    GITHUB = "github"
    PRAIRIELEARN = "prairielearn"
    AUTOLAB = "autolab"
    JUNIT = "junit"
    CSV = "csv"


__all__ = ["Target"]
