"""Evidence of every kind, with plausible numbers and without any training."""

from __future__ import annotations

import math

import numpy as np

from grader.evidence import (
    Band,
    Claim,
    Claims,
    Confusion,
    Curves,
    LayerPair,
    LayerRow,
    LayerTable,
    Panel,
    Pictures,
    Series,
    Table,
)

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def picture() -> np.ndarray:
    """A 32 x 32 red channel: a bright disc and a bar in front of a gradient."""
    rows, columns = np.mgrid[0:32, 0:32]
    image = 60 + 3.0 * columns
    image[(rows - 13) ** 2 + (columns - 12) ** 2 < 64] = 230
    image[22:27, 5:29] = 20
    return image


def kernel_pictures() -> Pictures:
    image = picture()
    rows, columns = np.indices((30, 30))
    around = sum(image[rows + r, columns + c] for r in range(3) for c in range(3))
    centre = image[1:-1, 1:-1]
    cross = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:]
    panels = [
        ("Red channel", image),
        ("K1: all neighbours", 9 * centre - around),
        ("K2: four neighbours", 8 * centre - cross),
    ]
    return Pictures(
        title="Edge responses.",
        caption="K1 sums to zero: flat areas turn grey; K2 sums to four and keeps the brightness.",
        panels=tuple(
            Panel(title=title, values=tuple(tuple(float(v) for v in row) for row in values))
            for title, values in panels
        ),
    )


def _layer(number: int, kind: str, shape: str, parameters: int, **settings: str) -> LayerRow:
    return LayerRow(
        number=number, name="", class_name=kind, output_shape=shape, parameters=parameters, settings=settings
    )


def strided_layers(*, wrong: bool = False) -> tuple[LayerRow, ...]:
    """The expected strided network, or one whose second layer forgot its strides and lost its Dropout."""
    conv = {"kernel": "3 × 3", "padding": "same", "activation": "relu"}
    if not wrong:
        return (
            _layer(1, "Conv2D", "32 × 32 × 16", 448, filters="16", **conv),
            _layer(2, "Conv2D", "16 × 16 × 16", 2320, filters="16", strides="2 × 2", **conv),
            _layer(3, "Conv2D", "16 × 16 × 32", 4640, filters="32", **conv),
            _layer(4, "Conv2D", "8 × 8 × 32", 9248, filters="32", strides="2 × 2", **conv),
            _layer(5, "Dropout", "8 × 8 × 32", 0, rate="0.5"),
            _layer(6, "Flatten", "2048", 0),
            _layer(7, "Dense", "10", 20490, units="10", activation="softmax", l1="0.0001"),
        )
    return (
        _layer(1, "Conv2D", "32 × 32 × 16", 448, filters="16", **conv),
        _layer(2, "Conv2D", "32 × 32 × 16", 2320, filters="16", strides="1 × 1", **conv),
        _layer(3, "Conv2D", "32 × 32 × 32", 4640, filters="32", **conv),
        _layer(4, "Conv2D", "16 × 16 × 32", 9248, filters="32", strides="2 × 2", **conv),
        _layer(5, "Flatten", "8192", 0),
        _layer(6, "Activation", "8192", 0, activation="relu"),
        _layer(7, "Dense", "10", 81930, units="10", activation="softmax", l1="0.0001"),
    )


def layer_table(*, wrong: bool) -> LayerTable:
    expected, yours = strided_layers(), strided_layers(wrong=wrong)
    if not wrong:
        pairs = [LayerPair(status="same", yours=a, expected=b) for a, b in zip(yours, expected, strict=True)]
    else:
        c1, c2, c3, c4, dropout, flatten, dense = expected
        pairs = [
            LayerPair(status="same", yours=yours[0], expected=c1),
            LayerPair(
                status="changed",
                yours=yours[1],
                expected=c2,
                differences=("Layer 2: strides 1 × 1 where 2 × 2 were asked",),
            ),
            LayerPair(status="changed", yours=yours[2], expected=c3),
            LayerPair(status="changed", yours=yours[3], expected=c4),
            LayerPair(
                status="missing", expected=dropout, differences=("Dropout 0.5 before Flatten is missing",)
            ),
            LayerPair(status="changed", yours=yours[4], expected=flatten),
            LayerPair(status="extra", yours=yours[5]),
            LayerPair(
                status="changed",
                yours=yours[6],
                expected=dense,
                differences=("Dense: four times the parameters, because Flatten is four times as long",),
            ),
        ]
    return LayerTable(
        title="Layers of build_strided.",
        caption="Differing cells are marked and underlined.",
        pairs=tuple(pairs),
        total=sum(row.parameters for row in yours),
        expected_total=37146,
    )


