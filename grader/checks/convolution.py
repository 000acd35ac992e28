"""Judges a hand-written convolution over many inputs at once, so that a diagnosis fits all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.convolution_mistakes import CONVOLUTION_MISTAKES, correlate
from grader.checks.diagnosis import Case, find_mistake
from grader.checks.expect import Array, as_array, expect_finite, shape_words
from grader.checks.mark import CheckFailed
from grader.results import Verdict
from grader.sandbox import SubmissionFault

RTOL, ATOL = 1e-4, 1e-4
"""Wide enough for sums in float32, far below the step between two pixel values."""


@dataclass(frozen=True)
class _Raised:
    image: Array
    kernel: Array
    fault: SubmissionFault


def expect_convolutions(
    convolve: Callable[[Array, Array], object], inputs: Sequence[tuple[Array, Array]]
) -> None:
    """Calls `convolve(image, kernel)` for every pair and compares with the valid sliding product.

    A kernel that is turned by 180 degrees in every call is right as well. Raises CheckFailed with
    the mistake that explains all outputs, or with what is wrong in the first wrong one. When some
    inputs raise, the student's own exception, with the mistake that explains the other outputs.
    """
    cases, raised = _call_all(convolve, inputs)
    right = max((_right(cases, answer) for answer in (correlate, _flipped)), key=sum, default=[])
    if all(right) and not raised:
        return
    if all(right):
        _raise_with_pattern(cases, raised)
    mistake = find_mistake(cases, CONVOLUTION_MISTAKES, rtol=RTOL, atol=ATOL)
    if raised:
        fault = raised[0].fault
        known = f" What it gives for other inputs shows the mistake. {mistake.feedback}" if mistake else ""
        raise SubmissionFault(fault.verdict, f"{fault.message}{known}", fault.place, fault.detail)
    if mistake is not None:
        raise CheckFailed(mistake.feedback, detail=f"diagnosis: {mistake.name}")
    raise _general(cases, right)


def _call_all(
    convolve: Callable[[Array, Array], object], inputs: Sequence[tuple[Array, Array]]
) -> tuple[list[Case], list[_Raised]]:
    cases: list[Case] = []
    raised: list[_Raised] = []
    for image, kernel in inputs:
        try:
            value = convolve(image, kernel)
        except SubmissionFault as fault:
            if fault.verdict is not Verdict.RAISED:
                raise
            raised.append(_Raised(image, kernel, fault))
            continue
        what = f"convolve of {_sizes(image, kernel)}"
        cases.append(Case((image, kernel), expect_finite(as_array(value, what), what)))
    return cases, raised


def _flipped(image: Array, kernel: Array) -> Array:
    return correlate(image, kernel[::-1, ::-1])


def _right(cases: Sequence[Case], answer: Callable[[Array, Array], Array]) -> list[bool]:
    expected = [answer(*case.arguments) for case in cases]
    return [
        case.actual.shape == wanted.shape and np.allclose(case.actual, wanted, rtol=RTOL, atol=ATOL)
        for case, wanted in zip(cases, expected, strict=True)
    ]


_KINDS: tuple[tuple[str, Callable[[Array, Array], bool]], ...] = (
    ("square images", lambda image, kernel: image.shape[0] == image.shape[1]),
    ("square kernels", lambda image, kernel: kernel.shape[0] == kernel.shape[1]),
    (
        "square images with square kernels",
        lambda image, kernel: image.shape[0] == image.shape[1] and kernel.shape[0] == kernel.shape[1],
    ),
    ("images that are not wider than high", lambda image, kernel: image.shape[1] <= image.shape[0]),
    ("images that are not higher than wide", lambda image, kernel: image.shape[0] <= image.shape[1]),
    ("3 x 3 kernels", lambda image, kernel: kernel.shape == (3, 3)),
    ("kernels with odd sides", lambda image, kernel: kernel.shape[0] % 2 == 1 and kernel.shape[1] % 2 == 1),
)


def _pattern(right: Sequence[tuple[Array, Array]], wrong: Sequence[tuple[Array, Array]]) -> str:
    """A sentence when exactly one kind of input works; "" when no simple rule tells them apart."""
    if not right or not wrong:
        return ""
    for words, belongs in _KINDS:
        if all(belongs(*pair) for pair in right) and not any(belongs(*pair) for pair in wrong):
            return (
                f"It works for {words} and fails for the others. An image has n rows and m columns, a kernel"
                " k rows and l columns: look for a place where one of the four stands for another."
            )
    return ""


def _raise_with_pattern(cases: Sequence[Case], raised: Sequence[_Raised]) -> None:
    fault = raised[0].fault
    words = _pattern([case.arguments for case in cases], [(item.image, item.kernel) for item in raised])  # type: ignore[misc]
    if not words:
        raise fault
    raise SubmissionFault(fault.verdict, f"{fault.message} {words}", fault.place, fault.detail)


def _general(cases: Sequence[Case], right: Sequence[bool]) -> CheckFailed:
    """What is wrong with the first wrong output, when no known mistake explains them all."""
    wrong = [case for case, good in zip(cases, right, strict=True) if not good]
    good_inputs = [case.arguments for case, good in zip(cases, right, strict=True) if good]
    pattern = _pattern(good_inputs, [case.arguments for case in wrong])  # type: ignore[misc]
    image, kernel = wrong[0].arguments
    (n, m), (k, width) = image.shape, kernel.shape
    sizes, shape = _sizes(image, kernel), wrong[0].actual.shape
    detail = f"expected {correlate(image, kernel).tolist()}\nactual {wrong[0].actual.tolist()}"
    if pattern:
        return CheckFailed(f"{pattern} The first that fails is {sizes}.", detail=detail)
    if shape != (n - k + 1, m - width + 1):
        return CheckFailed(
            f"For {sizes} your output is {shape_words(shape)}. The kernel fits at n - k + 1 places downwards"
            f" and m - l + 1 across: {n - k + 1} x {m - width + 1}.",
            detail=detail,
        )
    return CheckFailed(
        f"For {sizes} the shape of your output is right, but its values are not. Compute the top left value"
        " of a small example on paper (patch times kernel, entry by entry, then the sum) and print the same"
        " in your loop.",
        detail=detail,
    )


def _sizes(image: Array, kernel: Array) -> str:
    return f"a {shape_words(image.shape)} image and a {shape_words(kernel.shape)} kernel"
