"""Parts (ii.a), (ii.c) and (ii.d): three networks, by their layers and by how well they learn."""

from __future__ import annotations

import pytest

from grader.checks import check, expect_compile, expect_layers, expect_penalty

DEFAULT_PENALTY = 1e-4
PENALTIES = [{}, {"l1": 0.03}]


@check(
    task="ii.a",
    points=6,
    title="Layers of the strided network",
    feedback="Compare your layers with the list in the handout, one by one.",
)
def test_strided_layers(submission, reference, evidence):
    model = submission.model("build_strided")
    expect_layers(model, reference.spec("build_strided"), evidence, title="The strided network")


@check(
    task="ii.a",
    points=4,
    title="L1 penalty of the strided network",
    feedback=(
        "The Dense layer gets kernel_regularizer=keras.regularizers.L1(l1), with l1 the function's argument."
    ),
)
@pytest.mark.parametrize("arguments", PENALTIES)
def test_strided_penalty(submission, arguments):
    expect_penalty(submission.model("build_strided", **arguments), arguments.get("l1", DEFAULT_PENALTY))


@check(
    task="ii.a",
    points=2,
    title="Compile settings",
    feedback="Return a compiled model: Adam, categorical cross-entropy, accuracy as a metric.",
)
def test_strided_compiled(submission):
    expect_compile(submission.model("build_strided"), optimizer="Adam")


@check(
    task="ii.a",
    points=4,
    title="The strided network learns",
    feedback=(
        "Trained with the settings of the handout, the network must reach about what the reference reaches."
    ),
)
def test_strided_accuracy(expect_learning):
    expect_learning("strided-5k")


@check(
    task="ii.c",
    points=4,
    title="Layers of the pooled network",
    feedback="Each strided layer becomes a layer with stride 1, followed by MaxPooling2D(2).",
)
def test_pooled_layers(submission, reference, evidence):
    model = submission.model("build_pooled")
    expect_layers(model, reference.spec("build_pooled"), evidence, title="The pooled network")


@check(
    task="ii.c",
    points=1,
    title="L1 penalty of the pooled network",
    feedback="The penalty is the same as in the strided network, and follows the argument l1.",
)
@pytest.mark.parametrize("arguments", PENALTIES)
def test_pooled_penalty(submission, arguments):
    expect_penalty(submission.model("build_pooled", **arguments), arguments.get("l1", DEFAULT_PENALTY))


@check(
    task="ii.c",
    points=4,
    title="The pooled network learns",
    feedback=(
        "Trained with the settings of the handout, the network must reach about what the reference reaches."
    ),
)
def test_pooled_accuracy(expect_learning):
    expect_learning("pooled-5k")


@check(
    task="ii.d",
    points=5,
    title="Layers of the deep network",
    feedback="Six convolutions: 8, 8 with stride 2, 16, 16 with stride 2, 32, 32 with stride 2.",
)
def test_deep_layers(submission, reference, evidence):
    model = submission.model("build_deep")
    expect_layers(model, reference.spec("build_deep"), evidence, title="The deep network")


@check(
    task="ii.d",
    points=1,
    title="L1 penalty of the deep network",
    feedback="The penalty is the same as in the strided network, and follows the argument l1.",
)
@pytest.mark.parametrize("arguments", PENALTIES)
def test_deep_penalty(submission, arguments):
    expect_penalty(submission.model("build_deep", **arguments), arguments.get("l1", DEFAULT_PENALTY))


@check(
    task="ii.d",
    points=5,
    title="The deep network learns",
    feedback=(
        "Trained with the settings of the handout, the network must reach about what the reference reaches."
    ),
)
def test_deep_accuracy(expect_learning):
    expect_learning("deep-5k")
