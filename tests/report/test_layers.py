"""A submitted network beside the task's."""

from __future__ import annotations

import re

from grader.evidence import LayerPair, LayerRow, LayerTable
from grader.report import render_student
from tests.report.sample_assignment import make_assignment
from tests.report.samples import check, failing, passing, result
from tests.report.test_student import text_of

ASSIGNMENT = make_assignment()


def test_layers_as_asked_stand_once():
    """A table in which everything is right has one side and says so."""
    words = text_of(render_student(passing(), ASSIGNMENT))
    assert "All 7 layers are as asked." in words
    assert "asked for" not in words
    assert words.count("Conv2D filters 16") == 2


def test_only_layers_that_differ_show_what_was_asked_for():
    """Changed layers have a second line, those that only follow from them show sizes alone."""
    words = text_of(render_student(failing(), ASSIGNMENT))
    assert "Of 7 layers asked for, 1 is as asked, 1 differs, 4 see other sizes because of that, 1 is missing;"
    assert "− missing Dropout rate 0.5" in words
    assert "+ extra Activation layer 6 activation relu" in words
    assert "↳ follows Flatten 8192 0 asked for Flatten 2048 0" in words


def test_a_difference_that_no_cell_shows_is_said():
    """Settings outside the table are named in the layer's own line."""
    row = LayerRow(number=1, name="dense", class_name="Dense", output_shape="10", parameters=5120)
    asked = row.model_copy(update={"parameters": 5130})
    pair = LayerPair(
        status="changed", yours=row, expected=asked, differences=("use_bias is no instead of yes",)
    )
    table = LayerTable(title="Net", caption="", pairs=(pair,), total=5120, expected_total=5130)
    words = text_of(render_student(result("a", (check("t", "i.a", "T", 4, evidence=(table,)),)), ASSIGNMENT))
    assert "≠ yours Dense layer 1 use_bias is no instead of yes 10 5,120 asked for Dense 10 5,130" in words


def test_differing_cells_are_marked_and_only_they():
    """In the layer table exactly the cells that differ carry the mark."""
    page = render_student(failing(), ASSIGNMENT)
    marked = re.findall(r'class="[^"]*differs"[^>]*>([^<]+)<', page)
    assert "strides 1 × 1" in marked
    assert "81,930" in marked
    assert "filters 16" not in marked
    assert "differs" not in render_student(passing(), ASSIGNMENT).split("</style>")[1]
