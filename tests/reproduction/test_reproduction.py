"""Reported figures beside ours: what is read, when two figures agree, and what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.assignment_folder import AssignmentFolder
from grader.errors import GraderError, UsageError
from grader.models.calibration import CalibratedRun, Distribution, Setting, with_runs
from grader.reproduction.compare import Figure, Ours, compare_setting, compare_values
from grader.reproduction.page import INTRODUCTION, put_section, render_section
from grader.reproduction.pictures import draw_figures, draw_learning
from grader.reproduction.reported import Interval, Reported, load_reported

GOOD = """\
source = "one report"
dataset = "mnist"

[[reported]]
experiment = "first"
label = "the first"
test_accuracy = [0.9, 0.92]
"""

ROW = GOOD[GOOD.index("[[reported]]") :]


def make_folder(root: Path, reported: str | None) -> AssignmentFolder:
    experiment = {"name": "first", "title": "", "model": "build", "n": 10, "epochs": 1, "batch_size": 5}
    assignment = Assignment.model_validate(
        {
            "name": "tiny",
            "title": "Tiny",
            "datasets": ["mnist"],
            "tasks": [{"id": "a", "title": "A", "points": 1}],
            "experiments": [{**experiment, "task": "a"}],
        }
    )
    if reported is not None:
        (root / "reported.toml").write_text(reported)
    return AssignmentFolder(assignment, root, root)


def make_setting(*accuracies: float) -> Setting:
    """Test accuracies as given; after training 0.8, in the last epoch 0.6, held back 0.7."""
    bare = Setting(
        experiment="first", dataset="mnist", dataset_digest="", spec_digest="", arguments={}, n=10, epochs=2,
        batch_size=5, validation_split=0.1, versions={}, test_accuracy=Distribution(mean=0, sd=None, n=0),
        train_accuracy=Distribution(mean=0, sd=None, n=0), runs=(),
    )  # fmt: skip
    history = {"accuracy": (0.2, 0.6), "val_accuracy": (0.3, 0.7)}
    return with_runs(
        bare,
        [
            CalibratedRun(seed=seed, train_accuracy=0.8, test_accuracy=value, history=history, wall_seconds=1)
            for seed, value in enumerate(accuracies)
        ],
    )


def make_figure(mean: float, sd: float | None, reported: Interval, note: str = "") -> Figure:
    ours = (Ours(Distribution(mean=mean, sd=sd, n=1 if sd is None else 20)),)
    return Figure("the first", "test_accuracy", reported, ours, note)


@pytest.mark.parametrize(
    ("mean", "sd", "reported", "agrees"),
    [
        (0.5, 0.01, (0.5, 0.5), True),
        (0.524, 0.01, (0.5, 0.5), True),  # two standard deviations and half a hundredth
        (0.526, 0.01, (0.5, 0.5), False),
        (0.476, 0.01, (0.5, 0.6), True),
        (0.474, 0.01, (0.5, 0.6), False),
        (0.524, None, (0.5, 0.5), True),  # one run: 0.01 stands for its standard deviation
        (0.526, None, (0.5, 0.5), False),
        (0.9759, 0.001, (0.9737, 0.9737), False),  # four digits leave little to rounding
        (0.9757, 0.001, (0.9737, 0.9737), True),
    ],
)
def test_when_two_figures_agree(mean: float, sd: float | None, reported: Interval, agrees: bool) -> None:
    """Within two standard deviations of ours and half a unit of the last digit that was reported."""
    assert (make_figure(mean, sd, reported).agreeing is not None) == agrees


def test_a_difference_wants_a_reason() -> None:
    """Only a figure that was run, differs and has no note is unexplained."""
    assert make_figure(0.5, 0.01, (0.9, 0.9)).unexplained
    assert not make_figure(0.5, 0.01, (0.9, 0.9), note="Other data.").unexplained
    assert not make_figure(0.9, 0.01, (0.9, 0.9)).unexplained
    assert not Figure("the first", "test_accuracy", (0.9, 0.9), (), "").unexplained


def test_every_measure_is_taken_from_where_it_is() -> None:
    """Training accuracy has two of ours, of which the last epoch's may be the one that agrees."""
    row = Reported(
        experiment="first", label="the first", train_accuracy=(0.6, 0.6), val_accuracy=(0.7, 0.7),
        test_accuracy=(0.5, 0.5),
    )  # fmt: skip
    train, held_back, test = compare_setting(row, make_setting(0.4, 0.6))
    assert [item.distribution.mean for item in train.ours] == [0.8, 0.6]
    assert train.agreeing is not None
    assert train.agreeing.how == "last epoch"
    assert held_back.ours[0].distribution.mean == 0.7
    assert test.ours[0].distribution == Distribution(mean=0.5, sd=0.141421, n=2)
    assert all(figure.ours == () for figure in compare_setting(row, None))


def section(*figures: Figure) -> str:
    return render_section(
        "Tiny (tiny)", "one report, on mnist", "grader reproduce tiny", [("a.svg", "A")], figures
    )


