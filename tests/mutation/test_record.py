"""What was judged is what there is, and what survives is as right as the solution."""

from __future__ import annotations

import pytest

from tests.mutation.judge import all_mutants
from tests.mutation.page import PAGE, noticed_share, read_reasons, read_record, render

RECORD, REASONS = read_record(), read_reasons()


@pytest.mark.parametrize("assignment", RECORD)
def test_all_mutants_of_today_were_judged(assignment: str) -> None:
    """A solution that was changed has other mutants: run python -m tests.mutation."""
    assert set(RECORD[assignment]) == {mutant.name for mutant in all_mutants(assignment)}


@pytest.mark.parametrize("assignment", RECORD)
def test_mistakes_are_noticed(assignment: str) -> None:
    """95 of 100 at least; a reason excuses nothing that a check notices, and none is there for nothing."""
    noticed = RECORD[assignment]
    reasons = [reason for reason in REASONS if reason.assignment == assignment]
    assert noticed_share(noticed, reasons) >= 0.95
    for reason in reasons:
        covered = [mutant for mutant in noticed if reason.covers(mutant)]
        assert covered, reason
        assert not any(noticed[mutant] for mutant in covered), reason


def test_the_page_is_up_to_date() -> None:
    """Otherwise: python -m tests.mutation.page"""
    assert PAGE.read_text(encoding="utf-8") == render(RECORD, REASONS)
