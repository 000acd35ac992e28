"""An open task: points over accuracy, limits, and the same network for pictures in another shape."""

from __future__ import annotations

import pytest

from grader.assignment_folder import clone_root, load_assignment
from grader.checks import CheckFailed
from grader.checks.bands import Level, band_levels, expect_limits, share_of_points
from grader.checks.inputs import for_input
from grader.models.calibration import load_calibration

FOLDER = load_assignment("syde552_a2", clone_root())
LEVELS = (Level(0.4, 0.0), Level(0.5, 0.5), Level(0.6, 1.0))


class _Reference:
    def __init__(self, dataset):
        self.calibration, self.dataset = load_calibration(FOLDER.calibration), dataset

    def setting(self, experiment):
        return self.calibration.find(experiment, self.dataset)


@pytest.mark.parametrize(("accuracy", "share"), [(0.1, 0), (0.45, 0.25), (0.5, 0.5), (0.58, 0.9), (0.9, 1)])
def test_points_grow_linearly(accuracy, share):
    """From edge to edge; none below the first, all above the last."""
    assert share_of_points(accuracy, LEVELS) == pytest.approx(share)


def test_edges_rise_on_the_stand_in():
    """Calibration tells the three networks apart, also where CIFAR-10 was never fetched."""
    levels = band_levels(FOLDER.assignment.band("best-5k"), _Reference("digits32"), 0.01)
    assert [level.share for level in levels] == [0, 0.5, 1]


def test_limits_are_said():
    """Parameters and multiplications, each with what there is and what may be."""
    spec = load_calibration(FOLDER.calibration).spec("build_best")
    band = FOLDER.assignment.band("best-5k")
    expect_limits(spec, band)
    with pytest.raises(CheckFailed, match="parameters; the limit of this task is 1,000"):
        expect_limits(spec, band.model_copy(update={"max_parameters": 1000}))
    with pytest.raises(CheckFailed, match="multiplications for one picture"):
        expect_limits(spec, band.model_copy(update={"max_multiplications": 1000}))


def test_flat_pictures_need_no_flatten():
    """784 values, 28 x 28 and 28 x 28 x 1 make the same network; other sizes do not."""
    spec = load_calibration(FOLDER.calibration).spec("build_mlp")
    flat, channel = for_input(spec, (784,)), for_input(spec, (28, 28, 1))
    assert [item.node.class_name for item in flat.sized] == ["Dense", "Dense"]
    assert flat.parameters == channel.parameters == spec.parameters
    assert for_input(spec, (100,)) is spec
