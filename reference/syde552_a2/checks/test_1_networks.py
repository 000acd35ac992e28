"""Tasks 1, 3 to 5 and 7: the dense networks for digits, by their layers, settings and what they learn."""

from __future__ import annotations

import pytest

from grader.checks import (
    CheckFailed,
    check,
    expect_choice,
    expect_compile,
    expect_fraction,
    expect_integer,
    expect_layers,
    expect_spec,
)
from grader.checks.answers import number_answer
from grader.checks.inputs import for_input

SPARSE = "sparse_categorical_crossentropy"


def _expect_compile(submission, arguments, *, optimizer, rate, loss="MeanSquaredError", builder="build_mlp"):
    call = f"{builder}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
    model = submission.model(builder, **arguments)
    expect_compile(model, optimizer=optimizer, settings={"learning_rate": rate}, loss=loss, call=call)
    return expect_spec(model)


def _expect_class_numbers(spec):
    if not spec.compile.sparse:
        raise CheckFailed(
            "Compiled with the one-hot form of the cross-entropy; the task's labels are class numbers:"
            ' loss="sparse_categorical_crossentropy".',
            earned=0.5,
        )


def _dense(spec):
    """The settings of the Dense layers; an activation that is a layer of its own counts as theirs."""
    return [item.node.settings for item in spec.sized if item.node.class_name == "Dense"]


@check(
    task="1",
    points=4,
    title="Layers of the dense network",
    feedback="Flatten, a Dense layer of 32 with ReLU, a Dense layer of 10 with ReLU.",
)
def test_mlp_layers(submission, reference, evidence):
    model = submission.model("build_mlp")
    expected = for_input(reference.spec("build_mlp"), expect_spec(model).input_shape)
    expect_layers(model, expected, evidence, title="The dense network")


@check(
    task="1",
    points=2,
    title="The arguments hidden and output",
    feedback="Hand both on: Dense(hidden, ...) and Dense(10, activation=output).",
)
@pytest.mark.parametrize(("hidden", "output"), [(7, "relu"), (50, "softmax")])
def test_mlp_arguments(submission, hidden, output):
    spec = expect_spec(submission.model("build_mlp", hidden=hidden, output=output))
    call = f'build_mlp(hidden={hidden}, output="{output}")'
    dense = _dense(spec)
    units = [settings["units"] for settings in dense]
    if units != [hidden, 10]:
        raise CheckFailed(f"{call} has Dense layers of {units} units; wanted are {hidden} and 10.")
    if dense[-1]["activation"] != output:
        raise CheckFailed(
            f"{call} ends with {dense[-1]['activation']}. The activation of the last layer must be the"
            " argument output."
        )


@check(
    task="1",
    points=3,
    title="Compile settings of task 1",
    feedback="SGD with learning rate 0.1, mean squared error (or your own function of it), accuracy.",
)
def test_mlp_compiled(submission):
    _expect_compile(submission, {}, optimizer="SGD", rate=0.1)


@check(
    task="1",
    points=1,
    title="Parameters of the dense network",
    feedback="Count the weights and biases of both Dense layers.",
)
def test_mlp_parameters(submission, reference):
    expect_integer(
        submission.answer("mlp_parameters"),
        reference.spec("build_mlp").parameters,
        key="mlp_parameters",
        feedback="A Dense layer has a weight for each input and unit, and a bias for each unit; the first one"
        " sees all pixels of a digit.",
    )


@check(
    task="1",
    points=1,
    title="Before any training",
    feedback="The network knows nothing yet, and there are ten classes.",
)
def test_untrained_accuracy_stated(submission):
    expect_fraction(
        submission.answer("untrained_accuracy"),
        0.085,
        0.13,
        key="untrained_accuracy",
        feedback="With random weights the answers have nothing to do with the pictures: which share of ten"
        " about equally frequent classes does a guess get right?",
    )


@check(
    task="1",
    points=4,
    title="The dense network learns",
    feedback="Trained as the handout says, the network must reach about what the reference reaches.",
)
def test_mlp_accuracy(expect_learning):
    expect_learning("mlp-5")


@check(
    task="3",
    points=3,
    title="The learning rate follows the argument",
    feedback="The optimizer gets the argument: keras.optimizers.SGD(learning_rate=learning_rate).",
)
@pytest.mark.parametrize("rate", [0.01, 0.3])
def test_rate_follows(submission, rate):
    _expect_compile(submission, {"learning_rate": rate}, optimizer="SGD", rate=rate)


