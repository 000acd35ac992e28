"""Wrong convolutions are diagnosed exactly or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import CheckFailed, expect_convolutions
from grader.checks.convolution_mistakes import CONVOLUTION_MISTAKES, correlate
from grader.checks.diagnosis import Case, Mistake, find_mistake
from grader.results import Verdict
from grader.sandbox import SubmissionFault

SIZES = [
    ((6, 6), (3, 3)),
    ((8, 8), (5, 5)),
    ((6, 9), (3, 3)),
    ((9, 6), (3, 3)),
    ((7, 7), (2, 3)),
    ((8, 5), (3, 2)),
]
SQUARE = SIZES[:2]
ONLY_ON = {
    "matrix product": SQUARE,
    "square images only": [((6, 6), (3, 3)), ((6, 9), (3, 3)), ((5, 8), (2, 3))],
    "fractions cut off": SQUARE,
}


def inputs(sizes, seed=0, dtype=np.int64):
    rng = np.random.default_rng(seed)
    signs = [rng.choice([-1, 1], kernel) for _, kernel in sizes]
    return [
        (rng.integers(-99, 100, image).astype(dtype), rng.integers(1, 9, kernel) * sign)
        for (image, kernel), sign in zip(sizes, signs, strict=True)
    ]


def naive(image, kernel):
    """An independent oracle: four loops over Python numbers."""
    (n, m), (k, columns) = image.shape, kernel.shape
    pixels, weights = image.tolist(), kernel.tolist()
    return [
        [
            sum(pixels[i + a][j + b] * weights[a][b] for a in range(k) for b in range(columns))
            for j in range(m - columns + 1)
        ]
        for i in range(n - k + 1)
    ]


def test_right_convolutions_pass():
    """As it is, turned by 180 degrees, as lists, on 8-bit pixels and on fractions."""
    expect_convolutions(naive, inputs(SIZES))
    expect_convolutions(lambda image, kernel: naive(image, kernel[::-1, ::-1]), inputs(SIZES))
    expect_convolutions(naive, [(abs(i).astype(np.uint8), k) for i, k in inputs(SIZES)])
    expect_convolutions(naive, [(i / 7, k / 3) for i, k in inputs(SIZES)])


@pytest.mark.parametrize("mistake", CONVOLUTION_MISTAKES, ids=lambda mistake: mistake.name)
def test_each_mistake_is_named(mistake):
    """Code with one known mistake gets that mistake's feedback and no other's."""
    pairs = inputs(ONLY_ON.get(mistake.name, SIZES))
    if mistake.name == "fractions cut off":
        pairs = [(image / 7, kernel) for image, kernel in pairs]
    with pytest.raises(CheckFailed) as failure:
        expect_convolutions(mistake.answer, pairs)
    assert failure.value.feedback == mistake.feedback


@pytest.mark.parametrize("seed", range(20))
def test_diagnosis_does_not_depend_on_the_inputs(seed):
    """For other random inputs every mistake is still told apart from all others."""
    for mistake in CONVOLUTION_MISTAKES:
        if mistake.name in ONLY_ON:
            continue
        with pytest.raises(CheckFailed) as failure:
            expect_convolutions(mistake.answer, inputs(SIZES, seed))
        assert failure.value.feedback == mistake.feedback


def test_unknown_mistake_gets_no_guess():
    """An offset that is on no list gets the general message, without expected values."""
    pairs = inputs(SIZES)
    with pytest.raises(CheckFailed) as failure:
        expect_convolutions(lambda image, kernel: correlate(image, kernel) + 13, pairs)
    assert "6 x 6 image" in failure.value.feedback
    assert str(correlate(*pairs[0])[0, 0]) not in failure.value.feedback
    assert str(correlate(*pairs[0])[0, 0]) in failure.value.detail


def test_right_for_square_images_only():
    """Where one kind of input works and the rest does not, the feedback says which."""

    def square_only(image, kernel):
        if image.shape[0] != image.shape[1]:
            raise SubmissionFault(Verdict.RAISED, "IndexError: index 6 is out of bounds.")
        return naive(image, kernel)

    with pytest.raises(SubmissionFault, match="works for square images") as fault:
        expect_convolutions(square_only, inputs(SIZES))
    assert fault.value.verdict is Verdict.RAISED


def test_a_dead_worker_is_not_asked_again():
    """A timeout ends the check at once."""
    calls = []

    def slow(image, kernel):
        calls.append(1)
        raise SubmissionFault(Verdict.TIMEOUT, "It took too long.")

    with pytest.raises(SubmissionFault):
        expect_convolutions(slow, inputs(SIZES))
    assert len(calls) == 1


def test_two_explanations_are_none():
    """Mistakes that give the same outputs but different advice cancel out."""
    case = Case((np.ones(2),), np.zeros(2))
    one, other = (Mistake(name, name, np.zeros_like) for name in ("one", "other"))
    assert find_mistake([case], [one, other]) is None
    assert find_mistake([case], [one]) == one
