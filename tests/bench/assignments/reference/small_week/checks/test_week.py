"""What `tests.bench.by_hand` checks with a process per student, and the accuracy of the network."""

import pytest

from grader.checks import check, expect_convolutions, expect_integer, expect_layers
from grader.checks.history import expect_epochs, expect_history, expect_steps
from grader.checks.train_probe import PROBE_COMPILE, PROBE_CONFIG, probe_data
from grader.sandbox import BuiltModel

IMAGES, BATCH = 512, 32
SIZES = (((6, 6), (3, 3)), ((8, 5), (3, 2)), ((7, 7), (1, 4)), ((9, 9), (5, 5)), ((28, 28), (3, 3)))


@check(
    task="1",
    points=40,
    title="Five images",
    feedback="Slide the kernel over every place where it fits, multiply entry by entry, and sum.",
)
def test_five_arrays(submission, rng):
    pairs = [(rng.integers(0, 99, image), rng.integers(1, 9, kernel)) for image, kernel in SIZES]
    expect_convolutions(submission.convolve, pairs)


@check(
    task="2",
    points=10,
    title="Parameters",
    feedback="A convolution has (3 x 3 x channels that come in + 1) for each filter.",
)
def test_parameters(submission, reference):
    expect_integer(
        submission.answer("parameters"),
        reference.spec("build_network").parameters,
        key="parameters",
        feedback="Add up the parameters of the three layers that have some.",
    )


@check(task="2", points=10, title="Layers and their shapes", feedback="Compare with the list in the handout.")
def test_shapes(submission, reference, evidence):
    expect_layers(
        submission.model("build_network"), reference.spec("build_network"), evidence, title="The network"
    )


@check(task="2", points=20, title="The network learns", feedback="One epoch on 512 images is enough.")
def test_learns(expect_learning):
    expect_learning("epoch")


@pytest.fixture(scope="module")
def history(submission):
    """One epoch of the student's `train`."""
    x, y = probe_data(IMAGES)
    return submission.train(BuiltModel(config=PROBE_CONFIG, compile=PROBE_COMPILE), x, y, 1, BATCH)


@check(task="3", points=20, title="One epoch", feedback="Hand the arguments on to model.fit.")
def test_epoch(history):
    expect_history(history)
    expect_epochs(history, 1)
    expect_steps(history, IMAGES, BATCH)
