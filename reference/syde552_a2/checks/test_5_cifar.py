"""Tasks 8 to 10: networks for CIFAR-10, and the open task."""

from __future__ import annotations

from grader.checks import check, expect_layers, expect_spec
from grader.checks.bands import expect_band, expect_limits
from grader.checks.inputs import for_input

LEARNS = "Trained as the handout says, the network must reach about what the reference reaches."


def _expect_layers(submission, reference, evidence, builder, title):
    model = submission.model(builder)
    expected = for_input(reference.spec(builder), expect_spec(model).input_shape)
    expect_layers(model, expected, evidence, title=title)


@check(
    task="8",
    points=2,
    title="Layers of the dense network for CIFAR-10",
    feedback="Flatten, a Dense layer of 32 with ReLU, a Dense layer of 10 with softmax.",
)
def test_cifar_mlp_layers(submission, reference, evidence):
    _expect_layers(submission, reference, evidence, "build_cifar_mlp", "The dense network for CIFAR-10")


@check(
    task="8",
    points=3,
    title="The dense network learns CIFAR-10",
    feedback=LEARNS,
)
def test_cifar_mlp_accuracy(expect_learning):
    expect_learning("mlp-5k")  # 256 units: with 32 the outcome is mostly chance


@check(
    task="9",
    points=4,
    title="Layers of the convolutional network",
    feedback="Compare your layers with the list in the handout, one by one.",
)
def test_cnn_layers(submission, reference, evidence):
    _expect_layers(submission, reference, evidence, "build_cifar_cnn", "The convolutional network")


@check(
    task="9",
    points=4,
    title="The convolutional network learns",
    feedback=LEARNS,
)
def test_cnn_accuracy(expect_learning):
    expect_learning("cnn-5k")


@check(
    task="10",
    points=1,
    title="Within the limits",
    feedback="At most 2 million parameters, and 60 million multiplications for one picture.",
)
def test_best_limits(submission, assignment):
    expect_limits(expect_spec(submission.model("build_best")), assignment.band("best-5k"))


@check(
    task="10",
    points=8,
    title="How well your best network does",
    feedback="The higher its accuracy after the grader's training, the more points.",
)
def test_best_accuracy(submission, training, reference, assignment, datasets, evidence):
    experiment = assignment.experiment("best-5k")
    expect_band(
        submission.model("build_best"),
        assignment.band("best-5k"),
        experiment,
        training=training,
        reference=reference,
        margin=assignment.statistics.margin,
        dataset=datasets.of(experiment),
        evidence=evidence,
    )
