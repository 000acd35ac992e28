"""Judges what is fed to a network: scaled images with a channel axis, and one-hot labels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.diagnosis import Case, Mistake, find_mistake
from grader.checks.expect import Array, as_array, expect_finite, shape_words
from grader.checks.mark import CheckFailed

Pair = tuple[object, object]

HALF_PRECISION = 6e-4
"""What float16 loses of a number up to 1: dividing by 256 instead of 255 is six times as much."""


def two_results(value: object) -> Pair:
    """A tuple, a list or a dict of two, in their order: images, labels. CheckFailed for anything else."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return value[0], value[1]
    given = f"{len(value)} values" if isinstance(value, (tuple, list)) else type(value).__name__
    if value is None:
        given = "None: a return statement is missing"
    raise CheckFailed(f"Asked for are two results, images and labels: return x, y. Yours is {given}.")


def expect_image_shape(x: object, images: Array) -> Array:
    """(n, height, width) as (n, height, width, 1)."""
    array = as_array(x, "The first result")
    wanted = (*images.shape, 1)
    if array.shape == wanted:
        return array
    raise CheckFailed(
        f"{len(images)} images of {shape_words(images.shape[1:])} became an array of the shape"
        f" {shape_words(array.shape)}; asked for is {shape_words(wanted)}."
        f" {_shape_advice(array.shape, wanted)}"
    )


