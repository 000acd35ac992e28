"""Figures from arrays: hard input, the same bytes, words beside them."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from grader.evidence import Claim, Claims, Confusion, Curves, Panel, Series
from grader.report.canvas import Drawing, paint, place_legend
from grader.report.figures import draw_claims, draw_confusion, draw_curves, draw_picture, say_curves
from grader.report.plots import (
    draw_bars,
    draw_distribution,
    draw_history,
    draw_sweep,
    draw_times,
)
from tests.report.sample_evidence import claims, confusion, curves, history


def every_drawing() -> dict[str, Drawing | None]:
    return {
        "curves": draw_curves(curves(), key="k"),
        "confusion": draw_confusion(confusion(), key="k"),
        "claims": draw_claims(claims(), key="k"),
        "history": draw_history("Run", history(0.2, 0.6, 0.1), key="k"),
        "sweep": draw_sweep("S", "l1", "accuracy", (0, 1e-4, 1), {"test": (0.5, 0.4, 0.1)}, key="k"),
        "times": draw_times("T", "n", (5000, 10000), (17.0, 35.0), key="k"),
        "bars": draw_bars("T", "seconds", ("a", "b"), (17.0, 35.0), key="k"),
        "distribution": draw_distribution((0, 10, 55, 80), 80, key="k"),
        "many": draw_distribution([float(total % 81) for total in range(300)], 80, key="k"),
    }


@pytest.mark.parametrize("name", list(every_drawing()))
def test_every_figure_is_well_formed_titled_and_tabulated(name):
    """SVG that parses, starts with its title, brings no style sheet, and has its numbers beside it."""
    drawing = every_drawing()[name]
    assert drawing is not None
    root = ElementTree.fromstring(drawing.svg)
    assert root[0].tag.endswith("}title")
    assert root[0].text == drawing.alt
    assert "<style" not in drawing.svg
    assert " style=" not in drawing.svg
    assert drawing.data.rows
    assert all(len(row) == len(drawing.data.columns) for row in drawing.data.rows)
    assert len(drawing.svg) < 40_000


def test_a_figure_is_told_in_whole_sentences():
    """Lines and bands, or either alone: where each starts and ends, for who cannot see it."""
    both = curves()
    without_lines = both.model_copy(update={"series": ()})
    told = [say_curves(one) for one in (both, without_lines, both.model_copy(update={"bands": ()}))]
    head = f"{both.title.rstrip('.')}: {both.y_label} over {both.x_label}."
    band = f"In the middle of what is shaded, {both.bands[0].label} goes from "
    assert all(text.startswith(f"{head} ") and text.endswith(".") and ". ." not in text for text in told)
    assert [band in text for text in told] == [True, True, False]
    assert [both.series[0].label in text for text in told] == [True, False, True]
    assert say_curves(without_lines.model_copy(update={"bands": ()})) == head


def test_figures_of_one_page_share_no_ids():
    """The key keeps two drawings of the same data apart."""
    ids = [set(re.findall(r'id="([^"]+)"', draw_curves(curves(), key=key).svg)) for key in ("a", "b")]
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("values", [(math.nan,) * 3, (math.inf, 1.0, 2.0), (), (0.5,), (1e300, -1e300, 0.0)])
def test_curves_survive_any_numbers(values):
    """A diverged training is drawn as far as it can be."""
    series = Series(label="loss $x$ <b>", x=tuple(float(x) for x in range(len(values))), y=values)
    drawing = draw_curves(
        Curves(title="t", caption="", x_label="epoch", y_label="loss", series=(series,)), key="k"
    )
    assert ElementTree.fromstring(drawing.svg) is not None


def test_claims_of_different_units_share_one_scale():
    """Parameters and accuracies stand in one figure as distances from the mean."""
    mixed = Claims(
        title="t",
        caption="",
        claims=(
            Claim(label="seconds", claimed=20, verdict="plausible", mean=18, sd=2, low=14, high=22),
            Claim(label="accuracy", claimed=0.9, verdict="implausible", mean=0.5, sd=0.01, low=0.4, high=0.6),
        ),
    )
    drawing = draw_claims(mixed, key="k")
    assert drawing is not None
    assert "standard deviations" in drawing.svg


def test_claims_that_cannot_be_checked_need_no_figure():
    """A table says it."""
    nothing = Claim(label="x", claimed=1, verdict="not checkable")
    assert draw_claims(Claims(title="t", caption="", claims=(nothing,)), key="k") is None


def test_a_history_without_epochs_gives_no_figure():
    """Nothing to draw is not an empty frame."""
    assert draw_history("Run", {}, key="k") is None
    assert draw_history("Run", {"loss": (1.0, 0.5)}, key="k") is not None


def test_full_marks_fall_into_the_last_column():
    """Each bin holds its lower edge; the maximum has no bin of its own."""
    drawing = draw_distribution((0, 8, 79.9, 80), 80, key="k")
    assert [row[1] for row in drawing.data.rows] == ["1", "1", "0", "0", "0", "0", "0", "0", "0", "2"]


def test_a_few_submissions_are_dots_and_many_are_bars():
    """Up to thirty each is a dot, close totals piled up; beyond that a bar counts them."""
    few = draw_distribution((91.0, 91.0, 99.0, 40.0), 100, key="k")
    many = draw_distribution([91.0] * 300, 100, key="k")
    assert few.svg.count("<use ") >= 4
    assert "one submission" in few.svg
    assert "one submission" not in many.svg
    assert ">300</text>" in many.svg


@pytest.mark.parametrize("totals", [[100.0] * 30, [0.0], [97.5, 97.6, 99.0]])
def test_piles_of_dots_stay_inside_the_figure(totals):
    """The axis is as high as the highest pile needs."""
    root = ElementTree.fromstring(draw_distribution(totals, 100, key="k").svg)
    top = float(root.attrib["viewBox"].split()[3])
    dots = [float(use.attrib["y"]) for use in root.iter("{http://www.w3.org/2000/svg}use")]
    assert all(0 < y < top for y in dots)


@pytest.mark.parametrize("values", [((1.0, 2.0), (3.0, 4.0)), ((5.0,),), ((math.nan, 1.0),), ()])
def test_pictures_survive_any_values(values):
    """Flat, tiny, undefined and empty pictures are pictures."""
    assert draw_picture(Panel(title="p", values=values)).startswith("data:image/png;base64,")


def test_confusion_names_the_worst_confusion():
    """The alternative text tells the accuracy and the largest mistake."""
    small = Confusion(title="C", caption="", counts=((8, 2), (5, 5)), class_names=("cat", "dog"))
    assert "13 of 20" in draw_confusion(small, key="k").alt
    assert "dog taken for cat, 5 times" in draw_confusion(small, key="k").alt


def test_the_longest_key_fits_beside_the_plot() -> None:
    """The key of a student's curves over the reference's, in a drawing of half a page's width."""
    kept = []

    def painter(figure: Figure) -> None:
        axes = figure.add_axes((0.54 / 3.45, 0.2, (3.45 - 0.62) / 3.45, 0.6))
        for label in ("training", "validation"):
            axes.plot([1, 2], [0, 1], marker="o", label=f"your network, {label}")
        for label in ("training", "validation"):
            axes.plot([1, 2], [0, 1], label=f"reference, {label}")
        place_legend(axes, 2)
        kept.append((axes.get_legend().get_window_extent().x1, figure.bbox.x1))

    paint((3.45, 2.3), painter, alt="a key", key="key")
    (right_end, width) = kept[0]
    assert right_end <= width


def test_two_bands_can_be_told_apart() -> None:
    """The mean lines of the reference's training and validation have dashes of their own."""
    band = curves().bands[0]
    both = curves().model_copy(update={"bands": (band, band.model_copy(update={"label": "another"}))})
    dashes = re.findall(r'stroke-dasharray="([^"]+)"', draw_curves(both, key="bands").svg)
    assert len(set(dashes)) == 2
