"""Public checks of the networks: what can be seen without training."""

import pytest

from grader.checks import CheckFailed, check, expect_compile, expect_spec


@check(
    task="1",
    points=1,
    title="Digits in, ten numbers out",
    feedback="Begin with keras.Input((28, 28)) and Flatten, and end with Dense(10).",
)
def test_mlp_shapes(submission):
    spec = expect_spec(submission.model("build_mlp"))
    if spec.input_shape not in ((28, 28), (28, 28, 1), (784,)) or spec.output_shape != (10,):
        raise CheckFailed(f"build_mlp takes {spec.input_shape} and gives {spec.output_shape}.")


@check(
    task="1",
    points=1,
    title="Compile settings of task 1",
    feedback="Return a compiled model: SGD with learning rate 0.1, mean squared error, accuracy as a metric.",
)
def test_mlp_compiled(submission):
    expect_compile(
        submission.model("build_mlp"),
        optimizer="SGD",
        settings={"learning_rate": 0.1},
        loss="MeanSquaredError",
        call="build_mlp()",
    )


@check(
    task="8",
    points=1,
    title="Pictures in, ten numbers out",
    feedback="These networks take pictures of 32 x 32 x 3 and end with Dense(10, softmax).",
)
@pytest.mark.parametrize("builder", ["build_cifar_mlp", "build_cifar_cnn", "build_best"])
def test_picture_shapes(submission, builder):
    spec = expect_spec(submission.model(builder))
    if spec.input_shape not in ((32, 32, 3), (3072,)) or spec.output_shape != (10,):
        raise CheckFailed(f"{builder} takes {spec.input_shape} and gives {spec.output_shape}.")


@check(
    task="7",
    points=1,
    title="No hidden layer",
    feedback="With depth = 0, Flatten is followed by Dense(10, softmax) at once.",
)
def test_no_hidden_layer(submission):
    layers = expect_spec(submission.model("build_layered", depth=0)).layers()
    dense = [row for row in layers if row.class_name == "Dense"]
    if len(dense) != 1:
        raise CheckFailed(f"build_layered(depth=0) has {len(dense)} Dense layers; one is wanted.")
