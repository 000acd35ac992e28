"""Part 4: three networks, by their layers, their compile settings and how well they learn."""

from __future__ import annotations

import pytest

from grader.checks import check, expect_compile, expect_integer, expect_layers

RATES = [0.01, 0.3]
LEARNS = "Trained with the settings of the handout, the network must reach about what the reference reaches."


def _expect_sgd(submission, function, **settings):
    call = f"{function}({', '.join(f'{key}={value:g}' for key, value in settings.items())})"
    expect_compile(submission.model(function, **settings), optimizer="SGD", settings=settings, call=call)


@check(
    task="4.1",
    points=6,
    title="Layers of the base network",
    feedback="Compare your layers with the list in the handout, one by one.",
)
def test_base_layers(submission, reference, evidence):
    model = submission.model("build_base")
    expect_layers(model, reference.spec("build_base"), evidence, title="The base network")


@check(
    task="4.1",
    points=3,
    title="Compile settings of the base network",
    feedback="Return a compiled model: SGD with the learning rate, categorical cross-entropy, accuracy.",
)
def test_base_compiled(submission):
    _expect_sgd(submission, "build_base", learning_rate=0.01)


@check(
    task="4.1",
    points=2,
    title="Parameters of the base network",
    feedback="model.summary() gives the total; work out each layer's share by hand.",
)
def test_base_parameters(submission, reference):
    expect_integer(
        submission.answer("base_parameters"),
        reference.spec("build_base").parameters,
        key="base_parameters",
        feedback="A filter has 3 x 3 weights for each channel that comes in, and a bias; pooling and"
        " flattening have none; a dense layer has a weight for each input and unit, and a bias for each unit."
        " Follow the shapes: without padding a convolution takes a row and a column off each side.",
    )


@check(
    task="4.1",
    points=4,
    title="The base network learns",
    feedback=LEARNS,
)
def test_base_accuracy(expect_learning):
    expect_learning("base")


@check(
    task="4.2",
    points=3,
    title="Any learning rate",
    feedback="The optimizer gets the argument: keras.optimizers.SGD(learning_rate=learning_rate).",
)
@pytest.mark.parametrize("rate", [1.0, 1e-5])
def test_rate_follows(submission, rate):
    _expect_sgd(submission, "build_base", learning_rate=rate)


@check(
    task="4.3",
    points=3,
    title="Layers of the network with momentum",
    feedback="They are those of the base network: momentum belongs to the optimizer.",
)
def test_momentum_layers(submission, reference, evidence):
    model = submission.model("build_with_momentum")
    expect_layers(model, reference.spec("build_with_momentum"), evidence, title="The network with momentum")


@check(
    task="4.3",
    points=3,
    title="Learning rate and momentum",
    feedback="keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum)",
)
@pytest.mark.parametrize(("rate", "momentum"), [(0.01, 0.9), (0.05, 0.5)])
def test_momentum_compiled(submission, rate, momentum):
    _expect_sgd(submission, "build_with_momentum", learning_rate=rate, momentum=momentum)


@check(
    task="4.3",
    points=3,
    title="The network with momentum learns",
    feedback=LEARNS,
)
def test_momentum_accuracy(expect_learning):
    expect_learning("momentum")


@check(
    task="4.4",
    points=5,
    title="Layers of the network with two convolutions",
    feedback="Convolution and pooling, twice, with 32 and with 64 filters; then as before.",
)
def test_two_conv_layers(submission, reference, evidence):
    model = submission.model("build_two_conv")
    expect_layers(model, reference.spec("build_two_conv"), evidence, title="Two convolutions")


@check(
    task="4.4",
    points=1,
    title="Compile settings with two convolutions",
    feedback="As the base network: SGD with the learning rate from the argument.",
)
@pytest.mark.parametrize("rate", RATES)
def test_two_conv_compiled(submission, rate):
    _expect_sgd(submission, "build_two_conv", learning_rate=rate)


@check(
    task="4.4",
    points=2,
    title="Parameters with two convolutions",
    feedback="The second convolution sees 32 channels; the dense layer sees what two poolings leave.",
)
def test_two_conv_parameters(submission, reference):
    expect_integer(
        submission.answer("two_conv_parameters"),
        reference.spec("build_two_conv").parameters,
        key="two_conv_parameters",
        feedback="The second convolution has 3 x 3 weights for each of the channels that the first one gives."
        " Then follow the shapes to the dense layer: odd sides are rounded down in pooling.",
    )


@check(
    task="4.4",
    points=3,
    title="The network with two convolutions learns",
    feedback=LEARNS,
)
def test_two_conv_accuracy(expect_learning):
    expect_learning("two-conv-judged")
