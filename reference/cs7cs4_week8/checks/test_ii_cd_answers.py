"""Parts (ii.c) and (ii.d): the short answers."""

from __future__ import annotations

from grader.checks import check, expect_integer


@check(
    task="ii.c",
    points=1,
    title="Parameters of the pooled network",
    feedback="Which of the layers that changed has weights to learn?",
)
def test_pooled_parameters(submission, reference):
    expect_integer(
        submission.answer("pooled_parameters"),
        reference.spec("build_pooled").parameters,
        key="pooled_parameters",
        feedback=(
            "Ask of each layer that changed: has it weights to learn, and does their number depend on the"
            " stride?"
        ),
    )


@check(
    task="ii.d",
    points=1,
    title="Parameters of the deep network",
    feedback="Count the six convolutional layers and the Dense layer.",
)
def test_deep_parameters(submission, reference):
    expect_integer(
        submission.answer("deep_parameters"),
        reference.spec("build_deep").parameters,
        key="deep_parameters",
        feedback=(
            "Count the six convolutional layers and the Dense layer, which sees what three halvings leave of"
            " the image."
        ),
    )
