"""Parts 1 and 2: activation functions and overfitting, by choice."""

from __future__ import annotations

from grader.checks import check, expect_choice, expect_choices

ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky_relu")
NO_ACTIVATIONS = {
    "max_pooling": "Max pooling looks at several values at once; an activation function works on each number"
    " by itself.",
    "dropout": "Dropout sets units to 0 at random during training, whatever their value.",
    "cross_entropy": "Cross-entropy is a loss: it compares the network's output with the label.",
    "batch_normalisation": "Batch normalisation shifts and scales by what the whole batch looks like.",
}
MEASURES = ("more_training_images", "dropout", "early_stopping", "augmentation")
NO_MEASURES = {
    "more_epochs": "With more epochs a network has more time to learn its training images by heart.",
    "wider_layers": "Wider layers have more weights to learn training images by heart with.",
}


@check(
    task="1",
    points=6,
    title="Which are activation functions",
    feedback="An activation function takes one number and gives one number, the same way everywhere.",
)
def test_activation_functions(submission, assignment):
    expect_choices(
        submission.answer("activation_functions"),
        ACTIVATIONS,
        assignment.question("activation_functions").choices,
        key="activation_functions",
        feedback="An activation function takes one number and gives one number, without weights or chance.",
        hints=NO_ACTIVATIONS,
    )


@check(
    task="1",
    points=4,
    title="An MLP without activation functions",
    feedback="Write two layers as matrices and multiply them out.",
)
def test_without_activation(submission, assignment):
    expect_choice(
        submission.answer("without_activation"),
        "linear_map",
        assignment.question("without_activation").choices,
        key="without_activation",
        feedback="Write each layer as W x + b, put one into the other and multiply out: what kind of function"
        " is it that remains?",
    )


@check(
    task="2",
    points=3,
    title="Which are measures against overfitting",
    feedback="A measure against overfitting makes it harder to learn single training images by heart.",
)
def test_overfitting_measures(submission, assignment):
    expect_choices(
        submission.answer("overfitting_measures"),
        MEASURES,
        assignment.question("overfitting_measures").choices,
        key="overfitting_measures",
        feedback="Ask of each: does it make learning single training images by heart harder?",
        hints=NO_MEASURES,
    )


@check(
    task="2",
    points=3,
    title="Where penalties can be applied",
    feedback="A penalty adds to the loss a term that depends on weights.",
)
def test_penalties_apply(submission, assignment):
    expect_choice(
        submission.answer("penalties_apply"),
        "dense_and_convolutional_layers",
        assignment.question("penalties_apply").choices,
        key="penalties_apply",
        feedback="A penalty adds to the loss a term that depends on weights. Which layers have weights?",
    )
