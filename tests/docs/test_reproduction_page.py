"""docs/reproduction.md is what the calibrations give now, and what differs is explained."""

from __future__ import annotations

import pytest

from grader.assignment_folder import clone_root, load_assignment
from grader.models.calibration import load_calibration
from grader.reproduction.compare import Figure, compare_setting
from grader.reproduction.page import render_section
from grader.reproduction.reported import BASELINE, load_reported

ROOT = clone_root()
PAGE = (ROOT / "docs" / "reproduction.md").read_text(encoding="utf-8")
NAMES = sorted(path.parent.name for path in ROOT.glob("reference/*/reported.toml"))


def trained_figures(name: str) -> list[Figure]:
    """All figures but those of the baseline, which needs the real data."""
    folder = load_assignment(name, ROOT)
    reported, calibration = load_reported(folder), load_calibration(folder.calibration)
    return [
        figure
        for row in reported.reported
        if row.experiment != BASELINE
        for figure in compare_setting(row, calibration.find(row.experiment, reported.dataset_of(row)))
    ]


def section(name: str) -> str:
    return PAGE.partition(f"<!-- begin {name} -->\n")[2].partition(f"<!-- end {name} -->")[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_up_to_date(name: str) -> None:
    """Every row and every explanation stands there as calibration.json and reported.toml give it."""
    wanted = render_section("", "", "", [], trained_figures(name)).splitlines()
    lines = [line for line in wanted if line.startswith(("| ", "- "))]
    missing = [line for line in lines if line not in section(name).splitlines()]
    assert not missing, f"run: grader reproduce {name} --no-train"


@pytest.mark.parametrize("name", NAMES)
def test_every_difference_is_explained(name: str) -> None:
    """A figure of ours outside of what was reported has a note in reported.toml."""
    assert [figure.label for figure in trained_figures(name) if figure.unexplained] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_pictures_of_the_page_are_there(name: str) -> None:
    """Every picture that the page shows is committed, and no other of this assignment."""
    pictures = {path.name for path in (ROOT / "docs" / "images").glob(f"reproduction-{name}-*.svg")}
    shown = {word.partition(")")[0] for word in section(name).split("](images/")[1:]}
    assert shown == pictures != set()
