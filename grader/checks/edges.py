"""Judges the two edge responses of a picture, and finds which channel or kernel was taken instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np

from grader.checks.convolution import ATOL, RTOL
from grader.checks.convolution_mistakes import CONVOLUTION_MISTAKES, correlate
from grader.checks.diagnosis import Case, Mistake, find_mistake
from grader.checks.expect import Array, as_array, expect_finite, shape_words
from grader.checks.mark import CheckFailed
from grader.evidence import Panel, Pictures

K1 = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
K2 = np.array([[0, -1, 0], [-1, 8, -1], [0, -1, 0]])


def two_responses(value: object) -> tuple[Array, Array]:
    """A tuple, list, dict or stack (2, h, w) of two arrays, as two arrays. Raises CheckFailed."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, np.ndarray) and value.ndim != 3:
        raise CheckFailed(
            f"edge_responses returns one array of {shape_words(value.shape)}; wanted are two: return first,"
            " second."
        )
    if not isinstance(value, (list, tuple, np.ndarray)):
        as_array(value, "What edge_responses returns")
        raise CheckFailed(
            "edge_responses returns a single number; wanted are two arrays: return first, second."
        )
    if len(value) != 2:
        raise CheckFailed(
            f"edge_responses returns {len(value)} values; wanted are two: the responses to K1 and to K2."
        )
    first, second = (
        as_array(item, f"The {name} response") for item, name in zip(value, ("first", "second"), strict=True)
    )
    return first, second


def expect_response(
    edge_responses: Callable[[Array], object], pictures: Sequence[Array], kernel: Array, place: int
) -> None:
    """Response number `place` of every picture is its red channel under `kernel`."""
    name = f"The {('first', 'second')[place]} response"
    cases = []
    for picture in pictures:
        response = two_responses(edge_responses(picture))[place]
        cases.append(Case((picture,), expect_finite(response, name)))
    expected = [correlate(picture[:, :, 0], kernel) for picture in pictures]
    if all(_close(case.actual, wanted) for case, wanted in zip(cases, expected, strict=True)):
        return
    mistake = find_mistake(cases, edge_mistakes(kernel), rtol=RTOL, atol=ATOL)
    if mistake is not None:
        raise CheckFailed(f"{name}: {mistake.feedback}", detail=f"diagnosis: {mistake.name}")
    raise _general(name, cases[0], pictures[0].shape, expected[0])


def response_pictures(picture: Array, responses: tuple[Array, Array]) -> Pictures:
    """The red channel (h, w) of a picture beside the student's two responses."""
    titles = ("red channel", "your response to K1", "your response to K2")
    return Pictures(
        title="Edges",
        caption="One picture of the test set, and what your edge_responses makes of it.",
        panels=tuple(
            Panel(title=title, values=tuple(tuple(float(value) for value in row) for row in values))
            for title, values in zip(titles, (picture[:, :, 0], *responses), strict=True)
            if values.ndim == 2 and values.size <= 10_000
        ),
    )


def edge_mistakes(kernel: Array) -> tuple[Mistake, ...]:
    """Wrong channel, wrong kernel, both, and the mistakes of the convolution itself."""
    other = {name: known for name, known in _KERNELS.items() if not np.array_equal(known[0], kernel)}
    mixed = (
        Mistake(f"{channel} {name}".strip(), f"{about} {more}".strip(), partial(_under, take, wrong))
        for (channel, (take, about)), (name, (wrong, more)) in product(
            _CHANNELS.items(), {"": (kernel, ""), **other}.items()
        )
        if about or more
    )
    own = (
        Mistake(mistake.name, mistake.feedback, partial(_of_red, mistake, kernel))
        for mistake in CONVOLUTION_MISTAKES
    )
    return (*mixed, *own)


_CHANNELS: dict[str, tuple[Callable[[Array], Array], str]] = {
    "red": (lambda rgb: rgb[:, :, 0], ""),
    "green": (
        lambda rgb: rgb[:, :, 1],
        "You take the green channel (index 1); the red one is rgb[:, :, 0].",
    ),
    "blue": (
        lambda rgb: rgb[:, :, 2],
        (
            "You take the blue channel (index 2); the red one is rgb[:, :, 0]. Index 2 is red only in"
            " pictures that OpenCV reads."
        ),
    ),
    "mean of the channels": (
        lambda rgb: rgb.astype(float).mean(axis=2),
        "You take the mean of the three channels; the task asks for the red one alone: rgb[:, :, 0].",
    ),
    "luminance": (
        lambda rgb: rgb.astype(float) @ np.array([0.299, 0.587, 0.114]),
        "You turn the picture to grey first; the task asks for the red channel alone: rgb[:, :, 0].",
    ),
    "scaled": (
        lambda rgb: rgb[:, :, 0] / 255.0,
        "You divide the picture by 255; here the pixels stay as they are.",
    ),
    "first row of pixels": (
        lambda rgb: rgb[0],
        (
            "You take rgb[0], which is the first row of pixels with its three colours. The red channel is"
            " rgb[:, :, 0]."
        ),
    ),
}

_KERNELS: dict[str, tuple[Array, str]] = {
    "K1": (K1, "This is the response to K1. K1 comes first, K2 second."),
    "K2": (K2, "This is the response to K2. K1 comes first, K2 second."),
    "centre 4": (
        np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
        "The kernel in your code has a 4 in its centre; K2 has an 8.",
    ),
    "centre 9": (
        np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]]),
        "The kernel in your code has a 9 in its centre; K1 has an 8.",
    ),
    "K1 negated": (
        -K1,
        "All signs of your kernel are turned round: K1 has 8 in its centre and -1 around it.",
    ),
    "K2 negated": (
        -K2,
        "All signs of your kernel are turned round: K2 has 8 in its centre and -1 beside it.",
    ),
    "positive rim": (np.abs(K1), "The rim of your kernel is +1; K1 has -1 there."),
    "positive cross": (np.abs(K2), "The cross of your kernel is +1; K2 has -1 there."),
}


def _under(take: Callable[[Array], Array], kernel: Array, rgb: Array) -> Array | None:
    channel = take(rgb)
    return None if min(channel.shape) < 3 else correlate(channel, kernel)


def _of_red(mistake: Mistake, kernel: Array, rgb: Array) -> Array | None:
    return mistake.answer(rgb[:, :, 0], kernel)


def _close(actual: Array, wanted: Array) -> bool:
    return actual.shape == wanted.shape and bool(np.allclose(actual, wanted, rtol=RTOL, atol=ATOL))


def _general(name: str, case: Case, picture: tuple[int, ...], expected: Array) -> CheckFailed:
    detail = f"expected {expected.tolist()}\nactual {case.actual.tolist()}"
    if case.actual.shape != expected.shape:
        return CheckFailed(
            f"{name} is {shape_words(case.actual.shape)} for a picture of {shape_words(picture)}. One channel"
            f" under a 3 x 3 kernel gives {shape_words(expected.shape)}.",
            detail=detail,
        )
    return CheckFailed(
        f"{name} has the right shape, but other values. If your convolve passes its own checks, look at which"
        " channel and which kernel you give it, and print both.",
        detail=detail,
    )
