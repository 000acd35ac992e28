"""The class page for others to see."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.anonymous import KEY_BYTES, Pseudonyms, anonymise
from grader.report import render_class, render_published
from grader.report.cells import suppress
from grader.report.plots import draw_distribution
from grader.report.published import FEWEST
from grader.results import SubmissionResult, Verdict
from tests.report.sample_assignment import make_assignment
from tests.report.samples import check, make_class, result
from tests.report.test_student import text_of

ASSIGNMENT = make_assignment()
NAMES = Pseudonyms(b"k" * KEY_BYTES)


def nameless(results: tuple[SubmissionResult, ...]) -> list[SubmissionResult]:
    return [anonymise(item.outline(), NAMES) for item in results]


def test_nobody_is_named_or_singled_out():
    """No id, no attention, no decision, no seed; pseudonyms lead to the reports beside the page."""
    results = make_class(40)
    page = render_published(nameless(results), ASSIGNMENT)
    words = text_of(page)
    assert "Who needs attention" in text_of(render_class(results, ASSIGNMENT))
    hidden = (
        "Who needs attention",
        "Decided by hand",
        "Similar",
        "Seed",
        "Digest of the checks",
        "instructor/",
    )
    for part in hidden:
        assert part not in page
    for item in results:
        assert item.student_id not in page
        assert f"students/{NAMES.of(item.student_id)}/report.html" in page
        assert str(item.environment.seed) not in page
    assert "What the class reached" in words
    assert "<script" not in page


def test_few_are_not_counted():
    """Two of forty who failed are not told; twenty are."""

    def one(number: int) -> SubmissionResult:
        rare = Verdict.FAILED if number < 2 else Verdict.PASSED
        common = Verdict.FAILED if number < 20 else Verdict.PASSED
        return result(f"s-{number:02}", (
            check("rare", "i.a", "Rare", 2, rare, "" if number >= 2 else "A rare mistake."),
            check("common", "i.b", "Common", 2, common, "" if number >= 20 else "A common mistake."),
        ))  # fmt: skip

    page = text_of(render_published(nameless(tuple(map(one, range(40)))), ASSIGNMENT))
    assert "i.a Rare – fewer than 5 of a kind" in page
    assert "i.b Common 50 %" in page
    assert "20 A common mistake." in page
    assert "A rare mistake." not in page


def test_a_class_of_four_shows_nothing_of_it():
    """Not even its mean."""
    few = text_of(render_published(nameless(make_class(4)), ASSIGNMENT))
    assert "fewer than 5 submissions" in few
    for part in ("median", "mean", "Totals", "Every check", "Hardest"):
        assert part not in few


def test_the_plot_and_its_numbers_leave_out_the_same():
    """A bin of two is neither drawn nor listed, and one more bin hides how many they are."""
    totals = [5.0] * 2 + [55.0] * 9 + [95.0] * 20
    drawing = draw_distribution(totals, 100, key="t", fewest=FEWEST)
    told = dict(drawing.data.rows)
    assert [told[name] for name in ("0 to 10", "50 to 60", "90 to 100")] == ["not shown", "not shown", "20"]
    assert ">9<" not in drawing.svg
    assert ">20<" in drawing.svg


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(2, 9))
def test_no_small_count_can_be_worked_out(counts: list[int], fewest: int):
    """Small ones are hidden, and so many others that the known sum gives none away."""
    shown = suppress(counts, fewest)
    hidden = [count for count, kept in zip(counts, shown, strict=True) if kept is None]
    assert all(kept is None or kept == count for count, kept in zip(counts, shown, strict=True))
    assert all(kept is None or kept == 0 or kept >= fewest for kept in shown)
    if hidden and sum(counts) >= fewest and sum(count > 0 for count in counts) > 1:
        assert len(hidden) > 1
        assert sum(hidden) >= fewest