def history(start: float, end: float, gap: float, epochs: int = 20) -> dict[str, tuple[float, ...]]:
    """Accuracy that rises from `start` towards `end`, validation `gap` lower; loss to match."""
    rise = [start + (end - start) * (1 - math.exp(-4.0 * k / epochs)) for k in range(epochs)]
    validation = [a - gap * k / epochs + 0.008 * math.sin(2.1 * k) for k, a in enumerate(rise)]
    return {
        "accuracy": tuple(round(a, 4) for a in rise),
        "val_accuracy": tuple(round(a, 4) for a in validation),
        "loss": tuple(round(-math.log(a) * 1.6, 4) for a in rise),
        "val_loss": tuple(round(-math.log(a) * 1.6, 4) for a in validation),
    }


def curves(low: float = 0.0) -> Curves:
    """`low` shifts the submission's own curves down from the reference's band."""
    epochs = tuple(float(epoch) for epoch in range(1, 21))
    own, mean = history(0.24, 0.62 - low, 0.12), history(0.25, 0.61, 0.11)["val_accuracy"]
    return Curves(
        title="Learning curves.",
        caption="Inside the band your network learns as the reference does.",
        x_label="epoch",
        y_label="accuracy",
        series=(
            Series(label="training", x=epochs, y=own["accuracy"], role="train"),
            Series(label="validation", x=epochs, y=own["val_accuracy"], role="validation"),
        ),
        bands=(
            Band(
                label="reference, validation",
                x=epochs,
                mean=mean,
                low=tuple(value - 0.025 for value in mean),
                high=tuple(value + 0.025 for value in mean),
            ),
        ),
    )


def confusion_counts(accuracy: float = 0.5) -> tuple[tuple[int, ...], ...]:
    rng = np.random.default_rng(3)
    weights = rng.gamma(1.0, 1.0, (10, 10))
    np.fill_diagonal(weights, 0)
    weights[3, 5] += 4
    weights[5, 3] += 4
    weights = weights / weights.sum(axis=1, keepdims=True) * (1 - accuracy)
    counts = np.round((weights + np.eye(10) * accuracy) * 1000).astype(int)
    return tuple(tuple(int(value) for value in row) for row in counts)


def confusion() -> Confusion:
    return Confusion(
        title="Confusion matrix.",
        caption="Rows are the true classes; cats and dogs are taken for each other most.",
        counts=confusion_counts(),
        class_names=CLASSES,
    )


def claims(*, honest: bool = False) -> Claims:
    def accuracy(label: str, claimed: float, mean: float, verdict: str, distance: float) -> Claim:
        return Claim.model_validate(
            {
                "label": label,
                "claimed": claimed,
                "verdict": verdict,
                "mean": mean,
                "sd": 0.012,
                "runs": 20,
                "low": round(mean - 0.036, 3),
                "high": round(mean + 0.036, 3),
                "distance": distance,
            }
        )

    return Claims(
        title="Your reported numbers.",
        caption="Held against what the reference gives in the same setting.",
        claims=(
            accuracy("test, n = 5,000", 0.492, 0.487, "plausible", 0.4),
            accuracy("test, n = 10,000", 0.561, 0.553, "plausible", 0.7),
            accuracy("test, n = 20,000", 0.63, 0.622, "plausible", 0.7)
            if honest
            else accuracy("test, n = 20,000", 0.781, 0.622, "implausible", 13.2),
            accuracy("train, n = 5,000", 0.618, 0.606, "plausible", 1.0),
            Claim(label="test, n = 40,000", claimed=0.684, verdict="not checkable", note="fewer images here"),
        ),
    )


def timing_table() -> Table:
    return Table(
        title="Time of convolve.",
        caption="Processor time of your function and of the reference, in turn.",
        columns=("Image", "Yours (ms)", "Reference (ms)", "Ratio"),
        rows=(
            ("16 × 16", "1.9", "1.25", "1.5"),
            ("32 × 32", "8.41", "5.2", "1.62"),
            ("64 × 64", "1,034.6", "21.75", "47.57"),
        ),
    )
