"""Public checks of the three networks: what can be seen without training."""

import pytest

from grader.checks import CheckFailed, check, expect_compile, expect_penalty, expect_spec

STRIDED = ["Conv2D", "Conv2D", "Conv2D", "Conv2D", "Dropout", "Flatten", "Dense"]


@check(
    task="ii.a",
    points=1,
    title="Kinds of layers of the strided network",
    feedback="Compare your model.summary() with the list in the handout.",
)
def test_strided_kinds(submission):
    kinds = [row.class_name for row in expect_spec(submission.model("build_strided")).layers()]
    if kinds != STRIDED:
        raise CheckFailed(f"Your layers are {', '.join(kinds)}; wanted are {', '.join(STRIDED)}.")


@check(
    task="ii.a",
    points=1,
    title="Compile settings",
    feedback="Return a compiled model: Adam, categorical cross-entropy, accuracy as a metric.",
)
def test_strided_is_compiled(submission):
    expect_compile(submission.model("build_strided"), optimizer="Adam")


@check(
    task="ii.a",
    points=1,
    title="The L1 weight of the strided network",
    feedback="kernel_regularizer=keras.regularizers.L1(l1) belongs into the Dense layer.",
)
@pytest.mark.parametrize("l1", [1e-4, 0.5])
def test_strided_l1(submission, l1):
    expect_penalty(submission.model("build_strided", l1=l1), l1)


@check(
    task="ii.c",
    points=1,
    title="Images in, ten classes out: the pooled network",
    feedback="The network takes images of 32 x 32 x 3 and ends with Dense(10).",
)
def test_pooled_shapes(submission):
    _expect_shapes(submission.model("build_pooled"))


@check(
    task="ii.d",
    points=1,
    title="Images in, ten classes out: the deep network",
    feedback="The network takes images of 32 x 32 x 3 and ends with Dense(10).",
)
def test_deep_shapes(submission):
    _expect_shapes(submission.model("build_deep"))


def _expect_shapes(model):
    spec = expect_spec(model)
    if spec.input_shape != (32, 32, 3) or spec.output_shape != (10,):
        raise CheckFailed(
            f"{model.function} takes {spec.input_shape} and gives {spec.output_shape}; wanted are (32, 32, 3)"
            " and (10,)."
        )
