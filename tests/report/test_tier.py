"""Every page says under which tier it came about."""

from __future__ import annotations

import html

import pytest

from grader.report import render_class, render_lab_report, render_student
from grader.results import Tier
from tests.report.sample_assignment import make_assignment
from tests.report.sample_lab import make_lab
from tests.report.samples import ENVIRONMENT, broken, failing, faulty, passing

ASSIGNMENT = make_assignment()


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_reports_of_every_kind(tier: Tier, audience: str) -> None:
    """Marks, problems and faults of the grader alike, for student and instructor."""
    environment = ENVIRONMENT.model_copy(update={"tier": tier})
    for result in (failing(), passing(), broken(), faulty()):
        tiered = result.model_copy(update={"environment": environment})
        assert tier.words in html.unescape(render_student(tiered, ASSIGNMENT, audience=audience))
        assert tier.words in html.unescape(render_class([tiered], ASSIGNMENT))
    assert str(tier) in tier.words


def test_a_lab_report_is_no_grade() -> None:
    """A student's own figures: made without a sandbox, and said to be no grade."""
    for complete in (True, False):
        page = html.unescape(render_lab_report(make_lab(complete=complete)))
        assert f"{Tier.PLAIN.words}; this is not a grade" in page
