"""Ten thousand simulated classes for every accuracy check that we ship: chance fails hardly anybody, and a
network five points worse is found.

A class calibrates anew, as the real spread is never known either, and judges one submission. Accuracies are
drawn from a normal distribution with the calibrated mean and sd, and again from the calibrated accuracies
themselves, which need not be normal.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pytest

from grader.assignment import AssignmentFolder, Statistics, clone_root, load_assignment
from grader.models.calibration import Distribution, load_calibration
from grader.models.statistics import WORSE, Decision, bounds, decide, looks

CLASSES = 10_000
ASSIGNMENTS = ("cs7cs4_week8", "hw5_cnn", "syde552_a2")
FLOAT = npt.NDArray[np.float64]


class Draw(Protocol):
    def __call__(self, size: tuple[int, int]) -> FLOAT: ...


@dataclass(frozen=True)
class Judged:
    """An accuracy check on one data set."""

    name: str
    distribution: Distribution
    accuracies: tuple[float, ...]
    rules: Statistics

    def normal(self, rng: np.random.Generator) -> Draw:
        assert self.distribution.sd is not None
        return partial(rng.normal, self.distribution.mean, self.distribution.sd)

    def resampled(self, rng: np.random.Generator) -> Draw:
        return partial(rng.choice, np.array(self.accuracies))


def _experiments(folder: AssignmentFolder) -> set[str]:
    """What the hidden checks call `expect_learning` with."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.hidden_checks.glob("test_*.py")]
    return {
        ast.literal_eval(node.args[0])
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "expect_learning"
    }


def _all_judged() -> list[Judged]:
    found = []
    for name in ASSIGNMENTS:
        folder = load_assignment(name, clone_root())
        rules = folder.assignment.statistics
        for setting in load_calibration(folder.calibration).settings:
            if setting.experiment not in _experiments(folder):
                continue
            cap = folder.assignment.experiment(setting.experiment).max_runs or rules.max_runs
            found.append(
                Judged(
                    f"{name} {setting.experiment} on {setting.dataset}",
                    setting.test_accuracy,
                    tuple(run.test_accuracy for run in setting.runs),
                    rules.model_copy(update={"max_runs": cap}),
                )
            )
    return found


JUDGED = _all_judged()


def simulate(judged: Judged, draw: Draw, *, below: float) -> dict[Decision, float]:
    """Shares of the verdicts on a network whose mean lies `below` the reference's."""
    cap, n = judged.rules.max_runs, judged.distribution.n
    calibrated = draw((CLASSES, n))
    values = draw((CLASSES, cap)) - below
    means = values.cumsum(axis=1) / np.arange(1, cap + 1)
    verdicts = [_verdict(row, mean, judged.rules) for row, mean in zip(calibrated, means, strict=True)]
    for row, runs, verdict in list(zip(calibrated, values, verdicts, strict=True))[:100]:
        assert verdict is _slowly(row, runs, judged.rules), "the shortcut here and the real decision differ"
    return {decision: verdicts.count(decision) / CLASSES for decision in Decision}


def _verdict(calibrated: FLOAT, means: FLOAT, rules: Statistics) -> Decision:
    """As `decide`, from means that are known already."""
    distribution = Distribution(
        mean=float(calibrated.mean()), sd=float(calibrated.std(ddof=1)), n=len(calibrated)
    )
    for runs in looks(rules.max_runs):
        limits = bounds(distribution, runs, alpha=rules.alpha, margin=rules.margin, max_runs=rules.max_runs)
        if means[runs - 1] >= limits.pass_from:
            return Decision.PASSED
        if means[runs - 1] < limits.fail_below:
            return Decision.FAILED
    return Decision.INCONCLUSIVE


def _slowly(calibrated: FLOAT, runs: FLOAT, rules: Statistics) -> Decision:
    distribution = Distribution(
        mean=float(calibrated.mean()), sd=float(calibrated.std(ddof=1)), n=len(calibrated)
    )
    return decide(
        runs.tolist(), distribution, alpha=rules.alpha, margin=rules.margin, max_runs=rules.max_runs
    )


def test_every_accuracy_check_is_simulated() -> None:
    """Nine checks, each on the real data and on the digits that come with the grader."""
    assert len(JUDGED) == 18


@pytest.mark.parametrize("judged", JUDGED, ids=lambda judged: judged.name)
def test_chance_fails_hardly_anybody(judged: Judged) -> None:
    """At most alpha, to three standard errors of ten thousand classes; and nearly everybody passes."""
    alpha = judged.rules.alpha
    rng = np.random.default_rng(20_240_607)
    for draw in (judged.normal(rng), judged.resampled(rng)):
        shares = simulate(judged, draw, below=0.0)
        assert shares[Decision.FAILED] <= alpha + 3 * sqrt(alpha / CLASSES)
        assert shares[Decision.PASSED] >= 0.97


@pytest.mark.parametrize("judged", JUDGED, ids=lambda judged: judged.name)
def test_five_points_worse_is_found(judged: Judged) -> None:
    """In 95 of 100 cases within the runs that are allowed; it passes in less than 3."""
    shares = simulate(judged, judged.normal(np.random.default_rng(20_240_608)), below=WORSE)
    assert shares[Decision.FAILED] >= 0.95
    assert shares[Decision.PASSED] < 0.03
