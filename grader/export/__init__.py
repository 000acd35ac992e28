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


class Visibility(StrEnum):
    """When students see results on Gradescope."""

    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    VISIBLE = "visible"


class Container(StrEnum):
    """Platforms that run the grader themselves, as `--for` names them."""

    GRADESCOPE = "gradescope"


__all__ = ["Container", "Target", "Visibility"]