def _shape_advice(shape: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    n, height, width, _ = wanted
    if shape == (n, height, width):
        return "A convolutional layer needs a channel axis at the end: images[..., np.newaxis]."
    if shape == (n, height * width):
        return "The images are flattened. A convolution needs rows and columns: reshape to (n, 28, 28, 1)."
    if shape == (n, 1, height, width):
        return "Keras expects the channel axis at the end, not after the number of images."
    if shape in ((height, width, n), (height, width, n, 1), (1, n, height, width)):
        return "The number of images comes first and stays first."
    if shape == (n, height, width, 3):
        return "The images are grey: one channel, not three equal ones."
    if shape == (n, 10):
        return "This looks like the labels: the images come first, return x, y."
    return "Take the number of images from the array, not from a number in the code."


def expect_scaled(x: object, images: Array) -> None:
    """Floats in [0, 1]: the pixels, 0 to 255, divided by 255."""
    array = expect_finite(expect_image_shape(x, images), "The first result")
    if array.dtype.kind != "f":
        raise CheckFailed(
            f"The images are {array.dtype}, and whole numbers have nothing between 0 and 1. Convert before"
            ' you divide: images.astype("float32") / 255.'
        )
    wanted = _fraction(images)
    if np.allclose(array, wanted, rtol=0, atol=HALF_PRECISION):
        return
    mistake = find_mistake(
        [Case((images,), array.astype(np.float64))], SCALING_MISTAKES, rtol=1e-4, atol=HALF_PRECISION
    )
    if mistake is not None:
        raise CheckFailed(mistake.feedback)
    low, high = float(array.min()), float(array.max())
    advice = (
        "It must lie between 0 and 1."
        if low < 0 or high > 1
        else "The range is right, the values are not: each is its own pixel divided by 255."
    )
    raise CheckFailed(f"For pixels from 0 to 255 your images hold {low:.4g} to {high:.4g}. {advice}")


def _fraction(images: Array) -> Array:
    return np.asarray(images, np.float64)[..., np.newaxis] / 255


def _scaled_by(scale: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda images: scale(np.asarray(images, np.float64))[..., np.newaxis]


def _standardised(pixels: Array) -> Array:
    return np.asarray((pixels - pixels.mean()) / pixels.std())


SCALING_MISTAKES = (
    Mistake(
        "not scaled",
        "The pixels still run from 0 to 255. Divide by 255.",
        _scaled_by(lambda pixels: pixels),
    ),
    Mistake(
        "scaled twice",
        "The pixels are divided by 255 twice: once is enough. In a notebook this happens when a cell that"
        " changes the images in place runs a second time.",
        _scaled_by(lambda pixels: pixels / 255 / 255),
    ),
    Mistake(
        "divided by 256",
        "The pixels are divided by 256. The largest pixel is 255, and it should become exactly 1.",
        _scaled_by(lambda pixels: pixels / 256),
    ),
    Mistake(
        "divided by the largest value",
        "The pixels are divided by the largest value in the array. Then the scale depends on which images are"
        " in it, and training and test images need not agree. Divide by 255.",
        _scaled_by(lambda pixels: pixels / pixels.max()),
    ),
    Mistake(
        "stretched to the range",
        "The smallest value in the array becomes 0 and the largest 1. Then the scale depends on which images"
        " are in it. Divide by 255 and subtract nothing.",
        _scaled_by(lambda pixels: (pixels - pixels.min()) / (pixels.max() - pixels.min())),
    ),
    Mistake(
        "from -1 to 1",
        "Your pixels run from -1 to 1. That is a scale in use, but this task asks for 0 to 1: divide by 255"
        " and subtract nothing.",
        _scaled_by(lambda pixels: pixels / 127.5 - 1),
    ),
    Mistake(
        "standardised",
        "Your pixels have mean 0 and standard deviation 1. That is a scale in use, but this task asks for 0"
        " to 1: divide by 255.",
        _scaled_by(_standardised),
    ),
    Mistake(
        "whole numbers only",
        "All pixels have become 0, or nearly so: they were divided as whole numbers, or by far too much."
        ' Convert first: images.astype("float32") / 255.',
        _scaled_by(lambda pixels: pixels // 255),
    ),
    Mistake(
        "black and white",
        "Your images hold only 0 and 1: the grey between them is lost. Divide by 255 without rounding.",
        _scaled_by(lambda pixels: np.round(pixels / 255)),
    ),
    Mistake(
        "turned",
        "Rows and columns of your images have changed places. Add the channel axis, do not transpose.",
        _scaled_by(lambda pixels: np.swapaxes(pixels, 1, 2) / 255),
    ),
    Mistake(
        "inverted",
        "Black and white have changed places. Divide by 255 and leave it at that.",
        _scaled_by(lambda pixels: 1 - pixels / 255),
    ),
)


def expect_one_hot(y: object, labels: Array, classes: int) -> None:
    """Labels (n,) as rows (n, classes): 0, and 1 at the place of the label."""
    array = as_array(y, "The second result")
    n = len(labels)
    if array.shape == (n,) or array.shape == (n, 1):
        raise CheckFailed(
            f"The labels are still class numbers ({shape_words(array.shape)}). One-hot means a row of"
            f" {classes} for each label: keras.utils.to_categorical(labels, {classes})."
        )
    if array.shape != (n, classes):
        raise CheckFailed(
            f"{n} labels became an array of the shape {shape_words(array.shape)}; asked for is"
            f" {n} x {classes}. {_columns_advice(array.shape, labels, classes)}"
        )
    if np.array_equal(array, np.eye(classes)[labels]):
        return
    if np.array_equal(array, np.eye(classes)[labels - 1]):
        raise CheckFailed("Every 1 is one place too far left: label 0 belongs into the first column.")
    if not (np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()):
        raise CheckFailed("Not every row has a single 1 and is 0 elsewhere.")
    raise CheckFailed("Every row has a single 1, but not at the place of its label.")


def _columns_advice(shape: tuple[int, ...], labels: Array, classes: int) -> str:
    if shape == (len(labels), int(labels.max()) + 1):
        return (
            "There are as many columns as the largest label here needs. Few images need not show every class:"
            f" to_categorical(labels, {classes})."
        )
    if shape == (len(labels), len(np.unique(labels))):
        return f"There is a column for each class that occurs here. Give all {classes} classes one."
    if shape == (classes, len(labels)):
        return "Rows and columns have changed places: one row for each label."
    return f"One row for each label, and {classes} columns."
