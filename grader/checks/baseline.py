"""Judges a baseline that always answers with the commonest training label."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks.diagnosis import Case, Mistake, find_mistake
from grader.checks.expect import Array, as_array, shape_words
from grader.checks.mark import CheckFailed

_MIDDLE = (
    "Your baseline answers with the mean or the median of the labels. Labels are names, not amounts: count"
    " them and take the commonest one."
)

BASELINE_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "own labels",
        "Your baseline gives the training labels back. It must answer with one and the same label for all n"
        " images.",
        lambda labels, n: labels[:n] if len(labels) >= n else None,
    ),
    Mistake(
        "count instead of label",
        "Your baseline answers with how often the commonest label occurs. Wanted is the label itself: argmax"
        " of the counts, not max.",
        lambda labels, n: np.full(n, np.bincount(labels).max()),
    ),
    Mistake("mean label", _MIDDLE, lambda labels, n: np.full(n, labels.mean())),
    Mistake("rounded mean label", _MIDDLE, lambda labels, n: np.full(n, round(labels.mean()))),
    Mistake("cut-off mean label", _MIDDLE, lambda labels, n: np.full(n, int(labels.mean()))),
    Mistake("median label", _MIDDLE, lambda labels, n: np.full(n, np.median(labels))),
    Mistake(
        "rarest label",
        "Your baseline answers with the rarest label; the commonest is wanted (argmax of the counts, not"
        " argmin).",
        lambda labels, n: np.full(n, np.bincount(labels).argmin()),
    ),
    Mistake(
        "first label",
        "Your baseline answers with the first label of y_train; wanted is the commonest one.",
        lambda labels, n: np.full(n, labels[0]),
    ),
    Mistake(
        "last label",
        "Your baseline answers with the last label of y_train; wanted is the commonest one.",
        lambda labels, n: np.full(n, labels[-1]),
    ),
    Mistake(
        "largest label",
        "Your baseline answers with the largest label of y_train; wanted is the commonest one.",
        lambda labels, n: np.full(n, labels.max()),
    ),
    Mistake(
        "always 0",
        "Your baseline answers 0 whatever y_train holds. If you use np.argmax, give it the counts "
        "(np.bincount(labels)), not the one-hot rows or an array of zeros.",
        lambda labels, n: np.zeros(n),
    ),
)


def expect_baseline(
    predict: Callable[[Array, int], object],
    cases: Sequence[tuple[Array, int, int]],
    mistakes: Sequence[Mistake],
) -> None:
    """Each case is (labels, n, the commonest label). Raises CheckFailed."""
    seen = []
    for labels, n, _ in cases:
        answer = _as_labels(as_array(predict(labels, n), "What baseline_predictions returns"), n)
        seen.append(Case((labels, n), answer))
    wanted = [np.full(n, commonest) for _, n, commonest in cases]
    if all(np.array_equal(case.actual, expected) for case, expected in zip(seen, wanted, strict=True)):
        return
    mistake = find_mistake(seen, mistakes)
    if mistake is not None:
        raise CheckFailed(mistake.feedback, detail=f"diagnosis: {mistake.name}")
    if any(len(np.unique(case.actual)) > 1 for case in seen):
        raise CheckFailed(
            "Your baseline gives different labels to different images. It knows nothing of the images: it"
            " answers with the commonest label of y_train every time."
        )
    raise CheckFailed(
        "Your baseline answers with one label, as it should, but that is not the commonest in y_train. Count"
        " the labels, for example with np.bincount.",
        detail=f"expected {[commonest for _, _, commonest in cases]}",
    )


def _as_labels(answer: Array, n: int) -> Array:
    """(n,) labels; one-hot rows (n, 10) are read as labels."""
    if answer.shape == (n, 10) and n != 10 and np.isin(answer, (0, 1)).all():
        return np.asarray(answer.argmax(axis=1))
    if answer.shape == (n, 1):
        return answer[:, 0]
    if answer.shape == ():
        raise CheckFailed(
            f"Your baseline returns a single label; wanted is one for each of the n = {n} images: np.full(n,"
            " label)."
        )
    if answer.shape != (n,):
        raise CheckFailed(
            f"Asked for n = {n} predictions, your baseline returns an array of {shape_words(answer.shape)}."
            " Its length is the argument n, not the number of training labels: np.full(n, label)."
        )
    return answer