@check(
    task="3",
    points=2,
    title="What a smaller learning rate does",
    feedback="Compare the curves of tasks 2 and 3 epoch by epoch.",
)
def test_rate_effect(submission, assignment):
    expect_choice(
        submission.answer("rate_effect"),
        "more slowly",
        assignment.question("rate_effect").choices,
        key="rate_effect",
        feedback="A step is the learning rate times the gradient. After the same number of steps, which of"
        " the two has come further down?",
    )


@check(
    task="4",
    points=3,
    title="Adam on request",
    feedback='With optimizer="adam", compile with keras.optimizers.Adam(learning_rate=learning_rate).',
)
@pytest.mark.parametrize("rate", [0.001, 0.02])
def test_adam_on_request(submission, rate):
    _expect_compile(submission, {"optimizer": "adam", "learning_rate": rate}, optimizer="Adam", rate=rate)


@check(
    task="4",
    points=2,
    title="What Adam does",
    feedback="Read off both curves how many epochs it takes to come below the same training error.",
)
def test_adam_effect(submission, assignment):
    expect_choice(
        submission.answer("adam_effect"),
        "fewer",
        assignment.question("adam_effect").choices,
        key="adam_effect",
        feedback="Take the training error that SGD has after its last epoch, and look when Adam's curve"
        " comes below it.",
    )


@check(
    task="5",
    points=5,
    title="Softmax with sparse cross-entropy",
    feedback="Hand output to the last layer and loss to model.compile.",
)
def test_softmax_on_request(submission):
    spec = _expect_compile(
        submission,
        {"output": "softmax", "loss": SPARSE},
        optimizer="SGD",
        rate=0.1,
        loss="CategoricalCrossentropy",
    )
    _expect_class_numbers(spec)


@check(
    task="5",
    points=2,
    title="The cross-entropy of ten equal chances",
    feedback="Cross-entropy is minus the logarithm of the probability given to the true class.",
)
def test_cross_entropy_start(submission):
    value = number_answer(submission.answer("cross_entropy_start"), "cross_entropy_start")
    if not 2.25 <= value <= 2.35:
        raise CheckFailed(
            f"cross_entropy_start = {value:g} is not right. Cross-entropy is minus the natural logarithm of"
            " the probability given to the true class; ten equal chances give each a tenth."
        )


@check(
    task="7",
    points=4,
    title="Any number of hidden layers",
    feedback="Flatten, then `depth` Dense layers with ReLU in a loop, then Dense(10, softmax).",
)
@pytest.mark.parametrize("depth", [0, 2, 3])
def test_layered(submission, depth):
    model = submission.model("build_layered", depth=depth, hidden=32)
    spec = expect_spec(model)
    dense = _dense(spec)
    units = [settings["units"] for settings in dense]
    if units != [32] * depth + [10]:
        raise CheckFailed(
            f"build_layered(depth={depth}, hidden=32) has Dense layers of {units} units; wanted are"
            f" {[32] * depth + [10]}: as many hidden layers as depth says, and ten outputs."
        )
    if any(settings["activation"] == "linear" for settings in dense):
        raise CheckFailed(
            f"A Dense layer of build_layered(depth={depth}) has no activation. Hidden layers without one"
            " collapse into a single linear layer, so that depth changes nothing: use ReLU, and softmax"
            " at the end."
        )
    activations = [settings["activation"] for settings in dense]
    if activations != ["relu"] * depth + ["softmax"]:
        raise CheckFailed(
            f"The Dense layers of build_layered(depth={depth}) have the activations"
            f" {', '.join(activations)}; wanted are relu in each hidden layer and softmax in the last."
        )
    if spec.output_shape != (10,):
        raise CheckFailed(
            f"build_layered(depth={depth}) answers with {spec.output_shape} numbers for a digit, not with"
            " ten: a Dense layer works along the last axis only, so each row of pixels gets answers of its"
            " own. Begin with layers.Flatten(), which makes one row of 784 of the 28 x 28 pixels."
        )


@check(
    task="7",
    points=1,
    title="Compile settings of task 7",
    feedback="As in task 6: Adam with learning rate 0.001, sparse categorical cross-entropy.",
)
def test_layered_compiled(submission):
    spec = _expect_compile(
        submission,
        {"depth": 2},
        optimizer="Adam",
        rate=0.001,
        loss="CategoricalCrossentropy",
        builder="build_layered",
    )
    _expect_class_numbers(spec)
