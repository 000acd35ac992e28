"""python -m tests.models.simulated_classes: ten thousand classes for every accuracy check that we ship.

A class calibrates anew, as the real spread is never known either, and judges one submission. Accuracies are
drawn from a normal distribution with the calibrated mean and sd, and again from the calibrated accuracies
themselves, which need not be normal.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from grader.assignment import Statistics
from grader.assignment_folder import AssignmentFolder, clone_root, load_assignment
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


def main() -> None:
    print(f"{'a network is':>56}  as good as the ref.    5 points worse")
    print(f"{'check':39} {'mean':>6} {'sd':>5} {'n':>4}    passed   failed    passed   failed  runs")
    for judged in JUDGED:
        rng, spread = np.random.default_rng(1), judged.distribution
        right, wrong = (simulate(judged, judged.normal(rng), below=below) for below in (0.0, WORSE))
        shares = [
            f"{share[decision]:.2%}"
            for share in (right, wrong)
            for decision in (Decision.PASSED, Decision.FAILED)
        ]
        print(
            f"{judged.name:39} {spread.mean:6.3f} {spread.sd:.3f} {spread.n:4}"
            f"   {shares[0]:>7}  {shares[1]:>7}   {shares[2]:>7}  {shares[3]:>7}  {judged.rules.max_runs:4}"
        )


if __name__ == "__main__":
    main()
