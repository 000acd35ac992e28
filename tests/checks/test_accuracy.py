"""Accuracy is judged by the calibrated spread, one seed after another; claims are flagged."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from grader.assignment import Experiment, Statistics
from grader.checks import CheckFailed, Inconclusive, expect_accuracy, judge_claim, judge_run
from grader.errors import GraderError
from grader.models.calibration import CalibratedRun, Distribution, Setting
from grader.models.tasks import TrainingRun
from grader.sandbox import FitReply
from tests.checks.test_models import COMPILED, Box, built, convolutions, head

EXPERIMENT = Experiment(
    name="strided-5k", title="Strided", model="build_strided", n=5000, epochs=2, batch_size=128, task="ii.a"
)
CURVES = {"accuracy": (0.3, 0.5), "val_accuracy": (0.3, 0.45), "loss": (2.0, 1.0), "val_loss": (2.1, 1.5)}
DATASET = SimpleNamespace(
    x_train=np.zeros((1, 32, 32, 3)),
    y_train=np.array([0]),
    x_test=np.zeros((2, 32, 32, 3)),
    y_test=np.array([0, 1]),
    class_names=tuple("abcdefghij"),
)


def setting(mean=0.5, sd=0.01, n=20):
    runs = tuple(
        CalibratedRun(seed=s, train_accuracy=0.6, test_accuracy=mean, history=CURVES, wall_seconds=1)
        for s in range(n)
    )
    spread = Distribution(mean=mean, sd=sd, n=n)
    return Setting.model_construct(
        experiment="strided-5k", test_accuracy=spread, train_accuracy=spread, runs=runs
    )


class Training:
    """A store that holds runs with these test accuracies, and counts what it is asked for."""

    def __init__(self, accuracies, *, same=False):
        self.accuracies, self.same, self.asked = accuracies, same, []

    def runs(self, model, experiment, *, seeds):
        self.asked.append(seeds)
        return tuple(
            TrainingRun(
                key=str(i),
                history=CURVES,
                train_accuracy=0.6,
                test_accuracy=self.accuracies[i],
                test_predictions=(0, 1),
                wall_seconds=1,
                cpu_seconds=1,
                versions={},
            )
            for i in range(seeds)
        )

    def same_as_reference(self, model, function):
        return self.same


def judge(training, model=None, fit=None):
    box = Box()
    expect_accuracy(
        model or built([*convolutions(), *head()], COMPILED),
        EXPERIMENT,
        submission=SimpleNamespace(fit=fit),
        training=training,
        reference=SimpleNamespace(setting=lambda name: setting()),
        rules=Statistics(alpha=0.0025, margin=0.01, max_runs=3),
        dataset=DATASET,
        evidence=box,
        seed=5,
    )
    return box.items


def test_the_reference_itself_is_not_trained():
    """An equal network passes at once; its report shows the band."""
    training = Training([], same=True)
    (curves,) = judge(training)
    assert training.asked == []
    assert not curves.series
    assert len(curves.bands) == 2


def test_a_good_network_passes_with_one_run():
    """At the reference's mean one seed is enough; curves and confusion are shown."""
    training = Training([0.5])
    curves, confusion = judge(training)
    assert training.asked == [1]
    assert [line.role for line in curves.series] == ["train", "validation"]
    assert sum(map(sum, confusion.counts)) == 2


def test_a_bad_network_fails_with_the_reason():
    """Far below the limit one run decides; the feedback gives both accuracies and the odds."""
    with pytest.raises(CheckFailed) as failure:
        judge(Training([0.2, 0.2, 0.2]))
    assert "0.200" in failure.value.feedback
    assert "0.25%" in failure.value.feedback


def test_in_between_nobody_loses():
    """What stays between the bounds after all runs is for the instructor."""
    with pytest.raises(Inconclusive):
        judge(Training([0.477, 0.477, 0.477]))


def test_a_network_that_does_not_fit_the_data_is_told_why():
    """Not compiled: the builder's author reads what to do."""
    with pytest.raises(CheckFailed, match="cannot be trained: The model is not compiled"):
        judge(Training([0.5]), built([*convolutions(), *head()]))


def test_refused_compile_settings_are_trained_in_the_sandbox():
    """A loss that nobody could identify costs nothing: the student's own model is trained once."""
    asked = []

    def fit(model, task):
        asked.append(task)
        answers = np.eye(10, dtype=np.float32)
        return FitReply({"accuracy": [0.5]}, answers[:1], answers[:2], 1.0, "")

    own = {"module": "builtins", "class_name": "function", "config": "loss", "registered_name": "function"}
    model = built([*convolutions(), *head()], {**COMPILED, "loss": own})
    assert model.spec.has_own_loss
    judge(Training([]), model, fit)
    (task,) = asked
    assert (task.epochs, task.batch_size, task.seed) == (2, 128, 5)


@pytest.mark.parametrize(
    ("claimed", "verdict"), [(0.5, "plausible"), (0.53, "plausible"), (0.9, "implausible")]
)
def test_claims(claimed, verdict):
    """Near the distribution plausible, far from it not; the distance is in standard deviations."""
    claim = judge_claim("test", claimed, Distribution(mean=0.5, sd=0.01, n=20))
    assert claim.verdict == verdict
    assert claim.distance == pytest.approx((claimed - 0.5) / 0.01)


@pytest.mark.parametrize(("claimed", "verdict"), [(0.974, "plausible"), (0.999, "implausible")])
def test_claims_near_1(claimed, verdict):
    """Where a network is right nearly always, other machines cannot make it better by two points."""
    assert judge_claim("test", claimed, Distribution(mean=0.974, sd=0.0015, n=5)).verdict == verdict


@pytest.mark.parametrize("distribution", [None, Distribution(mean=0.5, sd=None, n=1)])
def test_nothing_to_check_against(distribution):
    """No run, or a single one, makes a claim not checkable rather than wrong."""
    assert judge_claim("test", 0.9, distribution).verdict == "not checkable"


@pytest.mark.parametrize(
    ("name", "quick", "same_data", "verdict"),
    [
        ("strided-5k", False, True, "plausible"),
        ("strided-5k", True, True, "not checkable"),
        ("strided-5k", False, False, "not checkable"),
        ("my-own", False, True, "not checkable"),
    ],
)
def test_runs_of_experiments_json(name, quick, same_data, verdict):
    """Quick runs, other data and runs that nobody calibrated are not checkable."""

    def found(experiment):
        if experiment != "strided-5k":
            raise GraderError("not calibrated")
        return setting()

    run = SimpleNamespace(name=name, train_accuracy=0.5, test_accuracy=0.5, quick=quick)
    claims = judge_run(
        run, SimpleNamespace(experiments=(EXPERIMENT,)), SimpleNamespace(setting=found), same_data=same_data
    )
    assert [claim.verdict for claim in claims] == [verdict, verdict]