def test_what_a_section_says() -> None:
    """Reported and own figures with their digits, verdicts, notes, and what was not run."""
    text = section(
        make_figure(0.9, 0.01, (0.9, 0.9)),
        make_figure(0.5, None, (0.9737, 0.9737), note="Another optimizer."),
        make_figure(0.5, 0.01, (0.6, 0.75)),
        Figure("a | b", "val_accuracy", (0.5, 0.5), (), ""),
    )
    assert "## Tiny (tiny)\n\nReported: one report, on mnist. Written by `grader reproduce tiny`." in text
    assert "![A](a.svg)" in text
    assert "| the first | test accuracy | 0.90 | 0.900 ± 0.010 | yes | 20 |" in text
    assert "| the first | test accuracy | 0.9737 | 0.5000 | no, see below | 1 |" in text
    assert "| the first | test accuracy | 0.60 – 0.75 | 0.500 ± 0.010 | no | 20 |" in text
    assert r"| a \| b | validation accuracy | 0.50 | not run |  |  |" in text
    assert text.endswith("\n\n- **the first**: Another optimizer.\n")


def test_sections_are_replaced_one_at_a_time() -> None:
    """In the order of their names, each as it was written last, whatever came first."""
    one, two = section(make_figure(0.9, 0.01, (0.9, 0.9))), section(make_figure(0.1, 0.01, (0.9, 0.9)))
    forward = put_section(put_section(None, "a", one, trial=False), "b", two, trial=False)
    backward = put_section(put_section(None, "b", two, trial=False), "a", one, trial=False)
    assert forward == backward
    assert forward.startswith(INTRODUCTION)
    changed = put_section(forward, "a", two, trial=False)
    assert changed == forward.replace(one, two)
    assert put_section(changed, "a", one, trial=False) == forward


@pytest.mark.parametrize("trial", [True, False])
def test_other_pages_are_not_overwritten(trial: bool) -> None:
    """Neither a file of somebody's, nor the page of reproductions by a trial, nor the other way round."""
    other = put_section(None, "a", "text\n", trial=not trial)
    for page in ("# Notes\n", "", other):
        with pytest.raises(UsageError, match="none of these pages"):
            put_section(page, "a", "text\n", trial=trial)


def test_pictures_are_the_same_twice_and_say_what_they_show() -> None:
    """The same bytes for the same figures, with the count of those that agree in words."""
    figures = [make_figure(0.9, 0.01, (0.9, 0.9)), make_figure(0.1, None, (0.9, 0.9))]
    svg, words = draw_figures(figures, "test_accuracy", key="k")
    assert words == "Test accuracy: 1 of 2 settings that were run agree with the reports."
    assert (svg, words) == draw_figures(figures, "test_accuracy", key="k")
    assert svg.count("the first") == 2
    learning = [("one", make_setting(0.4)), ("two", make_setting(0.4, 0.5))]
    assert draw_learning(learning, key="k") == draw_learning(learning, key="k")
    assert ">two<" in draw_learning(learning, key="k")[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[0.9, 0.92]", "[0.92, 0.9]", ("line 7", "reported.0.test_accuracy", "low <= high")),
        ("[0.9, 0.92]", "[90, 92]", ("line 7", "0 <= low")),
        ("[0.9, 0.92]", "0.9", ("line 7", "tuple")),
        ("test_accuracy", "accuracy", ("line 7", "reported.0.accuracy", "not permitted")),
        ("test_accuracy = [0.9, 0.92]", "", ("none of the figures train_accuracy, val_accuracy",)),
        ("test_accuracy", "macro_f1", ("macro_f1 of the first cannot be compared",)),
        ('label = "the first"', 'label = "the first"\nn = 5', ('n goes with experiment = "baseline"',)),
        ('"first"', '"second"', ('experiment = "second" is not in assignment.toml',)),
        ('"first"', '"baseline"\nn = 5', ("names no baseline function",)),
        ('source = "one report"\n', "", ("source", "required")),
        ("[[reported]]", ROW + "[[reported]]", ('label "the first" is used more than once',)),
    ],
)
def test_mistakes_in_the_file_are_located(old: str, new: str, words: tuple[str, ...], tmp_path: Path) -> None:
    """Each names the file, the key and what is wanted, and gives a next step."""
    with pytest.raises(GraderError) as caught:
        load_reported(make_folder(tmp_path, GOOD.replace(old, new)))
    assert all(word in str(caught.value) for word in ("reported.toml", *words)), str(caught.value)
    assert caught.value.hint


def test_figures_without_chance_are_compared_as_one_run() -> None:
    """A baseline has one value for each measure."""
    row = Reported(experiment="baseline", label="baseline", n=5, macro_f1=(0.018, 0.018))
    (figure,) = compare_values(row, {"macro_f1": 0.0182})
    assert figure.agreeing is not None
    assert figure.ours[0].distribution.n == 1


def test_no_file_is_said(tmp_path: Path) -> None:
    """An assignment without reported figures has nothing to reproduce."""
    with pytest.raises(UsageError, match="no reported figures of tiny"):
        load_reported(make_folder(tmp_path, None))
