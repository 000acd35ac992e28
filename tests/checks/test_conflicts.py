"""Figures that contradict each other are told; honest ones are not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from grader.assignment_folder import clone_root, load_assignment
from grader.checks.conflicts import find_conflicts
from grader.models.calibration import load_calibration

FOLDER = load_assignment("cs7cs4_week8", clone_root())


@dataclass(frozen=True)
class Run:
    name: str = "strided-5k"
    n: int = 5_000
    train_accuracy: float = 0.62
    test_accuracy: float = 0.49
    seconds: float = 30.0
    quick: bool = False
    history: dict[str, tuple[float | None, ...]] = field(default_factory=dict)


FIRST = Run(history={"loss": (2.0, 1.5)})
LARGER = Run("strided-20k", 20_000, 0.7, 0.63, 130.0, history={"loss": (1.8, 1.2)})


def conflicts(*runs: Run, **stated: tuple[str, float]) -> tuple[str, ...]:
    return find_conflicts(stated, runs, FOLDER.assignment)


def test_honest_figures() -> None:
    """Rounded, repeated, and of a slower afternoon."""
    assert conflicts(FIRST, LARGER, accuracy=("strided-5k:test_accuracy", 0.5)) == ()
    repeated = (FIRST, replace(FIRST, test_accuracy=0.52))
    assert conflicts(*repeated, accuracy=("strided-5k:test_accuracy", 0.505)) == ()
    assert conflicts(accuracy=("strided-5k:test_accuracy", 0.9)) == ()


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ((replace(FIRST, train_accuracy=0.49, test_accuracy=0.62),), "have the two changed places"),
        ((FIRST, replace(LARGER, seconds=25.0)), "took 25 s for 20,000 images, strided-5k took 30 s"),
        ((FIRST, replace(LARGER, history=FIRST.history)), "the same losses to the last digit"),
    ],
)
def test_each_contradiction_is_told_once(runs: tuple[Run, ...], words: str) -> None:
    """In one sentence; a quick trial is no claim."""
    (said,) = conflicts(*runs)
    assert words in said
    assert conflicts(*(replace(run, quick=True) for run in runs)) == ()


def test_a_stated_figure_and_the_run() -> None:
    """Both are named, so that the student sees which to mend."""
    (said,) = conflicts(FIRST, strided_test_accuracy=("strided-5k:test_accuracy", 0.61))
    assert said == (
        "answers.toml states strided_test_accuracy = 0.61, but strided-5k in experiments.json reached 0.49:"
        " which of the two is it?"
    )


def test_other_networks_may_be_faster() -> None:
    """Only the same network with the same epochs has to take longer for more images."""
    assert conflicts(FIRST, replace(LARGER, name="pooled-5k", seconds=1.0)) == ()


@pytest.mark.parametrize("name", ["cs7cs4_week8", "hw5_cnn", "syde552_a2"])
def test_the_references_own_runs_do_not_contradict_each_other(name: str) -> None:
    """Thousands of honest runs, seconds apart: those were measured beside other work."""
    folder = load_assignment(name, clone_root())
    for setting in load_calibration(folder.calibration).settings:
        runs = [
            Run(
                setting.experiment,
                setting.n,
                run.train_accuracy,
                run.test_accuracy,
                setting.n,
                False,
                run.history,
            )
            for run in setting.runs[:20]
        ]
        assert find_conflicts({}, runs, folder.assignment) == ()
