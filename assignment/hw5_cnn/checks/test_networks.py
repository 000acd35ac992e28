"""Public checks of process_dataset and of the three networks: what can be seen without training."""

import numpy as np
import pytest

from grader.checks import CheckFailed, check, expect_close, expect_compile, expect_spec
from grader.checks.images import expect_image_shape, two_results

IMAGES = np.zeros((2, 28, 28), np.uint8)
IMAGES[0, 3, 5] = 255
IMAGES[1, 27, 0] = 51
LABELS = np.array([7, 0])

BASE = ["Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dense"]
TWO_CONV = ["Conv2D", "MaxPooling2D", *BASE]


@check(
    task="4.1",
    points=1,
    title="Two images with one bright pixel each",
    feedback="A pixel of 255 becomes 1.0, one of 51 becomes 0.2; the shape is (2, 28, 28, 1).",
)
def test_two_images(submission):
    x = expect_image_shape(two_results(submission.process_dataset(IMAGES, LABELS))[0], IMAGES)
    pixels = [x[0, 3, 5, 0], x[1, 27, 0, 0], x[1, 3, 5, 0]]
    expect_close(pixels, [1.0, 0.2, 0.0], atol=1e-3, what="Your pixels that were 255, 51 and 0")


@check(
    task="4.1",
    points=1,
    title="Two labels",
    feedback="7 becomes [0, 0, 0, 0, 0, 0, 0, 1, 0, 0].",
)
def test_two_labels(submission):
    y = two_results(submission.process_dataset(IMAGES, LABELS))[1]
    expect_close(
        y,
        [[0, 0, 0, 0, 0, 0, 0, 1, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
        what="The second result of process_dataset",
    )


@check(
    task="4.1",
    points=1,
    title="Kinds of layers of the base network",
    feedback="Compare your model.summary() with the list in the handout.",
)
def test_base_kinds(submission):
    _expect_kinds(submission.model("build_base"), BASE)


@check(
    task="4.1",
    points=1,
    title="Compile settings of the base network",
    feedback="Return a compiled model: SGD with the learning rate, categorical cross-entropy, accuracy.",
)
def test_base_is_compiled(submission):
    model = submission.model("build_base", learning_rate=0.01)
    expect_compile(model, optimizer="SGD", settings={"learning_rate": 0.01})


@check(
    task="4.3",
    points=1,
    title="Momentum",
    feedback="keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum)",
)
@pytest.mark.parametrize("momentum", [0.9, 0.25])
def test_momentum(submission, momentum):
    settings = {"learning_rate": 0.01, "momentum": momentum}
    model = submission.model("build_with_momentum", **settings)
    expect_compile(model, optimizer="SGD", settings=settings)


@check(
    task="4.4",
    points=1,
    title="Kinds of layers of the network with two convolutions",
    feedback="Convolution and pooling, twice; then the rest of the base network.",
)
def test_two_conv_kinds(submission):
    _expect_kinds(submission.model("build_two_conv"), TWO_CONV)


def _expect_kinds(model, wanted):
    kinds = [row.class_name for row in expect_spec(model).layers()]
    if kinds != wanted:
        raise CheckFailed(f"Your layers are {', '.join(kinds)}; wanted are {', '.join(wanted)}.")
