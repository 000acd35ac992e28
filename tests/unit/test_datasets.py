"""An experiment may have data sets of its own; which one stands for it is settled once."""

from __future__ import annotations

import pytest

from grader.assignment import Assignment, parse_assignment
from grader.data import load_dataset
from grader.errors import GraderError
from grader.grading.datasets import Datasets
from tests.unit.test_assignment import GOOD

EXPERIMENT = """
[[experiments]]
name = "{name}"
title = "T"
model = "build"
n = 10
epochs = 1
batch_size = 1
task = "a"
{more}
"""


def make_assignment(*experiments: tuple[str, str]) -> Assignment:
    tables = (EXPERIMENT.format(name=name, more=more) for name, more in experiments)
    return parse_assignment(GOOD + "".join(tables), "assignment.toml")


def test_an_experiment_names_its_own_data_sets() -> None:
    """The default where it names none; all lists are known to the assignment, each once."""
    own = 'datasets = ["cifar10", "digits32"]'
    assignment = make_assignment(("plain", ""), ("own", own), ("too", own))
    assert assignment.dataset_lists == (("digits32",), ("cifar10", "digits32"))
    datasets = Datasets(assignment, ("digits32",))
    for name in ("plain", "own"):
        assert datasets.of(assignment.experiment(name)).digest == load_dataset("digits32").digest
    assert datasets.digest == load_dataset("digits32").digest


def test_the_first_at_hand_is_in_force() -> None:
    """A stand-in is used, and said, where the real data set was never fetched."""
    datasets = Datasets.at_hand(make_assignment(("own", 'datasets = ["cifar10", "digits32"]')))
    assert datasets.names == ("digits32",)
    assert datasets.default.name == "digits32"
    assert "Stand-in" in datasets.note


@pytest.mark.parametrize(
    "more", ['measured_on = "test"', "validation_split = 0", 'measured_on = "test"\nvalidation_split = 0.1']
)
def test_curves_are_of_held_back_or_of_test_images(more: str) -> None:
    """Holding images back and measuring on the test images exclude one another."""
    with pytest.raises(GraderError, match="validation_split = 0"):
        make_assignment(("own", more))
    make_assignment(("own", 'measured_on = "test"\nvalidation_split = 0.0'))
