"""The student's own lab report."""

from __future__ import annotations

import pytest

from grader.errors import GraderError
from grader.report import render_lab_report
from tests.report.sample_assignment import SECTIONS
from tests.report.sample_lab import make_lab
from tests.report.test_student import NASTY, text_of


def section(*figures: str) -> str:
    """Sections of an assignment.toml with one section that shows `figures`."""
    words = ", ".join(f'"{figure}"' for figure in figures)
    return f'[[sections]]\ntask = "i.a"\ntitle = "S"\nfigures = [{words}]\n'


def test_a_finished_report_shows_everything():
    """Kernel responses, layers, classification, baseline, curves, sweeps, times and answers."""
    page = render_lab_report(make_lab())
    words = text_of(page)
    assert page.count("data:image/png;base64,") == 3
    assert "37,146 parameters in all." in words
    assert "macro avg" in words
    assert "Always “frog” 0.100 0.018" in words
    assert "At the end, training accuracy is 0.12 above validation accuracy." in words
    assert "The best test accuracy, 0.682, is at n = 40,000." in words
    assert "Strided network, 40,000 images 40,000 20 37,146" in words
    assert "Time grows in proportion to n." in words
    assert "missing" not in words.lower()


def test_what_is_missing_is_said_with_the_next_step():
    """An unfinished report names each gap and how to fill it."""
    words = text_of(render_lab_report(make_lab(complete=False)))
    assert "12 figures and 4 answers missing" in words
    assert "The classification report of strided-5k. Run tox -e experiments ." in words
    assert "Not run yet, so not in the sweep: strided-5k, strided-10k, strided-20k, strided-40k." in words
    assert "finish build_strided , then" in words
    assert "No answer yet: write it in answers.toml." in words


def test_a_group_with_one_run_missing_shows_the_others():
    """One gap does not hide the runs that are there."""
    lab = make_lab(sections=section("table:size", "sweep:size:n:seconds"))
    lab = lab.model_copy(update={"runs": tuple(run for run in lab.runs if run.name != "strided-20k")})
    page = render_lab_report(lab)
    words = text_of(page)
    assert "Strided network, 10,000 images" in words
    assert "Not run yet, so not in the table: strided-20k." in words
    assert page.count("<svg ") == 1


def test_runs_of_a_group_in_one_figure():
    """One line for each run that is there, with its values in the table beside the figure."""
    lab = make_lab(sections=section("together:size:val_accuracy"))
    lab = lab.model_copy(update={"runs": tuple(run for run in lab.runs if run.name != "strided-20k")})
    page = render_lab_report(lab)
    words = text_of(page)
    assert page.count("<svg ") == 1
    assert "Validation accuracy of all runs." in words
    assert "Strided network, 10,000 images" in words
    assert "Not run yet, so not in the comparison: strided-20k." in words


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("together:size:beauty", '"beauty" over epochs, which is not known'),
        ("histogram:size", 'the figure "histogram:size", which is not known'),
        ("layers", 'the figure "layers", which is not known'),
        ("kernels:extra", 'the figure "kernels:extra", which is not known'),
        ("curves:nothing", 'the group "nothing", but no experiment belongs to it'),
        ("classification:none", 'the experiment "none", which is not defined'),
        ("sweep:size:n:colour", 'a sweep shows "colour", which is not known'),
        ("sweep:size:depth:seconds", 'a sweep runs over "depth", but strided-5k has no such number'),
    ],
)
def test_an_unknown_word_is_an_error_that_names_it(word, said):
    """A slip in assignment.toml is found, named, and followed by what is allowed."""
    with pytest.raises(GraderError) as caught:
        render_lab_report(make_lab(sections=section(word)))
    assert said in caught.value.message
    assert caught.value.hint


def test_why_a_model_has_no_layers_is_said():
    """A builder that raised gives its reason instead of a table."""
    lab = make_lab(sections=section("layers:build_deep"))
    lab = lab.model_copy(update={"layer_problems": {"build_deep": "it raised ValueError."}})
    assert "The layers of build_deep: it raised ValueError." in text_of(render_lab_report(lab))


def test_answers_are_text():
    """Markup in an answer is shown, not obeyed; an editor's line breaks are joined, paragraphs stay."""
    lab = make_lab(sections=SECTIONS)
    page = render_lab_report(
        lab.model_copy(update={"answers": {"size_discussion": f"one\ntwo {NASTY}\n\nthree"}})
    )
    assert "one two &lt;script&gt;" in page
    assert "\n\nthree" in page
    assert "<script" not in page
