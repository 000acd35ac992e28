"""What a check is, and the two ways in which it ends without passing."""

from __future__ import annotations

import pytest


class CheckFailed(Exception):
    """The submission is wrong here.

    `feedback` is for the student and never holds a hidden value; an empty one stands for the
    check's own. `detail` is for the instructor. `earned` is the share of the points that is
    given all the same, 0 to 1.
    """

    def __init__(self, feedback: str, *, detail: str = "", earned: float = 0.0) -> None:
        super().__init__(feedback)
        self.feedback = feedback
        self.detail = detail
        self.earned = earned


class Inconclusive(Exception):
    """Neither right nor wrong could be shown: the check stays unscored and the instructor decides."""

    def __init__(self, feedback: str, *, detail: str = "") -> None:
        super().__init__(feedback)
        self.feedback = feedback
        self.detail = detail


def check(*, task: str, points: float, title: str, feedback: str) -> pytest.MarkDecorator:
    """Marks a test function as a check of `task`, worth `points`.

    `feedback` is the student's text where nothing more exact is known. A parametrised check earns
    its points when all of its cases pass.
    """
    return pytest.mark.check(task=task, points=points, title=title, feedback=feedback)
