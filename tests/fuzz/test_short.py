"""A few hundred cases for every target, the same each time; `tox -e fuzz` has 100,000."""

from __future__ import annotations

import pytest

from tests.fuzz.engines import run_hypothesis
from tests.fuzz.judge import Judge
from tests.fuzz.target import ENTRANCES, load_target

CASES = 200
# Building needs TensorFlow, which other tests build models with.
SHORT = [name for name in ENTRANCES if name != "keras_builds"]


@pytest.mark.parametrize("name", SHORT)
def test_a_few_hundred_cases(name: str) -> None:
    """None breaks a promise, and enough of them get past the first checks."""
    target = load_target(name)
    judge = Judge(target)
    run_hypothesis(target, judge, CASES // ENTRANCES[name].one_in, start=0)
    assert judge.tally.failures == {}
    assert judge.tally.accepted >= ENTRANCES[name].accepted * judge.tally.cases


@pytest.mark.parametrize("name", SHORT)
def test_genuine_ones_are_good(name: str) -> None:
    """What mutations start from keeps every promise itself, and most of it is accepted."""
    target = load_target(name)
    outcomes = [target.contract(case) for case in target.genuine()]
    assert any(outcome.startswith("accepted") for outcome in outcomes)
